"""Passwords of tests: Argon2 as in service, for a fraction of the work."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """The same algorithm and the same calls; one pass over a few kilobytes."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1

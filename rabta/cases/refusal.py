"""The one error that a person can cause."""


class Refused(Exception):
    """An act that cannot be done; its text is a translated sentence that says why and what to do instead."""

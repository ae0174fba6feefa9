"""Accusations, tips and restricted matters; people who must not be known."""

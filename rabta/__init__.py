"""Rabta: the open-source public contact desk for police forces."""

__version__ = "0.1.0"

"""The record of who did and who saw what: `audit.record(...)` adds to it, `audit.looked(...)` once an hour."""

from rabta.audit.writing import looked, record

__all__ = ["looked", "record"]

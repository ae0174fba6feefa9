"""What is a contact with the citizen: a person of the police spoke with him, and says so.

An automatic message is none, nor that somebody is on the way, nor a report; a try that reached nobody is kept, and
stops no clock.
"""

from enum import StrEnum


class How(StrEnum):
    """How the citizen was spoken with, or that he was not reached."""

    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    MESSAGE = "message"  # an exchange of messages: the citizen answered
    NOT_REACHED = "not_reached"


def is_contact(how: How) -> bool:
    """Whether somebody spoke with the citizen, so that the clock of the contact stops."""
    return how != How.NOT_REACHED

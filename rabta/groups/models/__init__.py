"""Groups, who belongs to them, and what is sent to them."""

from rabta.groups.models.bulletins import Bulletin
from rabta.groups.models.chosen import Again, Chosen
from rabta.groups.models.claims import Claim, ClaimCase, ClaimReport, Sighting, Unasked
from rabta.groups.models.good_work import GoodWork, GoodWorkStep, Photo
from rabta.groups.models.joining import Application, CardRequest, Cover, Decision, Door
from rabta.groups.models.members import Member, Membership
from rabta.groups.models.registry import Group, Seat
from rabta.groups.models.relaying import Direction, Hop, Proof
from rabta.groups.models.sending import Broadcast, Reach, Recipient, Wording
from rabta.groups.models.talking import Item, Said, Strike

__all__ = [
    "Again",
    "Application",
    "Broadcast",
    "Bulletin",
    "CardRequest",
    "Chosen",
    "Claim",
    "ClaimCase",
    "ClaimReport",
    "Cover",
    "Decision",
    "Direction",
    "Door",
    "GoodWork",
    "GoodWorkStep",
    "Group",
    "Hop",
    "Item",
    "Member",
    "Membership",
    "Photo",
    "Proof",
    "Reach",
    "Recipient",
    "Said",
    "Seat",
    "Sighting",
    "Strike",
    "Unasked",
    "Wording",
]

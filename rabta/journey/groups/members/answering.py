"""Whoever was refused or removed comes back with the code of his letter; it opens that decision and nothing else."""

from rabta.force import access
from rabta.groups.models import Decision
from rabta.journey.groups.members.letters import receipt_digest


def opened(code: str) -> Decision | None:
    """The decision of a code; from then on the running transaction sees it."""
    digest = receipt_digest(code)
    access.enter_receipt(digest)
    return Decision.objects.filter(receipt=digest).order_by("-at").first()

"""Members of groups who left, and applicants who were not taken in: who they are is erased after a time."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from rabta.groups.models import Decision, Member, Membership
from rabta.people.keeping import days

# Ended in which way, and the class of the retention table that it belongs to.
CLASSES = {
    Member.State.REFUSED: "applicant",
    Member.State.LEFT: "member",
    Member.State.LAPSED: "member",
    Member.State.REMOVED: "member",
}


def due(*, now: datetime) -> QuerySet[Member]:
    """Whose time is over: no place left, and nobody is asked to look at a decision again."""
    over = Q(pk__in=[])
    for state, of in CLASSES.items():
        over |= Q(state=state, ended_at__lt=now - timedelta(days=days(of)))
    places = Membership.objects.filter(member=OuterRef("pk"), ended_at=None)
    asked = Decision.objects.filter(member=OuterRef("pk"), contested_at__isnull=False, reviewed_at=None)
    return Member.objects.filter(over, ~Exists(places), ~Exists(asked), shown__isnull=False).order_by("pk")


def each(*, now: datetime, most: int) -> Iterator[tuple[Member, str]]:
    """The members to erase, each with its class."""
    for member in due(now=now)[:most]:
        yield member, CLASSES[Member.State(member.state)]

"""What the parties of an opening read. Row-level security asks who they are; `enter` tells it."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, QuerySet

from rabta.force.access import SERVES_PARENT, current_postings
from rabta.force.models import Role, Unit
from rabta.people.models import Keyholder, Opening, Resealed, Sealed
from rabta.rules.opening import Party, Seat

OPEN = (Opening.State.REQUESTED, Opening.State.APPROVED)


def enter(officer_id: int) -> None:
    """Let the running transaction see the openings that this officer takes part in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('rabta.officer', %s, true)", [str(officer_id)])


def parties(officers: Iterable[int], *, on: date) -> dict[int, Party]:
    """The officers with the seats of their postings on a day. One query."""
    seats: dict[int, list[Seat]] = {officer: [] for officer in officers}
    rows = current_postings(on=on).filter(officer__in=seats).select_related("post__unit")
    for posting in rows.order_by("id"):
        commands = posting.post.role not in SERVES_PARENT or posting.post.role == Role.DESK_HEAD
        seats[posting.officer_id].append(Seat(path=tuple(posting.post.unit.path), commands=commands))
    return {officer: Party(officer=officer, seats=tuple(held)) for officer, held in seats.items()}


def serving_at(unit: Unit, *, on: date) -> list[int]:
    """Ids of everybody posted at this unit or below it."""
    rows = current_postings(on=on).filter(post__unit__path__contains=[unit.pk])
    return sorted(set(rows.values_list("officer_id", flat=True)))


def held_by(officer_id: int) -> Keyholder | None:
    """The key that the officer holds or was appointed to hold today."""
    return Keyholder.objects.filter(officer=officer_id, ended_at=None).first()


def fitting_custodians(opening: Opening) -> QuerySet[Keyholder]:
    """Custodians whose key opens everything that is sealed of the person."""
    needed = [set(sealed.custodians) for sealed in sealed_of(opening)]
    common = set.intersection(*needed) if needed else set()
    rows = Keyholder.objects.filter(group=Keyholder.Group.CUSTODIAN, ended_at=None, fingerprint__in=common)
    if (
        opening.purpose == Opening.Purpose.ROTATION
    ):  # whoever sealed it anew does not look whether he did it well
        rows = rows.exclude(pk__in=sealed_of(opening).exclude(before=None).values("anew_by"))
    return rows.exclude(confirmed_at=None).select_related("officer").order_by("id")


def sealed_of(opening: Opening) -> QuerySet[Sealed]:
    """Everything that is sealed of the person."""
    return Sealed.objects.filter(person=opening.person_id).order_by("id")


def hidden_from(opening: Opening) -> frozenset[int] | None:
    """From whom the case is hidden today, for the parties, who need not see the case; None when it is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_hidden_for_opening(%s)", [opening.pk])
        (hidden,) = cursor.fetchone()
    return None if hidden is None else frozenset(hidden)


def on_call(group: str, *, but: Iterable[int]) -> QuerySet[Keyholder]:
    """Who is rung for a threat to life: those of the group who are on call; all of them while nobody is."""
    rows = Keyholder.objects.filter(group=group, ended_at=None, officer__is_active=True)
    rows = rows.exclude(confirmed_at=None).exclude(officer__in=list(but)).select_related("officer")
    called = rows.filter(on_call=True)
    return called if called.exists() else rows


def of_officer(officer_id: int, *, now: datetime) -> QuerySet[Opening]:
    """The openings that the officer asked for, decides on or opens: open ones first. Expired ones are kept in sight."""
    mine = Q(requested_by=officer_id) | Q(approver__officer=officer_id) | Q(custodian__officer=officer_id)
    holder = held_by(officer_id)
    if holder is not None and holder.group == Keyholder.Group.APPROVER and holder.confirmed_at:
        mine |= Q(state=Opening.State.REQUESTED, expires_at__gt=now)
    rows = Opening.objects.filter(mine).exclude(excluded__contains=[officer_id])
    return rows.select_related("requested_by", "approver__officer", "custodian__officer").order_by("-id")


def ringing(officer_id: int, *, now: datetime) -> QuerySet[Opening]:
    """Urgent openings that wait for this officer: to be approved, or to be opened."""
    mine = Q(state=Opening.State.REQUESTED) & ~Q(requested_by=officer_id)
    holder = held_by(officer_id)
    if holder is None or not holder.confirmed_at:
        return Opening.objects.none()
    if holder.group == Keyholder.Group.CUSTODIAN:
        mine = Q(state=Opening.State.APPROVED, custodian=holder)
    return of_officer(officer_id, now=now).filter(mine, urgent=True, expires_at__gt=now)


def empty_ended(*, now: datetime) -> int:
    """Destroy what was sealed to a custodian for openings that are over; returns how many boxes were emptied."""
    over = Opening.objects.filter(Q(expires_at__lte=now) | ~Q(state__in=OPEN)).values("pk")
    return Resealed.objects.filter(opening__in=over).exclude(box=None).update(box=None)

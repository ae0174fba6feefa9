"""Who serves at a desk, who is on duty there now, and who is away."""

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from rabta.cases.lists import UNASSIGNED
from rabta.cases.models import Case
from rabta.desk.models import Absence, Sharing, Shift, Turn
from rabta.force.access import current_postings
from rabta.force.models import Officer, Role
from rabta.rules.sharing import Hours


def operators(unit_id: int, *, now: datetime) -> list[Officer]:
    """The officers who hold a post of the unit's desk today, by name."""
    day = timezone.localtime(now).date()
    at_desk = Q(post__unit__parent=unit_id) | Q(post__unit=unit_id, post__unit__parent=None)
    rows = current_postings(on=day).filter(at_desk, post__role__in=(Role.DESK_OPERATOR, Role.DESK_HEAD))
    ids = rows.values_list("officer_id", flat=True)
    return list(Officer.objects.filter(pk__in=ids).order_by("name", "id"))


def shifts(unit_id: int) -> list[Shift]:
    """The shifts of the desk that are in use, by the hour at which they begin."""
    rows = Shift.objects.filter(unit=unit_id, ended_at=None).order_by("starts", "id")
    return list(rows.prefetch_related("turns__officer"))


def hours(shift: Shift) -> Hours:
    """The shift as the rule wants it."""
    return Hours(starts=shift.starts, ends=shift.ends, days=frozenset(shift.days))


def on_duty(unit_id: int, *, now: datetime) -> frozenset[int]:
    """The officers whose shift is on at the desk and who are not away."""
    local = timezone.localtime(now)
    begun = {
        shift.pk: hours(shift).begun(local) for shift in Shift.objects.filter(unit=unit_id, ended_at=None)
    }
    serving: set[int] = set()
    for turn in Turn.objects.filter(shift__in=[pk for pk, at in begun.items() if at]):
        at = begun[turn.shift_id]
        if at and turn.starts <= at.date() and (turn.ends is None or at.date() <= turn.ends):
            serving.add(turn.officer_id)
    return frozenset(serving) - away(now=now)


def away(*, now: datetime) -> frozenset[int]:
    """The officers who are absent now."""
    return frozenset(
        Absence.objects.filter(starts__lte=now, ends__gt=now).values_list("officer_id", flat=True)
    )


def sharing_of(unit_id: int) -> Sharing | None:
    """How the desk shares its cases out; None: by hand."""
    return Sharing.objects.filter(unit=unit_id).first()


def unassigned(unit_id: int) -> "QuerySet[Case]":
    """Lines of the desk's list that nobody has; what is withheld or confidential is never given out by itself, and
    what was gathered goes with its head."""
    return Case.objects.filter(
        UNASSIGNED, desk_unit=unit_id, withheld="", named_officers=[], accused_unit=None
    )

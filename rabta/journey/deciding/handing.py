"""A shift is handed over by name: what is open, what the next one must know, signed on both sides."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from rabta import audit, keys
from rabta.cases.models import Case, State
from rabta.cases.refusal import Refused
from rabta.desk import notices, shifts
from rabta.desk.models import Handover, Shift
from rabta.force.access import Permission, Scope
from rabta.force.models import Unit
from rabta.journey.deciding.assigning import assign

LONGEST = 5000


def give(*, unit: Unit, shift: Shift | None, notes: str, by: Scope, now: datetime) -> Handover:
    """Sign what is left to the next shift: the notes, and the open cases in the giver's name as they stand now."""
    if unit.pk not in by.units_with(Permission.HANDLE_CASES):
        raise Refused(_("You do not serve at this desk today."))
    notes = notes.strip()
    if not notes or len(notes) > LONGEST:
        raise Refused(
            _("Write what the next shift must know (%(limit)d characters at most).") % {"limit": LONGEST}
        )
    matters = sorted(case.pk for case in open_cases(by))
    made = Handover(unit=unit, shift=shift, matters=matters, notes=notes, given_by=by.officer, given_at=now)
    made.digest = digest_of(made)
    made.save()
    _record("handed_over", made, by=by, now=now)
    others = [one.pk for one in shifts.operators(unit.pk, now=now) if one.pk != by.officer.pk]
    notices.tell(others, "handover", key=f"handover:{made.public_id}", now=now)
    return made


def take(*, handover: Handover, cases: Sequence[str], by: Scope, now: datetime) -> list[str]:
    """Sign for what was left, and take those of its cases that are named (public ids). Returns refusals, in words."""
    row = Handover.objects.select_for_update().get(pk=handover.pk)
    if row.taken_by_id:
        raise Refused(_("This was taken over already."))
    if row.given_by_id == by.officer.pk:
        raise Refused(_("Somebody else has to take over what you left."))
    Handover.objects.filter(pk=row.pk).update(taken_by=by.officer, taken_at=now)
    _record("took_over", row, by=by, now=now)
    refused = []
    mine = Case.objects.filter(
        by.visible(), pk__in=row.matters, public_id__in=cases, assigned_to=row.given_by_id
    )
    for case in mine.exclude(state=State.CLOSED).order_by("id"):
        try:
            assign(case=case, officer=by.officer, by=by, now=now)
        except Refused as why:
            refused.append(f"{case.reference}: {why}")
    return refused


def open_cases(scope: Scope) -> list[Case]:
    """What is open in the officer's name, the most urgent first."""
    rows = Case.objects.filter(scope.visible(), assigned_to=scope.officer).exclude(state=State.CLOSED)
    return list(rows.order_by("urgency", "opened_at", "id"))


def digest_of(handover: Handover) -> str:
    """A keyed digest of what was signed; the record, which is chained, holds it.

    The page shows its beginning. Without the key a colleague could try whether there is a matter that is kept from him.
    """
    signed = [
        handover.unit_id,
        handover.given_by_id,
        handover.given_at.isoformat(),
        handover.matters,
        handover.notes,
    ]
    return keys.digest("handover", json.dumps(signed, ensure_ascii=False)).hex()


def _record(act: str, handover: Handover, *, by: Scope, now: datetime) -> None:
    detail = {"digest": handover.digest, "handover": handover.public_id}
    audit.record(
        act, now=now, officer_id=by.officer.pk, subject="unit", ids=[handover.unit_id], detail=detail
    )

"""A bulletin, a rumour and an official version of a unit, with what hangs on them: nothing of it is public."""

from typing import Any

from django.db.models import Model

from rabta.cases.models import Case
from rabta.force.models import Officer
from rabta.groups.models import (
    Again,
    Bulletin,
    Chosen,
    Claim,
    ClaimCase,
    ClaimReport,
    Sighting,
    Unasked,
)  # fmt: skip
from rabta.kit import ids
from rabta.publishing.models import Question, Version
from tests.cast import NOW


def rows(group: Any, member: Any, broadcast: Any) -> list[Model]:
    """One row in each table. A case of headquarters' own desk is joined to the claim of headquarters only."""
    unit = group.unit
    seen = {"unit": unit, "visible_to": unit.path}
    by = Officer.objects.get(username="operator")
    bulletin = Bulletin.objects.create(**seen, title="x", written_by=by, written_at=NOW)
    bulletin.groups.add(group)
    claim = Claim.objects.create(**seen, text="x", opened_by=by, opened_at=NOW)
    made: list[Model] = [
        bulletin,
        Bulletin.groups.through.objects.get(bulletin=bulletin),
        claim,
        ClaimReport.objects.create(**seen, claim=claim, member=member, text="x", at=NOW),
        Sighting.objects.create(claim=claim, member=member, unit=unit, answer="no", at=NOW),
        Unasked.objects.create(member=member, at=NOW),
        Again.objects.create(broadcast=broadcast, earlier=broadcast),
        Chosen.objects.create(broadcast=broadcast, member=member),
        Version.objects.create(
            **seen, number=ids.reference(prefix="OV"), title="x", text="x", written_by=by, written_at=NOW
        ),
        Question.objects.create(**seen, text="x", asked_at=NOW, due_at=NOW),
    ]
    if unit.parent is None:
        case = Case.objects.order_by("id").first()
        assert case is not None
        made.append(ClaimCase.objects.create(claim=claim, case=case, joined_by=by, at=NOW))
    return made

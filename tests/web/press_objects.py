"""A version, a question, a bulletin and a rumour of a group, for the test that asks every address."""

from rabta.force.models import Officer
from rabta.groups.models import Bulletin, Claim, ClaimReport, Group, Member
from rabta.kit import ids
from rabta.publishing.models import Question, Version
from tests.web.small_force import NOW


def objects(group: Group, member: Member) -> dict[str, str]:
    """Ids by the words of routes.csv, seen as the group is."""
    seen = {"unit": group.unit, "visible_to": group.visible_to}
    by = Officer.objects.order_by("pk").first()
    assert by is not None
    bulletin = Bulletin.objects.create(**seen, title="x", words={"": "x"}, written_by=by, written_at=NOW)
    bulletin.groups.add(group)
    claim = Claim.objects.create(**seen, text="x", opened_by=by, opened_at=NOW)
    version = Version.objects.create(
        **seen, number=ids.reference(prefix="OV"), title="x", text="x", written_by=by, written_at=NOW
    )
    return {
        "bulletin": bulletin.public_id,
        "claim": claim.public_id,
        "report_of_rumour": ClaimReport.objects.create(
            **seen, claim=claim, member=member, text="x", at=NOW
        ).public_id,
        "version": version.public_id,
        "question": Question.objects.create(**seen, text="x", asked_at=NOW, due_at=NOW).public_id,
    }

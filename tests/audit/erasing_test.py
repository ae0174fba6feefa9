"""An erasure writes its entry and destroys the salts of what it emptied, and of nothing else."""

from datetime import UTC, datetime

import pytest

from rabta.audit.erasing import events_erased
from rabta.audit.models import Link, Record
from rabta.cases.models import Event
from tests.cast import as_role
from tests.web import small_force

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_the_events_of_one_case_lose_their_salts_and_an_entry_says_so() -> None:
    force = small_force.make()
    one, other = (
        small_force.case(desk=force.hq, seen_by=[force.hq], account=force.account) for _ in range(2)
    )
    events = [
        Event.objects.create(case=case, at=NOW, what="noted", data={"n": 1}) for case in (one, one, other)
    ]
    for position, event in enumerate(events, 1):
        facts = {"salt": b"salt", "content": b"c", "row_hash": b"r", "chain": b"h"}
        Link.objects.create(position=position, source=Link.Source.EVENT, row=event.pk, **facts)
    with as_role("rabta_worker", system="erasing"):
        assert events_erased(one.pk, now=NOW, reason="a test") == 2
    salts = Link.objects.order_by("position").values_list("salt", flat=True)
    assert [salt and bytes(salt) for salt in salts] == [None, None, b"salt"]
    entry = Record.objects.get(act="erased")
    assert (entry.subject, entry.subject_ids, entry.case_id) == (
        "cases_event",
        [e.pk for e in events[:2]],
        one.pk,
    )

"""The three duties count from our own receipt of the message, and their lights say how they stand."""

from datetime import UTC, datetime, timedelta

import pytest

from rabta.rules.limits import due, light
from rabta.triage import tables

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

# The table of default categories in the requirements: first reply, human contact, action-taken report.
PROMISED = {
    "life_in_danger": (2 * MINUTE, 2 * MINUTE, None),
    "crime_in_progress": (2 * MINUTE, 2 * MINUTE, None),
    "extortion": (15 * MINUTE, HOUR, DAY),
    "terror_threat": (15 * MINUTE, HOUR, DAY),
    "sexual_offence": (15 * MINUTE, HOUR, DAY),
    "child_offence": (15 * MINUTE, HOUR, DAY),
    "domestic_violence": (15 * MINUTE, 2 * HOUR, DAY),
    "missing_person": (15 * MINUTE, 2 * HOUR, DAY),
    "communal_rumour": (15 * MINUTE, 2 * HOUR, DAY),
    "fir_refusal": (HOUR, DAY, 3 * DAY),
    "cyber_fraud": (HOUR, DAY, 3 * DAY),
    "against_police": (HOUR, DAY, 14 * DAY),
    "theft": (4 * HOUR, DAY, 10 * DAY),
    "property": (4 * HOUR, DAY, 10 * DAY),
    "personal_dispute": (4 * HOUR, DAY, 10 * DAY),
    "crime_tip": (4 * HOUR, DAY, 10 * DAY),
    "traffic": (4 * HOUR, DAY, 10 * DAY),
    "verification": (4 * HOUR, DAY, 10 * DAY),
    "nuisance": (4 * HOUR, DAY, 10 * DAY),
    "query": (4 * HOUR, None, 3 * DAY),
    "feedback": (4 * HOUR, None, 3 * DAY),
    "praise": (4 * HOUR, None, 3 * DAY),
}


def test_every_category_has_its_promise() -> None:
    assert set(PROMISED) == set(tables.categories())


@pytest.mark.parametrize("code", PROMISED)
def test_limits_are_as_promised(code: str) -> None:
    found = due(tables.categories()[code], received_at=AT)
    expected = tuple(AT + after if after is not None else None for after in PROMISED[code])
    assert (found.reply, found.contact, found.report) == expected


@pytest.mark.parametrize(
    ("due_at", "met_at", "now", "colour"),
    [
        (AT, None, AT - MINUTE, "amber"),
        (AT, None, AT, "amber"),
        (AT, None, AT + MINUTE, "red"),
        (AT, AT - MINUTE, AT + DAY, "green"),
        (AT, AT + HOUR, AT + DAY, "green"),
        (None, None, AT + DAY, "green"),
    ],
)
def test_the_light(due_at: datetime | None, met_at: datetime | None, now: datetime, colour: str) -> None:
    assert light(due_at=due_at, met_at=met_at, now=now) == colour

"""The three duties count from our own receipt of the message, and their lights say how they stand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rabta.review.tables import shipped
from rabta.rules.deadlines import Calendar
from rabta.rules.limits import CLOCK, OF_THE_CASE, WORKING, Limit, Rules, duty
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
    urgency = tables.categories()[code].urgency
    found = [
        duty(step, rules=shipped(), category=code, urgency=urgency, since=AT, path=()) for step in OF_THE_CASE
    ]
    assert [one and one.due_at - AT for one in found] == list(PROMISED[code])


def test_what_nobody_has_named_yet_is_answered_as_the_usual() -> None:
    found = duty("reply", rules=shipped(), category="", urgency=3, since=AT, path=())
    assert found and found.due_at == AT + 4 * HOUR


# Monday 2 March 2026, 14:00 in Karachi; the office is open from nine to five, and Tuesday is a holiday of unit 7.
FORCE = Rules(
    number=1,
    limits={
        ("theft", "reply"): Limit(minutes=240, runs=WORKING),
        ("extortion", "reply"): Limit(minutes=240, runs=WORKING),
    },
    usual={},
    calendar=Calendar(zone="Asia/Karachi", week=(((540, 1020),),) * 5 + ((), ())),
    of_units={7: frozenset({date(2026, 3, 3)})},
)


@pytest.mark.parametrize(
    ("category", "urgency", "path", "due_at", "warn_at"),
    [
        ("theft", 3, (1,), AT + 20 * HOUR, AT + 3 * HOUR),  # three hours today, one tomorrow
        ("theft", 3, (1, 7, 9), AT + 44 * HOUR, AT + 3 * HOUR),  # the holiday of a unit counts below it too
        ("extortion", 1, (1, 7), AT + 4 * HOUR, AT + 3 * HOUR),  # what is urgent runs by the clock, always
    ],
)
def test_which_time_counts(
    category: str, urgency: int, path: tuple[int, ...], due_at: datetime, warn_at: datetime
) -> None:
    found = duty("reply", rules=FORCE, category=category, urgency=urgency, since=AT, path=path)
    assert found and (found.due_at, found.warn_at) == (due_at, warn_at)


def test_there_is_no_limit_where_none_is_said() -> None:
    assert duty("contact", rules=FORCE, category="theft", urgency=3, since=AT, path=()) is None


@pytest.mark.parametrize(("minutes", "runs"), [(0, CLOCK), (5, "sometimes")])
def test_a_limit_that_makes_no_sense_is_refused(minutes: int, runs: str) -> None:
    with pytest.raises(ValueError, match="A limit has"):
        Limit(minutes=minutes, runs=runs)

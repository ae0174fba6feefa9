"""Reopening, appeals and opinions; the hand-over of emergencies; what makes a decision stale."""

from datetime import UTC, datetime, timedelta

import pytest

from rabta.rules import handing_over, meanwhile, second_look, wishes
from rabta.rules.wishes import Wish, Wished

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "outcome", "used", "no"),
    [
        (0, "advice", False, None),
        (30, "found_false", False, None),
        (31, "advice", False, "too_late"),
        (1, "advice", True, "used"),
        (1, "duplicate", False, "elsewhere"),
        (1, "transferred", False, "elsewhere"),
        (None, "", False, "not_closed"),
    ],
)
def test_the_citizen_reopens_once_within_thirty_days(
    days: int | None, outcome: str, used: bool, no: str | None
) -> None:
    closed_at = None if days is None else NOW - days * DAY
    assert second_look.may_reopen(outcome=outcome, closed_at=closed_at, used=used, now=NOW) == no


@pytest.mark.parametrize(("appealed", "no"), [(None, None), (5, None), (1, "used")])
def test_each_closing_is_appealed_once(appealed: int | None, no: str | None) -> None:
    appealed_at = None if appealed is None else NOW - appealed * DAY
    facts = {"outcome": "advice", "closed_at": NOW - 3 * DAY, "appealed_at": appealed_at}
    assert second_look.may_appeal(**facts, now=NOW) == no


@pytest.mark.parametrize(
    ("changed", "asks"),
    [
        ({}, True),
        ({"sensitive": True}, False),
        ({"protected": True}, False),
        ({"kind": "complaint_against_police"}, False),
        ({"kind": "tip"}, False),
        ({"outcome": "withdrawn"}, False),
        ({"outcome": "duplicate"}, False),
    ],
)
def test_an_opinion_is_asked_where_it_endangers_nobody(changed: dict[str, object], asks: bool) -> None:
    facts = {"outcome": "action_taken", "kind": "complaint", "sensitive": False, "protected": False}
    assert second_look.may_ask_opinion(**(facts | changed)) is asks


WORDS = {
    "reopen": (Wish.REOPEN, 0),
    "not satisfied": (Wish.OPINION, 1),
    "satisfied": (Wish.OPINION, 5),
    "4": (Wish.OPINION, 4),
}


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("REOPEN", Wished(Wish.REOPEN)),
        ("Reopen, they never came", Wished(Wish.REOPEN)),
        ("please reopen", None),
        ("Not satisfied!", Wished(Wish.OPINION, 1)),
        ("satisfied with nothing", None),
        ("4", Wished(Wish.OPINION, 4)),
        ("4 men took it", None),
        ("reopen " + "x" * 600, None),
        ("", None),
    ],
)
def test_a_wish_begins_the_message_and_an_opinion_stands_alone(text: str, wish: Wished | None) -> None:
    assert wishes.wished(text, words=WORDS) == wish


def test_a_button_says_which_case_and_what() -> None:
    key = wishes.key_of(Wish.OPINION, case="abc", mark=5)
    assert wishes.of_key(key) == Wished(Wish.OPINION, 5, "abc")
    for other in ("", "safe:yes", "wish:abc:opinion:9", "wish:abc:nonsense:1", key + ":1"):
        assert wishes.of_key(other) is None


@pytest.mark.parametrize(
    ("urgency", "closed", "handed", "confirmed", "lacks"),
    [
        (0, False, False, False, "hand_over"),
        (0, False, True, False, "number"),
        (0, False, True, True, None),
        (0, True, False, False, None),
        (1, False, False, False, None),
        (3, False, True, False, "number"),
    ],
)
def test_what_an_emergency_still_wants(
    urgency: int, closed: bool, handed: bool, confirmed: bool, lacks: str | None
) -> None:
    found = handing_over.missing(
        urgency=urgency,
        closed=closed,
        handed_over_at=NOW if handed else None,
        confirmed_at=NOW if confirmed else None,
    )
    assert found == lacks


def test_two_minutes_are_over_after_two_minutes() -> None:
    assert not handing_over.is_late(opened_at=NOW, now=NOW + timedelta(minutes=2))
    assert handing_over.is_late(opened_at=NOW, now=NOW + timedelta(minutes=2, seconds=1))


@pytest.mark.parametrize(
    ("act", "event", "stale"),
    [
        ("order", "ordered_lead", True),
        ("order", "noted", False),
        ("close", "message_in", False),
        ("end", "categorised", True),
        ("assign", "categorised", False),
        ("assign", "assigned", True),
        ("place", "closed", True),
        ("hand-over", "ordered_lead", False),
        ("hand-over", "hand_over_confirmed", True),
        ("say", "closed", False),
        ("note", "closed", False),
    ],
)
def test_a_decision_is_stale_when_somebody_decided_on_the_same(act: str, event: str, stale: bool) -> None:
    assert (event in meanwhile.stale_by(act)) is stale

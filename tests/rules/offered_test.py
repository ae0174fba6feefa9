"""Which approved templates may be chosen for a citizen."""

import pytest

from rabta.rules.offered import LONGEST, MOST, Held, filled_in, offered


def held(name: str = "visit_v1", language: str = "en", **facts: object) -> Held:
    given = {
        "state": "approved",
        "category": "utility",
        "body": "Come on {{1}}.",
        "variables": 1,
        "plain": True,
    }
    return Held(name=name, language=language, **(given | facts))  # type: ignore[arg-type]


def names(*rows: Held, careful: bool = False) -> list[tuple[str, str]]:
    found = offered(rows, languages=["ur", "hi", "en"], internal={"order_v1"}, careful=careful)
    return [(one.name, one.language) for one in found]


def test_one_of_each_name_in_the_citizens_language_or_the_next() -> None:
    rows = [held(language="en"), held(language="ur"), held("call_v1", "en_US"), held("call_v1", "fr")]
    assert names(*rows) == [("call_v1", "en_US"), ("visit_v1", "ur")]


@pytest.mark.parametrize(
    "row",
    [
        held(state="paused"),
        held(category="marketing"),
        held(category="AUTHENTICATION"),
        held(plain=False),
        held(body=""),
        held("order_v1"),
        held(language="fr"),
    ],
)
def test_what_may_not_be_chosen(row: Held) -> None:
    assert names(row) == []


def test_in_a_sensitive_matter_there_is_no_choice() -> None:
    assert names(held(), careful=True) == []


def test_the_choice_stays_small() -> None:
    assert len(names(*(held(f"t{n}") for n in range(40)))) == MOST


def test_every_blank_is_one_line_and_not_empty() -> None:
    assert filled_in([" PRY-1 ", "on\nMonday  at 5"], variables=2) == ["PRY-1", "on Monday at 5"]
    assert filled_in([], variables=0) == []
    assert filled_in(["x", " \n"], variables=2) is None
    assert filled_in(["x"], variables=2) is None
    assert filled_in(["x" * (LONGEST + 1)], variables=1) is None

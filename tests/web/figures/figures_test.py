"""Figures of a month: what the reader sees is counted, nothing small is told, and no confidential inquiry shows."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from rabta.cases.models import Case
from rabta.force import directory
from rabta.force.models import Officer
from tests import cast as players
from tests.cast import NOW, also_holds, as_role, post_named
from tests.web import small_force
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr("rabta.web.accounts.gate.Gate.process_view", lambda *_: None)
    yield players.make()
    directory.forget()


def cases(cast: SimpleNamespace, number: int, unit: Any = None, **facts: Any) -> list[Case]:
    """So many cases that a unit leads, seen by it and all above."""
    path = (unit or cast.hq).path
    seen_by = [one for one in directory.Directory(on=NOW.date()).all_units.values() if one.pk in path]
    facts = {"lead_unit": unit, "seen_by": seen_by} | facts
    return [small_force.case(desk=cast.hq, account=cast.number, **facts) for _ in range(number)]


def page(who: Officer, **query: str) -> str:
    directory.forget()
    answer = Browser(who).get("/figures/?" + "&".join(f"{name}={value}" for name, value in query.items()))
    assert answer.status_code == 200
    return answer.body.decode()


def told(body: str) -> dict[str, list[str]]:
    """The table by the names of its rows; the head is `Unit`."""
    rows = re.findall(r"<tr.*?</tr>", body, re.DOTALL)
    found = {}
    for row in rows:
        cells = [re.sub(r"<span class=\"visually-hidden\">.*?</span>|<[^>]+>", "", c).strip()
                 for c in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)]  # fmt: skip
        found[cells[0]] = cells[1:]
    return found


def test_cases_are_counted_by_unit_and_kind(cast: SimpleNamespace) -> None:
    cases(cast, 12, cast.kotwali)
    cases(cast, 6, cast.gulbahar, kind="query")
    cases(cast, 7, cast.rustam)
    cases(cast, 5)
    cases(cast, 9, cast.rustam, opened_at=NOW.replace(month=2))
    table = told(page(cast.igp))
    assert table["Unit"] == ["Complaint", "Tip", "Query", "Feedback", "Praise", "Emergency",
                             "Complaint against police", "All"]  # fmt: skip
    assert table["Peshawar"] == ["12", "0", "6", "0", "0", "0", "0", "18"]
    assert table["Mardan"] == ["7", "0", "0", "0", "0", "0", "0", "7"]
    assert table["Hq itself"] == ["5", "0", "0", "0", "0", "0", "0", "5"]
    assert table["All together"] == ["24", "0", "6", "0", "0", "0", "0", "30"]
    assert told(page(cast.igp, month="2026-02"))["All together"][-1] == "9"
    below = told(page(cast.igp, unit=cast.city.public_id))
    assert (below["Kotwali"][-1], below["Gulbahar"][-1], below["All together"][-1]) == ("12", "6", "18")


def test_by_state_too(cast: SimpleNamespace) -> None:
    cases(cast, 8, cast.kotwali, state="forwarded")
    cases(cast, 6, cast.rustam)
    table = told(page(cast.igp, by="state"))
    assert table["Unit"] == ["New", "Forwarded", "Acknowledged", "In inquiry", "Closed", "All"]
    assert (table["Peshawar"], table["Mardan"]) == (
        ["0", "8", "0", "0", "0", "8"],
        ["6", "0", "0", "0", "0", "6"],
    )


def test_small_numbers_are_not_told_and_the_words_add_up(cast: SimpleNamespace) -> None:
    cases(cast, 20, cast.kotwali)
    cases(cast, 3, cast.kotwali, kind="tip", withheld="tip")
    cases(cast, 9, cast.rustam)
    cases(cast, 6, cast.rustam, kind="tip", withheld="tip")
    body = page(cast.igp)
    table = told(body)
    assert table["Peshawar"] == ["·", "·", "0", "0", "0", "0", "0", "23"]
    assert table["Mardan"] == ["·", "·", "0", "0", "0", "0", "0", "15"]
    assert table["All together"] == ["29", "9", "0", "0", "0", "0", "0", "38"]
    assert "All together: 38 cases. 0 stand in the table; the other 38 are in the places marked" in " ".join(
        body.split()
    )


def test_what_the_table_above_keeps_back_the_one_below_does_not_tell(cast: SimpleNamespace) -> None:
    """Else the totals of the district would fill in what headquarters keeps back of it."""
    cases(cast, 20, cast.kotwali)
    cases(cast, 3, cast.kotwali, kind="tip", withheld="tip")
    cases(cast, 9, cast.rustam)
    cases(cast, 6, cast.rustam, kind="tip", withheld="tip")
    below = told(page(cast.igp, unit=cast.peshawar.public_id))
    assert below["Unit"] == [
        "Query",
        "Feedback",
        "Praise",
        "Emergency",
        "Complaint against police",
        "Others",
        "All",
    ]
    assert below["All together"] == ["0", "0", "0", "0", "0", "23", "23"]


def test_a_unit_that_stands_with_others_above_is_not_told_by_itself(cast: SimpleNamespace) -> None:
    cases(cast, 2, cast.rustam)
    cases(cast, 7, cast.kotwali)
    cases(cast, 8)
    table = told(page(cast.igp))
    assert "Mardan" not in table and table["Other units"][-1] == "9"
    assert "Choose the unit above" in page(cast.igp, unit=cast.mardan.public_id)


def test_so_few_are_not_told_at_all(cast: SimpleNamespace) -> None:
    cases(cast, 4, cast.kotwali)
    body = page(cast.igp)
    assert "Fewer than five cases" in body and "<table" not in body


def test_only_what_the_reader_sees_is_counted(cast: SimpleNamespace) -> None:
    cases(cast, 6, cast.kotwali)
    cases(cast, 6, cast.rustam)
    hidden = {"kind": "complaint_against_police", "withheld": "accusation", "accused_unit": cast.kotwali}
    cases(cast, 7, seen_by=[cast.hq], hidden_from=[cast.peshawar.pk, cast.kotwali.pk], **hidden)
    assert told(page(cast.sp))["All together"][-1] == "6"
    assert told(page(cast.igp))["All together"][-1] == "19"
    also_holds(cast.sp, post_named(cast.desk_head))  # a chair at headquarters opens nothing of it
    assert told(page(cast.sp, unit=cast.hq.public_id))["All together"][-1] == "12"


def test_figures_of_other_units_are_not_found(cast: SimpleNamespace) -> None:
    answer = Browser(cast.sp).get(f"/figures/?unit={cast.mardan.public_id}")
    assert answer.status_code == 404
    assert "2026-03" in page(cast.sp, month="nonsense", by="nonsense")


def confide(cast: SimpleNamespace, number: int, **facts: Any) -> None:
    named = sorted([cast.desk_head.pk, cast.sho_rustam.pk])
    visible = [-pk for pk in named]
    cases(cast, number, cast.kotwali, named_officers=named, visible_to=visible, **facts)


@pytest.mark.parametrize(
    ("number", "words"), [(0, "fewer than five"), (4, "fewer than five"), (5, "5 to 9"), (11, "10 to 14")]
)
def test_confidential_inquiries_are_in_no_table_and_counted_in_steps(
    cast: SimpleNamespace, number: int, words: str
) -> None:
    cases(cast, 9, cast.kotwali)
    confide(cast, number)
    for who in (cast.igp, cast.oversight, cast.desk_head):  # the last is named in all of them
        with as_role("rabta_web"):
            body = page(who)
        assert told(body)["All together"][-1] == "9"
        assert f"which are in no table: {words}." in body
    assert "which are in no table" not in page(cast.sp)


def test_of_inquiries_about_him_the_chief_is_told_nothing(cast: SimpleNamespace) -> None:
    confide(cast, 6, hidden_from=[-cast.igp.pk])
    assert "fewer than five" in page(cast.igp)
    assert "5 to 9" in page(cast.oversight)
    with as_role("rabta_web", units=f"{{{cast.peshawar.pk}}}", own="{}"):
        from django.db import connection

        with connection.cursor() as cursor:  # whatever the pages ask: below the top there is no number
            cursor.execute("SELECT rabta_confidential('2026-01-01', '2027-01-01')")
            assert cursor.fetchone() == (0,)

"""Who must act, in the demonstration's force: every row of tables/routing_cases.csv."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from rabta.cases.models import Case
from rabta.cases.reasons import in_words
from rabta.channels.models import Account
from rabta.demo import force as demo_force
from rabta.force.directory import Directory
from rabta.force.models import Unit
from rabta.routing.route import Route, route
from rabta.rules.matter import Said, withhold
from rabta.triage import tables
from tests.rules.table import Row, each, rows

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def directory(django_db_setup: None, django_db_blocker: Any) -> Iterator[Directory]:
    """The force of the demonstration as of today; it is gone again when these tests are done."""
    from django.db import transaction

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(demo_force, "make_password", lambda _: "!")  # nobody logs in here
        demo_force.create(today=TODAY)
        yield Directory(on=TODAY)
        transaction.set_rollback(True)


def judged(row: Row, directory: Directory) -> tuple[Case, Route]:
    said = Said(
        category=row["category"],
        chosen_kind="",
        accusing="an officer … money" if row["accusation"] == "yes" else "",
        tipping="do not give my name" if row["tip"] == "yes" else "",
    )
    reason, why = withhold(said, categories=tables.categories())
    case = Case(
        account=Account(unit=Unit.objects.get(code=row["account_unit"])),
        category=row["category"],
        withheld=reason,
        withheld_why=why,
        lat=float(row["pin_lat"]) if row["pin_lat"] else None,
        lng=float(row["pin_lng"]) if row["pin_lng"] else None,
        place_source="pin" if row["pin_lat"] else "",
    )
    return case, route(case, texts=row["place_text"], directory=directory)


def code_of(unit: int | None, directory: Directory) -> str:
    return directory.all_units[unit].code if unit else ""


@each("routing_cases", by="situation")
def test_who_must_act(row: Row, directory: Directory) -> None:
    _case, found = judged(row, directory)
    inform, support = (to.post.unit_id if to else None for to in (found.inform, found.support))
    assert {
        "lead": code_of(found.lead_unit, directory),
        "inform": code_of(inform, directory),
        "support": code_of(support, directory),
        "decision": "wait" if found.waiting else "order",
    } == {
        "lead": row["expected_lead"],
        "inform": row["expected_inform"],
        "support": row["expected_support"],
        "decision": row["expected_decision"],
    }
    said = f"{in_words(found.why)} {in_words(found.waiting)}"
    assert row["reason_part"].lower() in said.lower()


def test_whoever_is_to_act_is_held_by_an_officer_today(directory: Directory) -> None:
    for row in rows("routing_cases"):
        _case, found = judged(row, directory)
        assert all(to.holders for to in (found.lead, found.inform, found.support) if to), row["situation"]


def test_a_vacant_station_is_led_by_the_linked_post(directory: Directory) -> None:
    station = Unit.objects.get(code="MRD-RST")
    to = directory.addressee(station.pk)
    assert to and to.post.code == "SHO-MRD-TKB"
    assert "vacant" in in_words(to.why)

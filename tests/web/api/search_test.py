"""The search of the API: as the desk finds, page by page, among what the officer may see."""

import pytest
from django.utils import timezone

from rabta.cases.models import Case
from tests.web import small_force
from tests.web.desk.stage import named


@pytest.fixture
def north_case(force):
    now = timezone.now()
    times = dict.fromkeys(("opened_at", "last_in_at", "changed_at"), now)
    return small_force.case(
        desk=force.hq, seen_by=[force.hq, force.north], account=force.account, subject="Chassis", **times
    )


def ids(answer):
    status, page = answer
    assert status == 200, page
    return [row["id"] for row in page["items"]]


def test_cases_are_searched_within_what_the_officer_may_see(force, north_case, api):
    named(north_case, name="Ghulam Rasool", number="+923001110071")
    for text in ("chassis", "غلام رسول", "0300 1110071", north_case.reference):
        assert ids(api(force.sho_north).get("/cases", q=text)) == [north_case.public_id], text
        assert ids(api(force.sho_south).get("/cases", q=text)) == []
    assert ids(api(force.operator).get("/cases", q="horse")) == []


def test_filters_and_cursor_hold_in_a_search(force, north_case, api):
    desk = api(force.operator)
    Case.objects.filter(pk=north_case.pk).update(category="theft")
    times = dict.fromkeys(("opened_at", "last_in_at", "changed_at"), timezone.now())
    for _ in range(3):
        seen = {"desk": force.hq, "seen_by": [force.hq], "account": force.account}
        small_force.case(**seen, subject="Chassis", **times)
    assert ids(desk.get("/cases", q="chassis", category="theft")) == [north_case.public_id]
    _status, first = desk.get("/cases", q="chassis", limit="3")
    _status, last = desk.get("/cases", q="chassis", limit="3", cursor=first["next"])
    assert len(first["items"]) == 3 and [row["id"] for row in last["items"]] == [north_case.public_id]
    assert last["next"] == "" and desk.get("/cases", q="x" * 81)[0] == 422

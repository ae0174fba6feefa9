"""Figures over the API: those of the pages, each opens its cases, and nobody gets more than his lists."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.utils import timezone

from rabta.force import directory
from tests import cast as players
from tests.cast import NOW
from tests.conftest import AsRole
from tests.web.api.asking import Api
from tests.web.figures.stage import miscounted, world

pytestmark = pytest.mark.django_db
MARCH = {"from": "2026-03", "to": "2026-03"}


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    made = players.make()
    world(made)
    directory.forget()
    yield made
    directory.forget()


@pytest.mark.parametrize(("who", "all_of_them"), [("igp", 11), ("sp", 7)])
def test_figures_are_those_of_the_page_and_open_their_cases(
    cast: SimpleNamespace, as_role: AsRole, who: str, all_of_them: int
) -> None:
    api = Api(as_role, getattr(cast, who))
    status, told = api.get("/figures", **MARCH)
    assert (status, told["total"]) == (200, all_of_them)
    by_what: dict[str, int] = {}
    for one in told["figures"]:
        by_what[one["what"]] = by_what.get(one["what"], 0) + one["number"]
        days = {"since": "2026-03-01", "until": "2026-04-01", "unit": told["unit"]}
        _status, opened = api.get("/figures/cases", what=one["what"], value=one["value"], **days)
        assert one["number"] == opened["number"] == len(opened["items"]), one
    assert {by_what[what] for what in ("class", "channel", "kind", "category", "state")} == {all_of_them}
    status, report = api.get("/figures/report", **MARCH)
    assert status == 200 and report["lines"][-1]["total"] == all_of_them
    assert all(sum(line["classes"].values()) == line["total"] for line in report["lines"])
    assert report["lines"][-1]["of_which"]["found_false|under_investigation"] == 4


def test_the_table_to_give_away_keeps_small_numbers_back(cast: SimpleNamespace, as_role: AsRole) -> None:
    _status, table = Api(as_role, cast.igp).get("/figures/table", month="2026-03", by="state")
    numbers = [
        cell for line in table["lines"] for cell in [*line["cells"], line["total"]] if cell is not None
    ]
    assert table["told"] and numbers and not {1, 2, 3, 4} & set(numbers)


def test_nobody_asks_for_what_is_not_his(
    cast: SimpleNamespace, as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api(as_role, cast.sp)
    for path, asked in [("", {"unit": cast.mardan.public_id}), ("", {"from": "2019-01"}), ("/table", {"by": "name"}),
                        ("/cases", {"what": "name", "since": "2026-03-01", "until": "2026-04-01"})]:  # fmt: skip
        assert api.get(f"/figures{path}", **asked)[0] == 404, (path, asked)
    assert Api(as_role, cast.operator).get("/figures")[0] == 403
    miscounted(monkeypatch)
    assert [api.get(f"/figures{path}", **MARCH)[0] for path in ("", "/report")] == [500, 500]

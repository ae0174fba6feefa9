"""Addresses that nobody was given: a page that is not there, and never an error of ours."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from rabta.force import directory
from tests.cast import NOW
from tests.web.figures.stage import cases, month_is_over
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db
MARCH = "since=2026-03-01&until=2026-04-01"
LONG = "9" * 310


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    yield month_is_over(monkeypatch)
    directory.forget()


@pytest.mark.parametrize(
    "query",
    [
        f"{MARCH}&what=placed_square&value={LONG}|1|",
        f"{MARCH}&what=placed_square&value=1|{LONG}|",
        f"{MARCH}&what=placed_square&value={'9' * 30}|1|",
        f"{MARCH}&what=placed_square&value=1|{'9' * 5000}|",
        f"{MARCH}&what=placed_square&value=1|1|%00",
        f"{MARCH}&what=placed_hour&value={LONG}|",
        f"{MARCH}&what=placed_hour&value=9223372036854775807|",
        f"{MARCH}&what=placed_hour&value=32766|",
        f"{MARCH}&what=placed&value=theft&after=%00",
        f"{MARCH}&what=officer&value={'9' * 30}",
        f"{MARCH}&what=officer&value=²",
        f"{MARCH}&what=opinion&value={LONG}",
        f"{MARCH}&what=day&value=a|b|c",
        "since=0001-01-01&until=0001-01-01&what=placed&value=",
        "since=0001-01-01&until=0001-01-01&what=all&value=",
        "since=9999-12-31&until=9999-12-31&what=all&value=",
        "since=2026-03-05&until=2026-03-01&what=all&value=",
    ],
)
def test_the_cases_behind_no_figure(cast: SimpleNamespace, query: str) -> None:
    cases(cast, 3, cast.kotwali, lat=34.05, lng=71.55, opened_at=NOW)
    directory.forget()
    assert Browser(cast.sp).get(f"/figures/cases/?{query}").status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/figures/places/?from=0001-01&to=9999-12",
        "/figures/places/?kind=%00",
        "/figures/overview/?from=9999-12&to=9999-12&step=%00",
        "/figures/?month=9999-12",
        f"/desk/?on={'9' * 30}",
        f"/desk/intake/?before={'9' * 400}",
        f"/record/?before={'9' * 400}",
    ],
)
def test_dates_and_numbers_that_do_not_exist(cast: SimpleNamespace, path: str) -> None:
    assert Browser(cast.igp).get(path).status_code < 500

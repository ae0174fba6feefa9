"""The overview and the report: every number opens as many cases, the classes add up or nothing is shown."""

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.utils import timezone

from rabta.force import directory
from tests import cast as players
from tests.cast import DAY, NOW
from tests.web.figures.stage import body, cases, miscounted, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr("rabta.web.accounts.gate.Gate.process_view", lambda *_: None)
    yield players.make()
    directory.forget()


def numbers(page: str) -> list[tuple[str, int]]:
    """(address, number) of every figure that opens its cases."""
    found = re.findall(r'<a href="(/figures/cases/[^"]+)">(.*?)</a>', page, re.DOTALL)
    told = [(link, re.findall(r">?(\d+)(?:<|$)", text)) for link, text in found]
    assert all(number for _link, number in told)
    return [(link.replace("&amp;", "&"), int(number[0])) for link, number in told]


@pytest.mark.parametrize(("who", "all_of_them"), [("igp", 11), ("sp", 7), ("co", 7), ("desk_head", 11)])
def test_every_figure_opens_exactly_its_cases(cast: SimpleNamespace, who: str, all_of_them: int) -> None:
    world(cast)
    page = body(getattr(cast, who), "/figures/overview/?from=2026-03&to=2026-03")
    links = dict(numbers(page))
    assert len(links) > 20 and max(links.values()) == all_of_them
    wanted = {link: number for link, number in links.items() if number}
    assert wanted
    for link, number in wanted.items():
        opened = body(getattr(cast, who), link)
        assert len(re.findall(r'<tr>\s*<th scope="row">', opened)) == number, link
        assert re.search(rf'<p class="f-count">\s*{number} case', opened)


def test_the_overview_tells_times_ages_and_units(cast: SimpleNamespace) -> None:
    world(cast)
    page = re.sub(r"<[^>]+>|\s+", " ", body(cast.igp, "/figures/overview/"))
    for words in ("Until the first reply 7 60 minutes", "Until it was closed 7 30 hours", "Peshawar 7 3 4 0",
                  "Mardan 2 0 0 2", "4 stars 3", "under investigation 4", "Theft", "Operator"):  # fmt: skip
        assert words in re.sub(" +", " ", page), words
    below = body(cast.igp, f"/figures/overview/?unit={cast.kotwali.public_id}")
    assert "Kotwali" in below
    assert body(cast.sp, f"/figures/overview/?unit={cast.mardan.public_id}", status=404)


def test_figures_that_do_not_add_up_are_not_shown(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(cast)
    miscounted(monkeypatch)
    for path in ("overview", "report"):
        page = body(cast.igp, f"/figures/{path}/", status=500)
        assert "do not add up" in page and "f-big" not in page and "<table" not in page


def test_the_report_counts_confidential_inquiries_for_whom_they_answer_once_the_month_is_over(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(cast)
    running = body(cast.igp, "/figures/report/")
    assert "Checked: each of the 11 cases" in running  # the month goes on
    path = "/figures/report/?from=2026-03&to=2026-03"
    monkeypatch.setattr(timezone, "now", lambda: NOW + 40 * DAY)
    assert "Checked: each of the 16 cases" in body(cast.desk_head, path)
    assert "Checked: each of the 7 cases" in body(cast.sp, path)
    cases(cast, 1, seen_by=[], visible_to=[-cast.igp.pk], named_officers=[cast.igp.pk], account=cast.form)
    assert "Checked: each of the 11 cases" in body(cast.desk_head, path)  # one of the form would be told


def test_a_list_that_no_page_links_to_is_not_found(cast: SimpleNamespace) -> None:
    days = "since=2026-03-01&until=2026-04-01"
    for query in (f"{days}&what=name&value=x", f"{days}&what=class&value=x", "what=all&since=x&until=y",
                  f"{days}&what=officer&value=x"):  # fmt: skip
        assert body(cast.igp, f"/figures/cases/?{query}", status=404)

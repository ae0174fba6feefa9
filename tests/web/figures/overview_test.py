"""The overview and the report: every number opens as many cases, the classes add up or nothing is shown."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from rabta.cases.models import Case
from rabta.figures import counting
from rabta.force import directory
from rabta.force.models import Officer
from tests import cast as players
from tests.cast import DAY, HOUR, NOW
from tests.web import small_force
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr("rabta.web.accounts.gate.Gate.process_view", lambda *_: None)
    yield players.make()
    directory.forget()


def cases(cast: SimpleNamespace, number: int, unit: Any = None, **facts: Any) -> list[Case]:
    path = (unit or cast.hq).path
    seen_by = [one for one in directory.Directory(on=NOW.date()).all_units.values() if one.pk in path]
    usual = {
        "desk": cast.hq,
        "account": cast.number,
        "lead_unit": unit,
        "seen_by": seen_by,
        "category": "theft",
    }
    return [small_force.case(**usual | facts) for _ in range(number)]


def world(cast: SimpleNamespace) -> None:
    ended = {"state": "closed", "closed_at": NOW + 30 * HOUR, "replied_at": NOW + HOUR}
    cases(cast, 4, cast.kotwali, outcome="found_false", under_investigation=True, **ended)
    cases(cast, 3, cast.gulbahar, outcome="action_taken", satisfaction=4, feedback_at=NOW, **ended)
    cases(cast, 2, cast.rustam, kind="query", category="", assigned_to=cast.operator)
    cases(cast, 1, opened_at=NOW - 40 * DAY)
    hidden = {"kind": "complaint_against_police", "accused_unit": cast.kotwali, "withheld": "accusation"}
    cases(cast, 2, seen_by=[cast.hq], hidden_from=[cast.kotwali.pk], **hidden)
    named = [cast.igp.pk, cast.desk_head.pk]
    cases(cast, 5, named_officers=named, visible_to=[-pk for pk in named])


def body(who: Officer, path: str, status: int = 200) -> str:
    directory.forget()
    answer = Browser(who).get(path)
    assert answer.status_code == status
    return str(answer.body.decode())


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
        assert opened.count('<tr><th scope="row">') == number, link
        assert f'<p class="f-count">{number} case' in opened


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
    true = counting.sums

    def wrong(*args: Any, **more: Any) -> Any:
        found = true(*args, **more)
        for unit in found.values():
            if "class" in unit:
                unit["class"]["whatsapp|pending"] += 1
        return found

    monkeypatch.setattr(counting, "sums", wrong)
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

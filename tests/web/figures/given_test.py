"""The overview as a file: under the guards of the report, nothing small, no officer, in all three languages."""

import csv
import io
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from rabta.audit.models import Record
from rabta.force import directory
from rabta.force.models import Officer
from rabta.web.accounts import step_up
from rabta.web.exports import views
from tests.cast import DAY, HOUR, NOW
from tests.web.figures.stage import body, cases, miscounted, month_is_over, world
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db
PAGE = "/figures/overview/?from=2026-03&to=2026-03"
FILE = "/export/overview/?from=2026-03&to=2026-03"


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    yield month_is_over(monkeypatch)
    directory.forget()


def lines(who: Officer, path: str = FILE) -> list[list[str]]:
    directory.forget()
    answer = Browser(who).post(path, {"format": "csv"})
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))


def many(cast: SimpleNamespace) -> None:
    ended = {"state": "closed", "outcome": "action_taken", "closed_at": NOW + 30 * HOUR}
    cases(cast, 12, cast.kotwali, **ended)
    cases(cast, 6, cast.rustam, category="fraud", assigned_to=cast.operator)


def test_it_holds_the_figures_of_the_page(cast: SimpleNamespace) -> None:
    many(cast)
    assert "/export/overview/?unit=" in body(cast.igp, PAGE)
    told = lines(cast.igp)
    assert told[0] == ["Hq", "1 March 2026 – 31 March 2026"]
    assert told[2] == ["Unit", "Disposed of", "Found false", "Pending", "All"]
    by_name = {line[0]: line[1:] for line in told[3:]}
    assert by_name["Peshawar"] == ["12", "0", "0", "12"] and by_name["Mardan"] == ["0", "0", "6", "6"]
    assert by_name["All together"] == ["12", "0", "6", "18"]
    assert by_name["Theft"] == ["", "", "", "12"] and by_name["Until it was closed"][-1] == "12"
    assert by_name["Until it was closed: half within"][-1] == "30 hours"
    assert "Operator" not in str(told)  # officers are on the page only
    detail = Record.objects.get(act="exported").detail
    assert detail == {"format": "csv", "rows": 6, "unit": cast.hq.pk, "from": "2026-03", "to": "2026-03"}


def test_nothing_small_is_told_in_it(cast: SimpleNamespace) -> None:
    world(cast)
    many(cast)
    cases(cast, 1, cast.gulbahar, category="dowry", kind="tip", opened_at=NOW + DAY)
    for who in (cast.igp, cast.sp, cast.desk_head):
        told = lines(who)
        assert not {"1", "2", "3", "4"} & {cell for line in told[2:] for cell in line[1:]}, told
        assert not any("dowry" in line[0].lower() for line in told[2:])


def test_a_unit_tells_no_more_than_the_table_above_it(cast: SimpleNamespace) -> None:
    ended = {"state": "closed", "closed_at": NOW + 30 * HOUR}
    cases(cast, 3, cast.kotwali, outcome="found_false", **ended)
    cases(cast, 20, cast.kotwali, outcome="action_taken", **ended)
    cases(cast, 9, cast.rustam, outcome="found_false", **ended)
    cases(cast, 20, cast.rustam, outcome="action_taken", **ended)
    above = {line[0]: line for line in lines(cast.igp)[3:]}
    assert above["Peshawar"][1:3] == ["·", "·"] and above["Mardan"][1:3] == ["·", "·"]
    mardan = lines(cast.igp, f"{FILE}&unit={cast.mardan.public_id}")
    assert "Found false" not in mardan[2] and "29" in {line[-1] for line in mardan[2:]}
    hidden = f"{FILE}&unit={cast.ctd.public_id}"  # so few that the table above puts it together with others
    assert Browser(cast.igp).get(hidden).status_code == 404


@pytest.mark.parametrize(("language", "said"), [("en", "All together"), ("hi", "कुल"), ("ur", "کل")])
def test_it_leaves_in_three_languages_and_forms(cast: SimpleNamespace, language: str, said: str) -> None:
    many(cast)
    directory.forget()
    path = f"{FILE}&lang={language}"
    answer = Browser(cast.igp).post(path, {"format": "pdf"})
    assert answer.status_code == 200 and answer.body.startswith(b"%PDF-") and b"%%EOF" in answer.body[-16:]
    answer = Browser(cast.igp).post(path, {"format": "xlsx"})
    cells = [cell for row in load_workbook(io.BytesIO(answer.body)).active.values for cell in row]
    assert any(said in str(cell) for cell in cells) and 18 in cells
    assert 'filename="overview-2026-03-2026-03.xlsx"' in answer["Content-Disposition"]


def test_it_has_the_guards_of_the_report(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    many(cast)
    directory.forget()
    assert Browser(cast.sp).get(f"{FILE}&unit={cast.kotwali.public_id}").status_code == 404
    assert Browser(cast.sp).get(f"{FILE}&unit={cast.mardan.public_id}").status_code == 404
    assert Browser(cast.co).get(FILE).status_code == 403
    assert "/export/overview/" not in body(cast.co, PAGE)
    assert Browser(cast.igp).get("/export/overview/?from=2025-12&to=2025-12").status_code == 404
    with monkeypatch.context() as limit:
        limit.setattr(views.ratelimit, "consume", lambda *_args, **_words: None)
        assert Browser(cast.igp).post(FILE, {"format": "csv"}).status_code == 429
    monkeypatch.setattr(step_up, "is_fresh", lambda _request: False)
    assert Browser(cast.igp).post(FILE, {"format": "csv"}).status_code == 302
    assert not Record.objects.filter(act="exported").exists()


def test_figures_that_do_not_add_up_leave_in_no_file(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(cast)
    miscounted(monkeypatch)
    assert Browser(cast.igp).post(FILE, {"format": "csv"}).status_code == 404


def numbers(told: list[list[str]]) -> set[int]:
    """All whole numbers of the file, without its heads."""
    return {int(cell) for line in told[3:] for cell in line[1:] if cell.isdigit()}


FALSE = {"state": "closed", "outcome": "found_false", "closed_at": NOW + HOUR}
DISPOSED = {"state": "closed", "outcome": "action_taken", "closed_at": NOW + HOUR}


def test_ages_do_not_tell_how_many_were_found_false(cast: SimpleNamespace) -> None:
    cases(cast, 19, cast.kotwali)
    cases(cast, 2, cast.kotwali, **FALSE)
    told = lines(cast.sp)
    assert told[2][1:] == ["Disposed of", "Others", "All"]
    assert numbers(told) == {0, 21}  # 19 are pending


def test_states_and_closing_times_do_not_tell_it_either(cast: SimpleNamespace) -> None:
    cases(cast, 10, cast.kotwali, **DISPOSED)
    cases(cast, 2, cast.kotwali, **FALSE)
    cases(cast, 9, cast.kotwali)
    told = lines(cast.sp)
    assert told[2][1:] == ["Disposed of", "Others", "All"]
    assert numbers(told) == {0, 10, 11, 21}  # 12 are closed


def test_ages_do_not_tell_the_few_that_are_older_than_the_months(cast: SimpleNamespace) -> None:
    many(cast)
    assert "How old what is pending is" in str(lines(cast.sp_mardan))
    cases(cast, 2, cast.rustam, opened_at=NOW - 60 * DAY)
    assert "How old what is pending is" not in str(lines(cast.sp_mardan))

"""Lists and figures leave as files: who may, which rows, which columns, and what is kept of it."""

import csv
import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from rabta.audit.models import Record
from rabta.cases.models import Case
from rabta.force import directory
from rabta.force.models import Officer
from rabta.people.models import Person
from rabta.web.accounts import step_up
from rabta.web.exports import queries, views
from tests import cast as players
from tests.cast import NOW, also_holds, post_named
from tests.web import small_force
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db
REVIEW, DESK = "/export/cases/?show=", "/export/cases/?queue=open"


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr("rabta.web.accounts.gate.Gate.process_view", lambda *_: None)
    yield players.make()
    directory.forget()


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again just now."""
    monkeypatch.setattr(step_up, "is_fresh", lambda _request: True)


def case(cast: SimpleNamespace, station: Any, officer: Officer, **facts: Any) -> Case:
    units = [one for one in (cast.hq, cast.peshawar, cast.mardan, cast.city, cast.rural, station)
             if one.pk in station.path]  # fmt: skip
    facts = {"seen_by": units, "lead_unit": station, "place": "Chowk Yadgar"} | facts
    made = small_force.case(desk=cast.hq, account=cast.number, **facts)
    small_force.order(made, officer)
    return made


def file(who: Officer, path: str, form: str = "csv") -> Any:
    answer = Browser(who).post(path, {"format": form})
    assert answer.status_code == 200, answer.body
    return answer


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))


def references(answer: Any) -> set[str]:
    return {row["Reference"] for row in rows(answer)}


def test_it_asks_again_who_it_is(cast: SimpleNamespace) -> None:
    client = Client()
    client.force_login(cast.sp)
    for path in (REVIEW, DESK, "/export/figures/"):
        for ask in (client.get, client.post):
            answer = ask(path)
            assert answer.status_code == 302 and answer.url.startswith("/account/confirm/")


@pytest.mark.usefixtures("fresh")
def test_the_file_has_the_rows_of_the_list_and_of_nobody_else(cast: SimpleNamespace) -> None:
    ours, theirs = case(cast, cast.kotwali, cast.sho), case(cast, cast.rustam, cast.sho_rustam)
    assert references(file(cast.sp, REVIEW)) == {ours.reference}
    assert references(file(cast.igp, REVIEW)) == {ours.reference, theirs.reference}
    assert references(file(cast.igp, f"{REVIEW}&unit={cast.mardan.public_id}")) == {theirs.reference}
    assert references(file(cast.desk_head, DESK)) == {ours.reference, theirs.reference}
    assert Browser(cast.sp).get(DESK).status_code == 404  # no desk of his
    assert Browser(cast.sho).get(REVIEW).status_code == 403
    assert Browser(cast.operator).get(DESK).status_code == 403
    assert Browser(cast.sp).get(f"{REVIEW}nonsense").status_code == 404


@pytest.mark.usefixtures("fresh")
def test_what_one_only_sees_one_may_not_take_out(cast: SimpleNamespace) -> None:
    ours, theirs = case(cast, cast.kotwali, cast.sho), case(cast, cast.rustam, cast.sho_rustam)
    also_holds(cast.sp, post_named(cast.operator))  # sees all cases there, and may take none out
    assert references(file(cast.sp, DESK)) == {ours.reference}
    assert theirs.reference not in file(cast.sp, REVIEW).body.decode()


@pytest.mark.usefixtures("fresh")
def test_confidential_inquiries_and_hidden_accusations_leave_in_no_list(cast: SimpleNamespace) -> None:
    plain = case(cast, cast.kotwali, cast.sho)
    named = sorted([cast.desk_head.pk, cast.sho_rustam.pk])
    case(cast, cast.kotwali, cast.sho, named_officers=named, visible_to=[-pk for pk in named])
    against = case(cast, cast.rustam, cast.sho_rustam, withheld="accusation", hidden_from=[-cast.igp.pk])
    assert references(file(cast.desk_head, REVIEW)) == {plain.reference, against.reference}
    assert references(file(cast.igp, REVIEW)) == {plain.reference}


@pytest.mark.usefixtures("fresh")
def test_files_of_the_accused_unit_are_the_same_with_and_without_the_complaint(cast: SimpleNamespace) -> None:
    for _ in range(6):
        case(cast, cast.kotwali, cast.sho)
    also_holds(cast.sp, post_named(cast.desk_head))
    asked = [REVIEW, DESK, f"/export/figures/?unit={cast.peshawar.public_id}",
             f"/export/figures/?unit={cast.hq.public_id}", "/export/figures/?by=state"]  # fmt: skip

    def files() -> list[bytes]:
        directory.forget()
        return [file(cast.sp, path).body for path in asked]

    without = files()
    below = [cast.peshawar.pk, cast.city.pk, cast.kotwali.pk]
    facts = {"withheld": "accusation", "kind": "complaint_against_police", "accused_unit": cast.peshawar}
    case(cast, cast.rustam, cast.sho_rustam, hidden_from=below, **facts)
    case(cast, cast.rustam, cast.sho_rustam, named_officers=[-1], visible_to=[-cast.igp.pk])
    assert files() == without
    assert len(rows(file(cast.oversight, REVIEW))) == 7


@pytest.mark.usefixtures("fresh")
def test_nothing_of_people_and_nothing_that_runs_is_in_the_file(cast: SimpleNamespace) -> None:
    case(cast, cast.kotwali, cast.sho, place="=HYPERLINK(1)", subject="Gul Khan 0300 1234567")
    sealed = case(cast, cast.kotwali, cast.sho, place="Behind the mill")
    Person.objects.filter(handles__conversations__cases=sealed).update(protected=True, alias="Kite 77")
    for form in ("csv", "xlsx"):
        answer = file(cast.sp, REVIEW, form)
        if form == "csv":
            text = answer.body.decode("utf-8-sig")
            places = {row["Place"] for row in rows(answer)}
            assert places == {"'=HYPERLINK(1)", ""}
        else:
            sheet = load_workbook(io.BytesIO(answer.body)).active
            cells = [cell for row in sheet.iter_rows() for cell in row]
            assert all(cell.data_type != "f" for cell in cells)
            text = " ".join(str(cell.value) for cell in cells)
            assert "=HYPERLINK(1)" in text
        for word in ("Gul Khan", "1234567", "Kite", "mill", "Loud music"):
            assert word not in text, (form, word)


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_headers_make_it_a_download_that_nobody_keeps(cast: SimpleNamespace, form: str) -> None:
    case(cast, cast.kotwali, cast.sho)
    answer = file(cast.sp, REVIEW, form)
    assert answer["Content-Disposition"] == f'attachment; filename="cases-2026-03-02.{form}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"] and "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.usefixtures("fresh")
def test_a_filtered_list_leaves_as_it_is_shown(cast: SimpleNamespace) -> None:
    theft, _other = (case(cast, cast.kotwali, cast.sho, category=code) for code in ("theft", "traffic"))
    answer = file(cast.desk_head, f"{DESK}&category=theft&state=new&from=2026-01-01")
    assert references(answer) == {theft.reference}
    kept = Record.objects.get(act="exported").detail
    assert (kept["category"], kept["state"], kept["from"]) == ("theft", "new", "2026-01-01")


@pytest.mark.usefixtures("fresh")
def test_the_record_keeps_who_took_what(cast: SimpleNamespace) -> None:
    ours = case(cast, cast.kotwali, cast.sho, withheld="tip", kind="tip")
    path = f"{REVIEW}unanswered&unit={cast.kotwali.public_id}"
    assert b"1 case" in Browser(cast.sp).get(path).body
    assert not Record.objects.filter(act="exported").exists()  # a look at the page takes nothing
    file(cast.sp, path)
    entry = Record.objects.get(act="exported")
    assert (entry.actor_officer, entry.actor_post) == (cast.sp.pk, post_named(cast.sp).pk)
    assert (entry.subject, entry.subject_ids) == ("cases", [ours.pk])
    assert entry.detail == {"format": "csv", "rows": 1, "review": "unanswered", "unit": cast.kotwali.pk}
    assert Record.objects.filter(act="looked", subject="export", case_id=ours.pk).exists()


@pytest.mark.usefixtures("fresh")
def test_too_many_rows_and_too_many_files_are_refused(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    case(cast, cast.kotwali, cast.sho), case(cast, cast.kotwali, cast.sho)
    with monkeypatch.context() as limit:
        limit.setattr(queries, "MOST", 1), limit.setattr(views, "MOST", 1)
        answer = Browser(cast.sp).post(REVIEW, {"format": "csv"})
        assert (answer.status_code, b"More than 1 cases" in answer.body) == (409, True)
    assert Browser(cast.sp).post(REVIEW, {"format": "exe"}).status_code == 409
    monkeypatch.setattr(views.ratelimit, "consume", lambda *_args, **_words: None)
    answer = Browser(cast.sp).post(REVIEW, {"format": "csv"})
    assert (answer.status_code, b"That was many files" in answer.body) == (429, True)
    assert not Record.objects.filter(act="exported").exists()


@pytest.mark.usefixtures("fresh")
def test_figures_leave_as_the_page_shows_them(cast: SimpleNamespace) -> None:
    for n in range(12):
        case(cast, cast.kotwali, cast.sho, kind="tip" if n < 3 else "complaint")
        case(cast, cast.rustam, cast.sho_rustam, kind="tip" if n < 6 else "complaint")
    path = "/export/figures/?month=2026-03&by=kind"
    lines = list(csv.reader(io.StringIO(file(cast.igp, path).body.decode("utf-8-sig"), newline="")))
    assert lines[0][:3] == ["Unit", "Complaint", "Tip"] and lines[0][-1] == "All"
    assert {line[0]: (line[1], line[2], line[-1]) for line in lines[1:]} == {
        "Peshawar": ("·", "·", "12"), "Mardan": ("·", "·", "12"), "All together": ("15", "9", "24"),
        **dict.fromkeys(("Ctd", "Women", "Cyber", "Hq itself"), ("0", "0", "0")),
    }  # fmt: skip
    detail = Record.objects.get(act="exported").detail
    assert detail == {"format": "csv", "rows": 6, "unit": cast.hq.pk, "month": "2026-03", "by": "kind"}
    assert Browser(cast.igp).get("/export/figures/?month=2025-12").status_code == 404

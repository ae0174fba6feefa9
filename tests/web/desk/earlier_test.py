"""Open complaints of the register of before: looked at, brought in once, read and kept at the desk."""

import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from rabta.audit.models import Record
from rabta.cases.models import Case, Event, Message, Order
from rabta.figures import folding
from rabta.figures.models import Fact
from rabta.force.models import Role
from rabta.intake import ledger
from rabta.intake.models import Journal
from rabta.kit import sheets
from rabta.outbox.models import Delivery
from rabta.review import interims
from rabta.review.models import Interim
from tests.cast import as_role
from tests.web import small_force
from tests.web.citizen.stage import read_in
from tests.web.officer import stage
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db
PAGE = "/desk/import/"
HEAD = ["number", "date", "text", "name", "phone", "category"]
ROWS = [
    ["117/26", "2026-01-31", "Motorcycle stolen in front of the house", "Saima Gul", "0300 1234567", "Theft"],
    ["118/26", "2026-02-03", "Loud music every night", "", "", ""],
]


@pytest.fixture
def force() -> SimpleNamespace:
    made = stage.make()
    top = made.sho.postings.get().post.unit
    while top.parent:
        top = top.parent
    office = small_force.unit("IMPORT", top, level="desk")
    made.head = small_force.officer("head-of-desk", Role.DESK_HEAD, office)
    return made


def table(rows: list[list[str]]) -> SimpleUploadedFile:
    return SimpleUploadedFile("complaints.csv", sheets.csv_text([HEAD, *rows]).encode())


def bring(force: SimpleNamespace, rows: list[list[str]], **more: str) -> object:
    return Browser(force.head).post(PAGE, {"file": table(rows), **more})


def test_looking_changes_nothing_and_shows_what_was_understood(force: SimpleNamespace) -> None:
    page = bring(force, ROWS).body.decode()
    assert "2 complaints were understood" in page and "Motorcycle stolen" in page
    assert not Journal.objects.exists()


def test_what_was_looked_at_is_brought_in_without_choosing_it_again(force: SimpleNamespace) -> None:
    browser = Browser(force.head)
    page = browser.post(PAGE, {"file": table(ROWS)}).content.decode()
    word = page.split('name="kept" value="')[1].split('"')[0]
    assert "complaints.csv" in page
    stranger = small_force.officer("head-too", Role.DESK_HEAD, force.head.postings.get().post.unit)
    for who, given in ((stranger, word), (force.head, "nothing"), (force.head, "")):
        wrong = Browser(who).post(PAGE, {"kept": given, "save": "1"})
        assert (wrong.status_code, Journal.objects.count()) == (400, 0)
    assert browser.post(PAGE, {"kept": word, "save": "1"}).status_code == 302
    read_in(force)
    assert Case.objects.count() == len(ROWS)
    assert "not kept any more" in browser.post(PAGE, {"kept": word, "save": "1"}).content.decode()


def test_each_line_waits_at_the_desk_with_its_number_and_nobody_is_written_to(force: SimpleNamespace) -> None:
    assert bring(force, ROWS, save="1").status_code == 302
    read_in(force)
    first, second = Case.objects.order_by("id")
    assert (first.category, first.state, bool(first.waiting_why)) == ("theft", "new", True)
    said = Message.objects.get(case=first)
    assert said.text.startswith("117/26\n") and said.author == force.head
    assert said.sent_at is not None and said.sent_at.date().isoformat() == "2026-01-31"
    assert second.category != "theft"
    assert not Order.objects.exists() and not Delivery.objects.exists()
    assert ledger.balance().balanced
    assert Record.objects.get(act="register_imported").detail == {"rows": 2, "known": 0}


def test_each_is_opened_on_its_day_with_limits_from_today_and_counted_there(force: SimpleNamespace) -> None:
    now = timezone.now()
    day = timezone.localdate(now) - timedelta(days=70)
    bring(force, [["117/26", f"{day}", ROWS[0][2], "", "0300 1234567", "Theft"]], save="1")
    read_in(force)
    case = Case.objects.get()
    assert timezone.localdate(case.opened_at) == day
    assert case.limits_from == case.last_in_at == case.runs_since >= now - timedelta(minutes=5)
    assert Event.objects.get(case=case, what="opened").at == case.limits_from
    assert case.report_due_at is not None and case.report_due_at > now
    with as_role("rabta_worker", system="a test"):
        folding.fold()
    assert Fact.objects.get(case=case).day == day


def test_no_interim_reply_is_suggested_for_it_before_it_is_here_so_long(force: SimpleNamespace) -> None:
    day = timezone.localdate() - timedelta(days=70)
    bring(force, [["117/26", f"{day}", ROWS[0][2], "", "0300 1234567", "Theft"]], save="1")
    read_in(force)
    Case.objects.update(reply_due_at=timezone.now())  # somebody said what it is about
    for after, suggested in ((0, False), (70, True)):
        with as_role("rabta_worker", system="a test"):
            interims.suggest(now=timezone.now() + timedelta(days=after))
        assert Interim.objects.exists() is suggested


def test_the_same_table_again_adds_only_what_is_new(force: SimpleNamespace) -> None:
    bring(force, ROWS[:1], save="1")
    read_in(force)
    assert "1 of them came before" in bring(force, ROWS).body.decode()
    bring(force, ROWS, save="1")
    read_in(force)
    assert Case.objects.count() == 2


def test_two_stations_that_gave_the_same_number_on_one_day_lose_nothing(force: SimpleNamespace) -> None:
    number, day, *_rest = ROWS[0]
    for words in ("Motorcycle stolen in front of the house", "A goat was stolen at night"):
        bring(force, [[number, day, words, "", "", ""]], save="1")
    read_in(force)
    assert Case.objects.count() == 2


def test_an_accusation_among_them_is_withheld_as_any_other(force: SimpleNamespace) -> None:
    bring(
        force,
        [["9", "2026-02-01", "The SHO of Kotwali police station took a bribe from me", "", "", ""]],
        save="1",
    )
    read_in(force)
    assert Case.objects.get().withheld == "accusation"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["", "2026-01-31", "x", "", "", ""], "Line 2</strong> · Empty: number."),
        (["1", "3.31.2026", "x", "", "", ""], "A day is written as 2026-01-31, not 3.31.2026."),
        (["1", "2126-01-31", "x", "", "", ""], "This day has not come yet"),
        (["1", "2026-01-31", "x", "", "12", ""], "This is no telephone number: 12."),
        (["1", "2026-01-31", "x", "", "", "sorcery"], "There is no category sorcery."),
    ],
)
def test_a_mistake_is_said_with_its_line_and_nothing_comes_in(
    force: SimpleNamespace, row: list[str], said: str
) -> None:
    answer = bring(force, [row, ROWS[1]], save="1")
    assert answer.status_code == 400 and said in " ".join(answer.body.decode().split())
    assert not Journal.objects.exists()


def test_a_number_that_stands_twice_and_an_empty_table_are_said(force: SimpleNamespace) -> None:
    assert "stands in line 2 already" in bring(force, [ROWS[0], ROWS[0]]).body.decode()
    assert "There is no complaint in this table." in bring(force, []).body.decode()
    nothing = SimpleUploadedFile("complaints.csv", b"")
    assert "The file is empty." in Browser(force.head).post(PAGE, {"file": nothing}).body.decode()
    assert "Choose the table first." in Browser(force.head).post(PAGE, {}).body.decode()
    assert "number,date,text" in Browser(force.head).get(f"{PAGE}complaints.csv").body.decode("utf-8-sig")


def workbook(*rows: list[object]) -> SimpleUploadedFile:
    book, target = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.save(target)
    return SimpleUploadedFile("complaints.xlsx", target.getvalue())


def test_cells_that_look_filled_and_are_not_are_explained(force: SimpleNamespace) -> None:
    """Merged cells, and formulas whose result nobody stored."""
    made = workbook([*HEAD], ["1", "2026-01-31", "a"], [None, "2026-01-31", "b"], ["3", "2026-01-31", "=A1"])
    page = " ".join(Browser(force.head).post(PAGE, {"file": made, "save": "1"}).body.decode().split())
    assert "Line 3</strong> · Empty: number. A merged cell counts in its first line only" in page
    assert "Line 4</strong> · Empty: text. </li>" in page
    assert not Journal.objects.exists()

"""Personnel from a table: checked first, written in bulk, and nobody disappears unasked."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rabta.audit.models import Record
from rabta.commands import personnel as command
from rabta.force import directory
from rabta.force.models import Personnel, Role
from rabta.force.register import personnel
from tests.cast import as_role
from tests.web import small_force
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db
HEAD = "number,name,name_ur,rank,unit,phone,language\n"
TWO = HEAD + "C-1,Sher Bahadur,شیر بہادر,Constable,NORTH,0300 1234567,ur\nC-2,Gul Khan,,,SOUTH,,\n"


@pytest.fixture
def force(db: None) -> Any:
    directory.forget()
    yield small_force.make()
    directory.forget()


def checked(text: str) -> personnel.Checked:
    with as_role("rabta_web"):
        return personnel.check(text.encode())


def test_a_table_is_saved_and_changes_only_what_differs(force: SimpleNamespace) -> None:
    found = checked(TWO)
    assert (found.new, found.changed, found.same, found.problems) == (2, 0, 0, [])
    with as_role("rabta_web"):
        personnel.save(found)
    first = Personnel.objects.get(number="C-1")
    assert (first.phone, first.unit, first.language) == ("+923001234567", force.north, "ur")
    again = checked(TWO.replace("Constable", "Head Constable"))
    assert (again.new, again.changed, again.same, again.missing) == (0, 1, 1, 0)
    personnel.save(again)
    assert Personnel.objects.get(number="C-1").rank == "Head Constable"


def test_who_is_missing_stays_unless_it_is_asked_for(force: SimpleNamespace) -> None:
    personnel.save(checked(TWO))
    one = HEAD + "C-1,Sher Bahadur,,,NORTH,,\n"
    assert checked(one).missing == 1
    assert personnel.save(checked(one)) == 0
    assert Personnel.objects.filter(is_active=True).count() == 2
    assert personnel.save(checked(one), missing_inactive=True) == 1
    assert Personnel.objects.get(number="C-2").is_active is False
    back = checked(TWO)
    assert back.changed == 2, "he is here again"
    personnel.save(back)
    assert Personnel.objects.get(number="C-2").is_active


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "The file is empty"),
        ("number,name\nC-1,x\n", "columns are missing: unit"),
        (HEAD + "C-1,x,,,NOWHERE,,\n", "Unknown unit: NOWHERE"),
        (HEAD + "C-1,x,,,NORTH,12,\n", "no telephone number: 12"),
        (HEAD + "C-1,x,,,NORTH,,de\n", "Unknown language: de"),
        (HEAD + "C-1,x,,,NORTH,,\nC-1,y,,,NORTH,,\n", "stands in line 2 already"),
        (HEAD + "C-1,,,,NORTH,,\n", "Empty: name"),
        ("\0\1", "no table"),
    ],
)
def test_mistakes_are_named_and_nothing_is_saved(force: SimpleNamespace, text: str, said: str) -> None:
    problems = checked(text).problems
    assert said in problems[-1].text


def test_the_command_checks_and_saves(
    force: SimpleNamespace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.csv"
    file.write_text(TWO)
    with as_role("rabta_worker"):
        command.run(file=file, save=False, missing_inactive=False)
        assert not Personnel.objects.exists()
        command.run(file=file, save=True, missing_inactive=False)
    assert "2 new" in capsys.readouterr().out and Personnel.objects.count() == 2
    assert Record.objects.get(act="personnel_saved").detail == {"new": 2, "changed": 0, "inactive": 0}
    file.write_text(HEAD + "C-1,x,,,NOWHERE,,\n")
    with pytest.raises(command.ImportRefused, match="mend the lines"):
        command.run(file=file, save=True, missing_inactive=False)
    with pytest.raises(command.ImportRefused, match="No such file"):
        command.run(file=tmp_path / "none", save=True, missing_inactive=False)


def test_the_page_checks_first_and_keeps_the_file(force: SimpleNamespace) -> None:
    admin = small_force.officer("admin-hq", Role.ADMINISTRATOR, force.hq)
    browser = Browser(admin, proved=True)
    assert browser.post("/setup/personnel/").status_code == 400
    upload = SimpleUploadedFile("p.csv", TWO.encode(), "text/csv")
    page = browser.post("/setup/personnel/", {"file": upload})
    assert "2 new" in page.text and not Personnel.objects.exists()
    word = page.text.split('name="kept" value="')[1].split('"')[0]
    assert browser.post("/setup/personnel/", {"kept": word, "save": ""}).status_code == 302
    assert Personnel.objects.count() == 2
    assert browser.post("/setup/personnel/", {"kept": word, "save": ""}).status_code == 410
    assert browser.get("/setup/personnel/empty.csv").text.startswith("\ufeffnumber,name")

"""The page on which an exported chat is brought in: looked at first, asked where it is not certain."""

import io
import re
import zipfile
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rabta import journey
from rabta.channels import accounts
from rabta.channels.models import Account
from rabta.files.models import StoredFile
from rabta.force import directory
from rabta.intake.models import Journal
from tests.web.citizen.stage import NOW, handed_in
from tests.web.groups import bombs
from tests.web.officer import stage
from tests.web.officer.stage import Browser, photo

pytestmark = pytest.mark.django_db
CHAT = "\n".join(
    [
        "28/02/2026, 21:00 - Messages and calls are end-to-end encrypted.",
        "28/02/2026, 21:05 - Gul: My motorcycle was stolen near Kotwali",
        "28/02/2026, 21:06 - Noor: IMG-20260228-WA0001.jpg (file attached)",
        "28/02/2026, 21:07 - Noor: a.exe (file attached)",
    ]
)


@pytest.fixture
def force() -> SimpleNamespace:
    made = stage.make()
    credential = accounts.create_credential(channel="whatsapp_export", name="Groups", values={})
    for name, unit in (("traders", made.kotwali), ("teachers", made.gulbahar)):
        group = accounts.create_account(credential=credential, name=name.title(), external_id=name, unit=unit)
        setattr(made, name, group)
    return made


def text(content: str | bytes = CHAT, name: str = "WhatsApp Chat with Traders.txt") -> SimpleUploadedFile:
    raw = content if isinstance(content, bytes) else content.encode()
    return SimpleUploadedFile(name, raw, "text/plain")


def zipped(chat: str = CHAT, **files: bytes) -> SimpleUploadedFile:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_chat.txt", chat)
        for name, data in files.items():
            archive.writestr(name.replace("_", ".", 1), data)
    return SimpleUploadedFile("chat.zip", made.getvalue(), "application/zip")


def look(browser: Browser, force: SimpleNamespace, file: SimpleUploadedFile, **more: object) -> object:
    given = {"group": force.traders.public_id, "days": "7", "file": file, **more}
    return browser.post("/groups/import/", given)


def go_on(browser: Browser, page: object, **more: str) -> object:
    """Press the button of the page, with what is hidden in it."""
    body = page.body.decode()  # type: ignore[attr-defined]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', body))
    hidden.pop("csrfmiddlewaretoken", None)
    return browser.post("/groups/import/", hidden | more)


def said(page: object) -> str:
    return page.body.decode()  # type: ignore[attr-defined, no-any-return]


def test_a_chat_is_looked_at_and_then_brought_in(force: SimpleNamespace) -> None:
    browser = Browser(force.sho)
    page = look(browser, force, zipped(**{"IMG-20260228-WA0001_jpg": photo().read(), "a_exe": b"MZ" * 99}))
    assert "stolen near Kotwali" in said(page)
    assert not Journal.objects.exists()
    page = go_on(browser, page, bring="1")
    assert "4 new items were handed in" in said(page)
    assert "This kind of file is not accepted" in said(page)
    (body,) = handed_in()
    assert body["account"] == "traders"
    assert [entry["kind"] for entry in body["entries"]] == ["system", "message", "file", "refused"]
    assert "does not add up" not in said(page)


def test_pressed_twice_it_is_brought_in_once(force: SimpleNamespace) -> None:
    browser = Browser(force.operator)
    page = look(browser, force, text())
    go_on(browser, page, bring="1")
    assert "not here any more" in said(go_on(browser, page, bring="1"))
    assert len(handed_in()) == 1


def test_an_order_of_dates_that_is_not_certain_is_asked_for(force: SimpleNamespace) -> None:
    browser = Browser(force.sho)
    page = look(browser, force, text("3/4/24, 21:05 - Gul: theft\n"))
    assert "3 April 2024" in said(page)
    assert "4 March 2024" in said(page)
    assert 'name="bring"' not in said(page)
    page = go_on(browser, page, order="mdy")
    assert "2024-03-04 21:05" in said(page)
    go_on(browser, page, bring="1")
    assert handed_in()[0]["entries"][0]["at"].startswith("2024-03-04T21:05")


def test_a_wrong_order_is_refused(force: SimpleNamespace) -> None:
    browser = Browser(force.sho)
    page = look(browser, force, text())
    page = go_on(browser, page, order="mdy", bring="1")
    assert "Line 1: there is no such day" in said(page)
    assert not Journal.objects.exists()


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (lambda: text("Dear sir,\nplease help."), "No line begins as WhatsApp begins a message"),
        (lambda: text(b"\xff\xd8\xff\xe0 not a text"), "not a text that WhatsApp exported"),
        (lambda: text("13/13/24, 9:05 - Gul: theft"), "read in any order"),
        (lambda: text(b"PK\x03\x04 cut off", "chat.zip"), "damaged or not complete"),
        (lambda: text(bombs.without_text(), "chat.zip"), "it holds no text file"),
        (lambda: text(bombs.large(), "chat.zip"), "too long"),
        (lambda: text(bombs.many(), "chat.zip"), "too many files"),
        (lambda: text(bombs.zip64(), "chat.zip"), "This kind of archive is not read"),
        (lambda: text(bombs.locked(), "chat.zip"), "damaged or not complete"),
    ],
)
def test_what_is_no_chat_is_refused_in_words(force: SimpleNamespace, file: object, why: str) -> None:
    page = look(Browser(force.sho), force, file())  # type: ignore[operator]
    assert page.status_code == 400  # type: ignore[attr-defined]
    assert why in said(page)
    assert "Nothing was brought in" in said(page)
    assert not Journal.objects.exists()


def test_names_in_an_archive_lead_nowhere(force: SimpleNamespace) -> None:
    browser = Browser(force.sho)
    page = look(browser, force, text(bombs.with_paths(CHAT, photo().read()), "chat.zip"))
    page = go_on(browser, page, bring="1")
    files = [entry["file"]["name"] for entry in handed_in()[0]["entries"] if "file" in entry]
    assert files == ["IMG-20260228-WA0001.jpg"]
    assert "Files with a name that came before in the archive" in said(page)


def test_a_station_brings_in_its_own_groups_only(force: SimpleNamespace) -> None:
    page = Browser(force.sho).get("/groups/import/")
    assert "Traders" in said(page)
    assert "Teachers" not in said(page)
    page = look(Browser(force.sho), force, text(), group=force.teachers.public_id)
    assert page.status_code == 400  # type: ignore[attr-defined]
    assert "Teachers" in said(Browser(force.operator).get("/groups/import/"))


def test_what_one_officer_looked_at_is_not_anothers(force: SimpleNamespace) -> None:
    page = look(Browser(force.sho), force, text())
    assert "not here any more" in said(go_on(Browser(force.operator), page, bring="1"))
    assert "not here any more" in said(go_on(Browser(force.sho), page, bring="1", kept="forged"))
    assert not Journal.objects.exists()


def test_a_file_that_came_before_is_not_kept_again(force: SimpleNamespace) -> None:
    browser, picture = Browser(force.sho), photo().read()
    for files in (1, 1):
        page = look(browser, force, zipped(**{"IMG-20260228-WA0001_jpg": picture}))
        go_on(browser, page, bring="1")
        directory.forget()
        journey.read_journal(limit=10, now=NOW)
        assert StoredFile.objects.filter(kind="image").count() == files


def test_a_group_is_connected_by_an_administrator(force: SimpleNamespace) -> None:
    browser = Browser(force.administrator, proved=True)
    page = browser.post(
        "/setup/accounts/add/whatsapp_export/", {"name": "Women of Gulbahar", "unit": str(force.gulbahar.pk)}
    )
    assert page.status_code == 302
    made = Account.objects.get(name="Women of Gulbahar")
    assert (made.quiet_hours, made.address, made.credential) == (
        0,
        "/groups/import/",
        force.traders.credential,
    )
    assert "Women of Gulbahar" not in Browser().get("/numbers/").body.decode()


def test_a_chat_that_the_phone_shares_comes_here_with_the_file_chosen(force: SimpleNamespace) -> None:
    browser = Browser(force.sho)
    shared = browser.post("/officer/share/", {"text": "", "files": [zipped(), photo()]})
    assert shared.status_code == 303 and shared.url.startswith("/groups/import/?chat=")
    page = browser.get(shared.url)
    assert "chat.zip" in said(page) and "1 further file was not taken" in said(page)
    assert "What was understood" in said(go_on(browser, page, group=force.traders.public_id, days="7"))
    assert not Journal.objects.exists()
    assert Browser(force.co).get(shared.url).status_code == 410, "of another officer"


def test_a_chat_is_shared_by_officers_who_are_signed_in(force: SimpleNamespace) -> None:
    refused = Browser().post("/officer/share/", {"text": "", "files": [text()]})
    assert refused.status_code == 403 and "Sign in" in said(refused)
    assert not StoredFile.objects.exists()

"""The public form: nothing lost, nothing doubled, nothing told to whoever has not the code."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import orjson
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from rabta import journey
from rabta.cases.models import Attachment, Case, Message
from rabta.channels.models import Account, Credential
from rabta.files import images, store
from rabta.files.models import StoredFile
from rabta.force import directory
from rabta.intake import sealing
from rabta.intake.forms import receipt_digest
from rabta.intake.journal import data_keys
from rabta.intake.models import Journal
from rabta.jobs import media
from tests.files import pictures
from tests.web import small_force
from tests.web.officer import stage
from tests.web.officer.stage import Browser, photo

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def force():
    cache.clear()
    force = stage.make()
    credential = Credential.objects.create(channel="webform", name="Form", sealed_values=b"")
    force.form = Account.objects.create(
        credential=credential, channel="webform", name="Click and Post", external_id="form", unit=force.hq
    )
    return force


def handed_in() -> list[dict]:
    """The bodies in the journal, opened as the worker does."""
    rows = list(Journal.objects.order_by("id"))
    keys = data_keys(row.key_id for row in rows)
    return [
        orjson.loads(
            sealing.open_body(keys[row.key_id], bytes(row.sealed_body), credential=row.credential_id)
        )
        for row in rows
    ]


def form(**typed: object) -> dict[str, object]:
    return {"key": str(uuid4()), "text": "My cycle was stolen", "contact": "anonymous", **typed}


def case_of(force, code: str) -> Case:
    """The case that the worker makes of a submission."""
    return small_force.case(
        desk=force.desk,
        seen_by=[force.desk, force.hq],
        account=force.form,
        receipt_digest=receipt_digest(code),
    )


def test_the_form_is_named_and_asks_for_the_photo_first(force):
    page = Browser().get("/")
    body = page.body.decode()
    assert "<h1>Click and Post</h1>" in body
    assert body.index('name="photos"') < body.index('name="place"') < body.index('name="text"')
    assert "no-store" in page["Cache-Control"]
    assert 'href="tel:15"' in body


def test_no_page_asks_anybody_else(force):
    for path in ("/", "/status/", "/numbers/"):
        body = Browser().get(path).body.decode()
        assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', body)


@pytest.mark.parametrize(("code", "direction"), [("en", "ltr"), ("hi", "ltr"), ("ur", "rtl")])
def test_the_language_can_be_switched(force, code, direction):
    body = Browser().get(f"/?lang={code}").body.decode()
    assert f'<html lang="{code}" dir="{direction}"' in body


def test_a_submission_is_in_the_journal_and_gets_a_code(force):
    browser = Browser()
    typed = form(place="Qissa Khwani", category="theft", photos=[photo("a.jpg"), photo("b.jpg", "red")])
    assert browser.post("/", typed).url == "/received/"
    page = browser.get("/received/").body.decode()
    code = re.search(r'id="code">([\d ]{19})<', page)[1]
    (body,) = handed_in()
    assert (body["text"], body["place"]) == ("My cycle was stolen", {"name": "Qissa Khwani"})
    assert body["category"] == "theft"
    assert [file["kind"] for file in body["files"]] == ["image", "image"]
    assert body["receipt"] == receipt_digest(code)
    assert code.replace(" ", "") not in orjson.dumps(body).decode()


def test_a_point_on_the_map_is_handed_in(force):
    Browser().post("/", form(lat="34.01", lng="71.57", place="Chowk"))
    assert handed_in()[0]["place"] == {"lat": 34.01, "lng": 71.57, "name": "Chowk"}


def test_the_same_form_twice_shows_the_same_code(force):
    typed, codes = form(), []
    for _ in range(2):
        browser = Browser()
        browser.post("/", typed)
        codes.append(browser.get("/received/").context["code"])
    assert codes[0] == codes[1]
    first, second = handed_in()
    assert first["submission"] == second["submission"]  # the reader counts the second as a duplicate


def test_anonymous_means_that_no_name_is_kept(force):
    Browser().post("/", form(name="Bano", phone="0300 1234567", contact="anonymous"))
    assert handed_in()[0]["contact"] == {"name": "", "phone": "", "safe": ""}


def test_a_number_is_kept_in_one_form(force):
    Browser().post("/", form(name="Bano", phone="0300 1234567", contact="named"))
    assert handed_in()[0]["contact"] == {"name": "Bano", "phone": "+923001234567", "safe": ""}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"text": " "}, "Write what happened, or add a photo."),
        ({"phone": "12", "contact": "named"}, "This is not a telephone number."),
        ({"photos": [SimpleUploadedFile("a.exe", b"MZ", "image/png")]}, "This kind of file is not accepted"),
        ({"photos": [SimpleUploadedFile("a.jpg", b"", "image/jpeg")]}, "The file is empty"),
        ({"photos": [photo(f"{n}.jpg") for n in range(7)]}, "At most 6 files at once."),
        ({"text": "x" * 10_001}, "at most 10000 characters"),
        ({"lat": "95", "lng": "1"}, "Not sent yet."),
        ({"key": "nonsense"}, "Not sent yet."),
        ({"category": "no such"}, "Not sent yet."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(force, typed, words):
    page = Browser().post("/", form(**{"place": "Near the mosque", "name": "Gul", **typed}))
    body = page.body.decode()
    assert page.status_code == 400
    assert words in body
    assert "Near the mosque" in body
    assert typed.get("text", "My cycle was stolen").strip()[:100] in body
    assert not Journal.objects.exists()


def test_a_picture_without_a_whole_head_is_refused_at_once_and_leaves_nothing(force):
    half = photo().read()[:300]
    page = Browser().post("/", form(photos=[SimpleUploadedFile("a.jpg", half, "image/jpeg")]))
    assert page.status_code == 400
    assert "The picture can&#x27;t be read." in page.body.decode()
    assert "My cycle was stolen" in page.body.decode()
    assert not StoredFile.objects.exists()
    assert not Journal.objects.exists()


def test_the_answer_does_not_wait_for_the_picture_to_be_drawn_anew(force):
    Browser().post("/", form(photos=[photo()]))
    original = StoredFile.objects.get(public_id=handed_in()[0]["files"][0]["id"])
    assert original.cleaned is None
    assert b"".join(store.read(original)) == photo().read()


@pytest.mark.parametrize("path", ["/", "/status/message/"])
def test_nothing_is_written_while_files_are_stored(force, path, monkeypatch):
    """A transaction that has written something holds back everybody's news until it ends."""
    case_of(force, "1111 2222 3333 4444")
    browser, seen, write = Browser(), [], store.write
    enter(browser, "1111222233334444")

    def watched(*args, **facts):
        with connection.cursor() as cursor:
            # The test's own transaction has written: what counts is that the request's savepoints have not.
            cursor.execute("SELECT count(*) FROM files_storedfile"), seen.extend(cursor.fetchone())
        return write(*args, **facts)

    monkeypatch.setattr(store, "write", watched)
    browser.post(path, form(photos=[photo("a.jpg"), photo("b.jpg", "red")]))
    assert seen == [0, 0]
    assert StoredFile.objects.count() == 2


def read_in(force) -> None:
    """What the worker does: the journal, then the files."""
    directory.forget()
    journey.read_journal(limit=10, now=NOW)
    media.fetch_attachments(list(Attachment.objects.values_list("pk", flat=True)), NOW)


def test_a_picture_is_being_prepared_and_then_shown(force):
    browser = Browser()
    browser.post("/", form(photos=[photo()]))
    journey.read_journal(limit=10, now=NOW)
    attachment = Attachment.objects.get()
    assert (attachment.state, attachment.file.cleaned) == ("waiting", None)
    body = browser.get("/status/").body.decode()
    assert "being prepared" in body
    assert f"/file/{attachment.public_id}" not in body
    read_in(force)
    assert f"/file/{attachment.public_id}" in browser.get("/status/").body.decode()
    assert browser.get(f"/file/{attachment.public_id}").status_code == 200


def test_a_picture_that_is_cut_off_is_kept_as_it_came_and_the_sender_is_told(force):
    whole, browser = pictures.photo(), Browser()
    half = whole[: len(whole) * 3 // 4]
    browser.post("/", form(photos=[SimpleUploadedFile("a.jpg", half, "image/jpeg")]))
    read_in(force)
    attachment = Attachment.objects.get()
    assert attachment.state == "refused"
    assert b"".join(store.read(attachment.file)) == half
    body = browser.get("/status/").body.decode()
    assert "The picture can&#x27;t be read." in body
    assert "Please send it again." in body
    assert browser.get(f"/file/{attachment.public_id}").status_code == 404


def test_without_a_form_account_the_page_says_so(force):
    force.form.delete()
    page = Browser().get("/")
    assert page.status_code == 200
    assert "closed right now" in page.body.decode()
    assert Browser().post("/", form()).status_code == 503


def test_a_force_that_only_begins_is_said_to_begin(force):
    Account.objects.all().delete()
    page = Browser().get("/").body.decode()
    assert "This desk is being set up" in page
    assert 'href="/login/"' in page


def test_the_reference_number_comes_when_the_worker_has_read_it(force):
    browser = Browser()
    browser.post("/", form())
    code = browser.get("/received/").context["code"]
    assert browser.get("/received/reference").json() == {"reference": ""}
    case = case_of(force, code)
    assert browser.get("/received/reference").json() == {"reference": case.reference}
    assert case.reference in browser.get("/received/").body.decode()


def test_a_stranger_learns_no_reference(force):
    case_of(force, "1111 2222 3333 4444")
    assert Browser().get("/received/reference").json() == {"reference": ""}
    assert Browser().get("/received/").url == "/status/"


def enter(browser: Browser, code: str, **facts: str):
    return browser.post("/status/", {"code": code}, **facts)


def test_the_code_opens_the_case_in_any_digits_and_grouping(force):
    case = case_of(force, "1111 2222 3333 4444")
    for typed in ("1111222233334444", "1111-2222-3333-4444", "۱۱۱۱ ۲۲۲۲ ۳۳۳۳ ۴۴۴۴", "११११२२२२३३३३४४४४"):
        browser = Browser()
        assert enter(browser, typed).url == "/status/"
        assert case.reference in browser.get("/status/").body.decode()


def test_a_reference_number_and_a_wrong_code_are_answered_alike(force):
    case = case_of(force, "1111 2222 3333 4444")
    answers = {
        re.sub(r'value="[^"]+"|content="[^"]+"', "", enter(Browser(), typed).body.decode())
        for typed in (case.reference, "1111222233334445", "what", "")
    }
    answers = {re.sub(r"X-CSRFToken[^}]+", "", answer) for answer in answers}
    assert len(answers) == 1
    assert "There is nothing under this code." in answers.pop()


def test_guessing_is_stopped(force):
    case_of(force, "1111 2222 3333 4444")
    browser = Browser()
    for n in range(10):
        assert enter(browser, f"{n:016d}").status_code == 200
    assert enter(browser, "1111222233334444").status_code == 429


def test_behind_a_proxy_nobody_is_stopped_for_somebody_else_s_guesses(force):
    case_of(force, "1111 2222 3333 4444")
    for n in range(11):
        last = enter(Browser(), f"{n:016d}", HTTP_X_REAL_IP="203.0.113.7")
    assert last.status_code == 429
    assert enter(Browser(), "1111222233334444", HTTP_X_REAL_IP="203.0.113.8").url == "/status/"


def test_who_is_no_proxy_of_ours_cannot_name_another_address(force):
    for n in range(11):
        named = {"REMOTE_ADDR": "198.51.100.9", "HTTP_X_REAL_IP": f"203.0.113.{n}"}
        last = enter(Browser(), f"{n:016d}", **named)
    assert last.status_code == 429


def test_the_status_page_shows_the_conversation_and_never_a_note(force):
    case = case_of(force, "1111 2222 3333 4444")
    facts = {
        "conversation": case.conversation,
        "case": case,
        "received_at": NOW,
        "visible_to": case.visible_to,
    }
    Message.objects.create(direction="out", text="We found it", **facts)
    Message.objects.create(direction="note", text="He lies", **facts)
    browser = Browser()
    enter(browser, "1111222233334444")
    body = browser.get("/status/").body.decode()
    assert "Loud music" in body
    assert "We found it" in body
    assert "He lies" not in body
    assert "received, being looked at by the desk" in body


def test_another_case_is_never_shown(force):
    case_of(force, "1111 2222 3333 4444")
    other = case_of(force, "9999 2222 3333 4444")
    browser = Browser()
    enter(browser, "1111222233334444")
    assert other.reference not in browser.get("/status/").body.decode()


def test_a_forged_cookie_opens_nothing(force):
    case_of(force, "1111 2222 3333 4444")
    browser = Browser()
    browser.client.cookies["rabta_receipt"] = "1111 2222 3333 4444:1abcde:forged"
    assert "Receipt code (16 digits)" in browser.get("/status/").body.decode()


def test_leaving_takes_the_code_from_the_phone(force):
    case = case_of(force, "1111 2222 3333 4444")
    browser = Browser()
    enter(browser, "1111222233334444")
    assert "Remove the code from this phone" in browser.get("/status/").body.decode()
    browser.post("/status/leave/")
    assert case.reference not in browser.get("/status/").body.decode()


def test_the_citizen_can_write_again_with_a_picture(force):
    case_of(force, "1111 2222 3333 4444")
    browser = Browser()
    enter(browser, "1111222233334444")
    answer = browser.post(
        "/status/message/", {"key": str(uuid4()), "text": "It is back", "photos": [photo()]}
    )
    assert answer.status_code == 302
    (body,) = handed_in()
    assert body["follow_up"] is True
    assert body["receipt"] == receipt_digest("1111 2222 3333 4444")
    assert (body["text"], len(body["files"])) == ("It is back", 1)


def test_a_message_that_is_not_read_in_yet_is_said_to_be_and_the_page_finds_out(force):
    browser = Browser()
    browser.post("/", form())
    read_in(force)
    before = browser.get("/status/pulse/").json()["pulse"]
    browser.post("/status/message/", {"key": str(uuid4()), "text": "It is back"})
    page = browser.get("/status/").body.decode()
    assert "is being processed" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    waiting = browser.get("/status/pulse/").json()["pulse"]
    read_in(force)
    page, after = browser.get("/status/").body.decode(), browser.get("/status/pulse/").json()["pulse"]
    assert "It is back" in page
    assert "is being processed" not in page
    assert "http-equiv" not in page
    assert len({before, waiting, after}) == 3
    assert f'data-pulse="{after}"' in page


def test_the_pulse_of_a_wrong_code_is_that_of_no_case(force):
    case_of(force, "1111 2222 3333 4444")
    assert Browser().get("/status/pulse/").json() == {"pulse": ""}


def test_an_empty_message_is_refused_beside_the_conversation(force):
    case = case_of(force, "1111 2222 3333 4444")
    browser = Browser()
    enter(browser, "1111222233334444")
    page = browser.post("/status/message/", {"key": str(uuid4()), "text": ""})
    assert page.status_code == 400
    assert case.reference in page.body.decode()
    assert not Journal.objects.exists()


def test_the_public_list_names_our_accounts(force):
    Account.objects.filter(pk=force.account.pk).update(address="+92 300 0000001")
    Account.objects.create(
        credential=force.account.credential,
        channel="whatsapp",
        name="Old number",
        external_id="2",
        unit=force.hq,
        paused=True,
    )
    body = Browser().get("/numbers/").body.decode()
    assert "+92 300 0000001" in body
    assert "Help line" in body
    assert "Old number" not in body


def test_the_map_knows_our_areas(force):
    square = {"type": "Polygon", "coordinates": [[[71, 34], [72, 34], [72, 35], [71, 34]]]}
    type(force.kotwali).objects.filter(pk=force.kotwali.pk).update(area=square)
    (feature,) = Browser().get("/areas.json").json()["features"]
    assert (feature["properties"]["name"], feature["geometry"]) == ("Kotwali", square)


@pytest.fixture
def attached(force):
    """A case with a photo of the citizen, cleaned."""
    case = case_of(force, "1111 2222 3333 4444")
    upload = photo("../../evil\r\nname.jpg")
    stored = store.save(upload.chunks(), "image", "image/jpeg", 'evil\r\n"name.jpg', NOW)
    images.clean(stored, NOW)
    return Attachment.objects.create(
        message=case.messages.get(), kind="image", file=stored, state=Attachment.State.STORED
    )


def test_the_citizen_sees_the_own_photo_and_a_stranger_does_not(force, attached):
    path, browser = f"/file/{attached.public_id}", Browser()
    assert browser.get(path).status_code == 404
    enter(browser, "1111222233334444")
    answer = browser.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    case_of(force, "9999 2222 3333 4444")
    other = Browser()
    enter(other, "9999222233334444")
    assert other.get(path).status_code == 404


def test_a_photo_of_a_note_is_not_for_the_citizen(force, attached):
    Message.objects.filter(pk=attached.message_id).update(direction="note")
    browser = Browser()
    enter(browser, "1111222233334444")
    assert browser.get(f"/file/{attached.public_id}").status_code == 404

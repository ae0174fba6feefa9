"""The public form: nothing lost, nothing doubled, nothing told to whoever has not the code."""

import re
from uuid import uuid4

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from rabta import journey
from rabta.cases.models import Attachment
from rabta.channels.models import Account
from rabta.files import store
from rabta.files.models import StoredFile
from rabta.intake.forms import receipt_digest
from rabta.intake.models import Journal
from tests.files import pictures
from tests.web.citizen.stage import NOW, case_of, enter, form, handed_in, read_in
from tests.web.officer.stage import Browser, photo

pytestmark = pytest.mark.django_db


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


def test_the_script_of_the_form_is_told_where_it_goes_on(force):
    browser = Browser()
    answer = browser.post("/", form(), HTTP_ACCEPT="application/json")
    assert (answer.status_code, answer.json()) == (200, {"go": "/received/"})
    code = browser.get("/received/").context["code"]
    case_of(force, code)
    more = {"key": str(uuid4()), "text": "More"}
    assert browser.post("/status/message/", more, HTTP_ACCEPT="application/json").json() == {"go": "/status/"}
    assert "We have received it." in browser.get("/status/").body.decode()
    assert len(handed_in()) == 2


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


def test_the_public_list_names_our_accounts(force):
    Account.objects.filter(pk=force.account.pk).update(address="+92 300 0000001", worked_at=timezone.now())
    new = {"credential": force.account.credential, "channel": "sms", "unit": force.hq}
    Account.objects.create(name="Nobody tried it", external_id="3", address="+92 300 0000003", **new)
    Account.objects.create(name="No number", external_id="4", worked_at=timezone.now(), **new)
    Account.objects.create(
        credential=force.account.credential,
        channel="whatsapp",
        name="Old number",
        external_id="2",
        address="+92 300 0000002",
        worked_at=timezone.now(),
        unit=force.hq,
        paused=True,
    )
    body = Browser().get("/numbers/").body.decode()
    assert "+92 300 0000001" in body
    assert "Help line" in body
    assert not [name for name in ("Old number", "Nobody tried it", "No number") if name in body]


def test_the_map_knows_our_areas(force):
    square = {"type": "Polygon", "coordinates": [[[71, 34], [72, 34], [72, 35], [71, 34]]]}
    type(force.kotwali).objects.filter(pk=force.kotwali.pk).update(area=square)
    (feature,) = Browser().get("/areas.json").json()["features"]
    assert (feature["properties"]["name"], feature["geometry"]) == ("Kotwali", square)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "This is too long"), ("hi", "यह बहुत लंबा है"), ("ur", "یہ بہت لمبا ہے")]
)
@pytest.mark.parametrize(("field", "letters"), [("text", 10_001), ("name", 101), ("place", 201)])
def test_what_is_too_long_is_refused_in_the_language_of_the_page(force, language, words, field, letters):
    browser = Browser()
    browser.get(f"/?lang={language}")
    page = browser.post("/", form(**{field: "x" * letters}))
    body = page.body.decode()
    assert page.status_code == 400
    assert words in body and str(letters) in body and "Ensure" not in body

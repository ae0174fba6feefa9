"""The status page: the conversation for whoever has the code, and nothing for anybody else."""

import re
from uuid import uuid4

import pytest

from rabta.cases.models import Attachment, Message
from rabta.files import images, store
from rabta.intake.forms import receipt_digest
from rabta.intake.models import Journal
from tests.web.citizen.stage import NOW, case_of, enter, form, handed_in, read_in
from tests.web.officer.stage import Browser, photo

pytestmark = pytest.mark.django_db


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

"""Files: found through rows that the reader sees, sent so that they can't hurt."""

import hashlib

import pytest

from rabta.audit.models import Record
from rabta.cases.models import Attachment, Evidence
from rabta.files import store
from rabta.people.models import Person
from tests.web.officer import stage
from tests.web.officer.stage import NOW, Browser, act, ordered, photo, prepared

pytestmark = pytest.mark.django_db
SOUND = bytes(range(256)) * 600  # more than one piece of the store


@pytest.fixture
def force():
    return stage.make()


@pytest.fixture
def evidence(force):
    order, phone = ordered(force, force.sho), Browser(force.sho)
    act(phone, order, "accept")
    act(phone, order, "evidence", files=[photo()])
    prepared()
    return Evidence.objects.get()


def attach(order, *, kind: str, mime: str, data: bytes, name: str = "") -> str:
    """The address of a file that came with the citizen's message."""
    stored = store.save([data], kind, mime, name, NOW)
    made = Attachment.objects.create(
        message=order.case.messages.get(), kind=kind, file=stored, state=Attachment.State.STORED
    )
    return f"/file/{made.public_id}"


def test_who_sees_the_order_sees_its_photo(force, evidence):
    path = f"/file/{evidence.public_id}"
    for officer in (force.sho, force.co, force.operator):
        assert Browser(officer).get(path).status_code == 200
    for officer in (force.sho_gulbahar, force.sho_north, force.administrator, None):
        assert Browser(officer).get(path).status_code == 404


def test_a_stored_file_has_no_address_of_its_own(force, evidence):
    assert Browser(force.sho).get(f"/file/{evidence.file.public_id}").status_code == 404


def test_the_clean_copy_is_sent_with_safe_headers(force, evidence):
    answer = Browser(force.sho).get(f"/file/{evidence.public_id}")
    assert hashlib.sha256(answer.body).hexdigest() == evidence.file.cleaned.sha256
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-cache"


def test_a_second_look_costs_no_bytes_and_asks_again_for_the_right(force, evidence):
    browser, path = Browser(force.sho), f"/file/{evidence.public_id}"
    tag = browser.get(path)["ETag"]
    assert browser.get(path, HTTP_IF_NONE_MATCH=tag).status_code == 304
    assert Browser(force.sho_north).get(path, HTTP_IF_NONE_MATCH=tag).status_code == 404


def test_the_original_is_for_who_verifies_and_is_recorded(force, evidence):
    path = f"/file/{evidence.public_id}?original"
    assert Browser(force.sho).get(path).status_code == 404
    assert Browser(force.co).get(path).url.startswith("/account/confirm/?next=%2Ffile%2F")
    answer = Browser(force.co, proved=True).get(path)
    assert hashlib.sha256(answer.body).hexdigest() == evidence.file.sha256
    assert answer["Content-Disposition"].startswith("attachment")
    assert Record.objects.filter(act="original", actor_officer=force.co.pk).count() == 1


def test_no_original_of_a_protected_person(force, evidence):
    person = evidence.order.case.conversation.handle.person
    person.protected = True
    person.save()
    assert Browser(force.co).get(f"/file/{evidence.public_id}?original").status_code == 404


def test_the_file_of_a_protected_person_does_not_carry_its_name(force):
    order = ordered(force, force.sho)
    path = attach(order, kind="audio", mime="audio/ogg", data=SOUND, name="zarmina.ogg")
    assert "zarmina" in Browser(force.sho).get(path)["Content-Disposition"]
    Person.objects.update(protected=True)
    assert "zarmina" not in Browser(force.operator).get(path)["Content-Disposition"]


def test_what_a_source_recorded_reaches_officers_only_when_the_desk_lets_it_go(force):
    order = ordered(force, force.sho)
    path = attach(order, kind="audio", mime="audio/ogg", data=SOUND)
    Person.objects.update(protected=True)
    for officer in (force.sho, force.co):
        assert Browser(officer).get(path).status_code == 404
        assert Browser(officer).get(f"{path}?original").status_code == 404
    page = f"/officer/order/{order.public_id}/"
    assert "The desk is listening to it" in Browser(force.sho).get(page).body.decode()
    desk, file = Browser(force.operator), path.split("/")[-1]
    case = f"/desk/case/{order.case.public_id}/"
    assert desk.get(path).body == SOUND and "Note what is in it" in desk.get(case).body.decode()
    desk.post(f"{case}tell-file/", {"file": file, "told": "A house behind the mill"})
    assert "A house behind the mill" in Browser(force.sho).get(page).body.decode()
    assert Browser(force.sho).get(path).status_code == 404
    desk.post(f"{case}release-file/", {"file": file, "remark": "No voice, only an engine"})
    assert Browser(force.sho).get(path).body == SOUND
    assert "Officers may have a file" in desk.get(case).body.decode()


def test_a_picture_without_its_clean_copy_waits(force):
    path = attach(ordered(force, force.sho), kind="image", mime="image/jpeg", data=photo().read())
    assert Browser(force.sho).get(path).status_code == 404


def test_a_file_of_what_was_taken_back_is_out_of_sight(force):
    order = ordered(force, force.sho)
    path = attach(order, kind="audio", mime="audio/ogg", data=SOUND)
    assert Browser(force.sho).get(path).status_code == 200
    order.case.messages.update(revoked_at=NOW)
    assert Browser(force.sho).get(path).status_code == 404


def test_what_a_browser_would_run_is_a_download(force):
    path = attach(
        ordered(force, force.sho),
        kind="document",
        mime="text/html",
        data=b"<script>alert(1)</script>",
        name='a"\r\nSet-Cookie: x=1.html',
    )
    answer = Browser(force.sho).get(path)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-9", 0, 9), ("bytes=65530-65545", 65530, 65545), ("bytes=153590-", 153590, 153599)],
)
def test_a_player_gets_the_part_that_it_asks_for(force, asked, first, last):
    path = attach(ordered(force, force.sho), kind="audio", mime="audio/ogg", data=SOUND)
    answer = Browser(force.sho).get(path, HTTP_RANGE=asked)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {first}-{last}/{len(SOUND)}"
    assert answer.body == SOUND[first : last + 1]


def test_a_part_beyond_the_end_is_refused(force):
    path = attach(ordered(force, force.sho), kind="audio", mime="audio/ogg", data=SOUND)
    assert Browser(force.sho).get(path, HTTP_RANGE="bytes=999999-").status_code == 416

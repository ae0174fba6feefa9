"""Shared from another app of the phone: kept until the officer says what it is, then it takes the way of a message."""

import json
import re
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from rabta.cases.models import Attachment, Case, Message
from rabta.files import store
from rabta.intake.models import Journal
from rabta.outbox.models import Delivery
from rabta.web.citizen import patience
from rabta.web.officer import shelf
from tests.web.citizen.stage import read_in
from tests.web.officer import stage
from tests.web.officer.stage import Browser, ordered, photo

pytestmark = pytest.mark.django_db
POST = "A motorcycle was stolen at Qissa Khwani, share it in all groups"


@pytest.fixture
def force() -> SimpleNamespace:
    cache.clear()
    return stage.make()


def shares(browser: Browser, **parts: object) -> object:
    return browser.post("/officer/share/", {"text": POST, **parts})


def page_of(browser: Browser) -> str:
    return browser.get("/officer/shared/").body.decode()  # type: ignore[no-any-return]


def confirms(browser: Browser, page: str = "", **typed: str) -> object:
    found = re.search(r'name="share" value="(\w+)"', page or page_of(browser))
    return browser.post("/officer/shared/", {"share": found[1] if found else "", "met": "in_group", **typed})


def test_the_phone_is_told_that_the_app_takes_what_is_shared() -> None:
    target = json.loads(Browser().get("/officer/manifest.webmanifest").body)["share_target"]
    assert (target["action"], target["method"], target["enctype"]) == (
        "/officer/share/",
        "POST",
        "multipart/form-data",
    )
    assert target["params"]["files"][0]["name"] == "files"


def test_two_taps_make_a_case_that_waits_at_the_desk(force: SimpleNamespace) -> None:
    browser = Browser(force.sho)
    answer = shares(browser, title="Group", url="https://example.org/p/1", files=[photo()])
    assert (answer.status_code, answer.url) == (303, "/officer/shared/")  # type: ignore[attr-defined]
    page = page_of(browser)
    assert POST in page
    assert "photo.jpg" in page
    assert not Journal.objects.exists()
    assert "The desk reads it" in confirms(browser).body.decode()  # type: ignore[attr-defined]
    read_in(force)
    case, message = Case.objects.get(), Message.objects.get(direction="in")
    assert (message.kind, message.author, message.case) == ("in_group", force.sho, case)
    assert message.text == f"Group\n{POST}\nhttps://example.org/p/1"
    assert (case.category, case.lead_unit, case.waiting_why["code"]) != ("", None, "")
    assert Attachment.objects.get().state == "stored"
    assert not Delivery.objects.exists()
    assert not Message.objects.filter(direction="out").exists()
    shown = Browser(force.operator).get(f"/desk/case/{case.public_id}/").body.decode()
    assert "Said in a group" in shown
    assert "written down by Sho-Kotwali" in shown


def test_the_citizens_number_and_the_category_reach_the_desk(force: SimpleNamespace) -> None:
    browser = Browser(force.co)
    shares(browser)
    confirms(browser, met="forwarded", phone="0300 1234567", category="theft", place="Qissa Khwani")
    read_in(force)
    case = Case.objects.get()
    assert (case.category, case.category_source, case.place) == ("theft", "citizen", "Qissa Khwani")
    shown = Browser(force.operator).get(f"/desk/case/{case.public_id}/").body.decode()
    assert "1234567" in re.sub(r"\D", "", shown)


def test_it_can_be_put_to_a_matter_of_ones_own(force: SimpleNamespace) -> None:
    case = ordered(force, force.sho).case
    browser = Browser(force.sho)
    shares(browser)
    assert "Qissa Khwani" in page_of(browser)
    confirms(browser, joins=case.public_id)
    read_in(force)
    assert Case.objects.count() == 1
    assert case.messages.filter(kind="in_group", text=POST).count() == 1
    assert not Message.objects.filter(direction="out").exists()  # whose matter it is hears nothing of it
    assert POST in Browser(force.sho).get(f"/officer/order/{case.orders.get().public_id}/").body.decode()


def test_it_can_not_be_put_to_a_matter_of_others(force: SimpleNamespace) -> None:
    case = ordered(force, force.sho_gulbahar).case
    browser = Browser(force.sho)
    shares(browser)
    page = page_of(browser)
    assert case.public_id not in page
    assert confirms(browser, joins=case.public_id).status_code == 400  # type: ignore[attr-defined]
    assert not Journal.objects.exists()


@pytest.mark.parametrize("supports", [False, True])
def test_an_accusation_opens_a_case_of_its_own(force: SimpleNamespace, supports: bool) -> None:
    case = ordered(force, force.sho).case
    if supports:  # a case that nobody leads, and of which nobody knows what it is about
        Case.objects.filter(pk=case.pk).update(category="", category_source="", lead_unit=None, state="new")
        case.orders.update(part="support")
    browser = Browser(force.sho)
    shares(browser, text="The SHO of Kotwali asked me for a bribe to register my FIR")
    confirms(browser, joins=case.public_id)
    read_in(force)
    assert case.messages.filter(kind="in_group").count() == 0
    assert Case.objects.exclude(pk=case.pk).get().withheld == "accusation"


def test_pressed_twice_it_has_one_effect(force: SimpleNamespace) -> None:
    browser = Browser(force.sho)
    shares(browser, files=[photo()])
    page = page_of(browser)
    cookie = browser.client.cookies[shelf.COOKIE].value
    for _ in range(2):
        browser.client.cookies[shelf.COOKIE] = cookie
        confirms(browser, page)
    assert Journal.objects.count() == 1


def test_without_signing_in_it_is_kept_until_then(force: SimpleNamespace) -> None:
    browser = Browser()
    assert shares(browser).url == "/officer/shared/"  # type: ignore[attr-defined]
    assert browser.get("/officer/shared/").url.startswith("/login/?next=/officer/shared/")
    browser.client.force_login(force.sho)
    assert POST in page_of(browser)
    confirms(browser)
    assert Journal.objects.count() == 1


def test_what_one_officer_shared_the_next_one_on_the_phone_does_not_see(force: SimpleNamespace) -> None:
    browser = Browser(force.sho)
    shares(browser)
    page = page_of(browser)
    browser.client.cookies["sessionid"] = ""
    kept = browser.client.cookies[shelf.COOKIE].value
    other = Browser(force.co)
    other.client.cookies[shelf.COOKIE] = kept
    assert "Nothing is waiting" in page_of(other)
    assert confirms(other, page).status_code == 410  # type: ignore[attr-defined]
    forged = Browser(force.co)
    forged.client.cookies[shelf.COOKIE] = kept[:-1] + ("A" if kept[-1] != "A" else "B")
    assert "Nothing is waiting" in page_of(forged)
    assert not Journal.objects.exists()


def test_another_site_can_not_share(force: SimpleNamespace) -> None:
    browser = Browser(force.sho)
    answer = browser.post("/officer/share/", {"text": POST}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert shelf.COOKIE not in browser.client.cookies


def test_the_second_page_wants_the_token_of_its_form(force: SimpleNamespace) -> None:
    from django.test import Client

    browser = Browser(force.sho)
    shares(browser)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(force.sho)
    strict.cookies[shelf.COOKIE] = browser.client.cookies[shelf.COOKIE].value
    name = re.search(r'name="share" value="(\w+)"', page_of(browser))
    assert name
    assert strict.post("/officer/shared/", {"share": name[1], "met": "in_group"}).status_code == 403
    assert not Journal.objects.exists()


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"text": " "}, "There was no text and no picture in it"),
        (
            {"text": "", "files": [SimpleUploadedFile("a.exe", b"MZ" * 99)]},
            "This kind of file is not accepted",
        ),
        ({"text": "", "files": [SimpleUploadedFile("a.jpg", b"")]}, "empty"),
    ],
)
def test_what_can_not_be_kept_is_said(force: SimpleNamespace, parts: dict[str, object], why: str) -> None:
    answer = shares(Browser(force.sho), **parts)
    assert answer.status_code == 400  # type: ignore[attr-defined]
    assert why in answer.body.decode()  # type: ignore[attr-defined]


def test_a_file_that_is_not_taken_does_not_take_the_others_with_it(force: SimpleNamespace) -> None:
    browser = Browser(force.sho)
    shares(browser, files=[photo(), SimpleUploadedFile("a.exe", b"MZ" * 99), *[photo() for _ in range(6)]])
    page = page_of(browser)
    assert page.count("photo.jpg") == 5
    assert "a.exe" in page
    assert "At most 6 files" in page


def test_strangers_can_not_fill_the_disk(force: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "MOST_SENT", 2)
    assert [shares(Browser()).status_code for _ in range(3)] == [303, 303, 429]  # type: ignore[attr-defined]
    assert shares(Browser(force.sho)).status_code == 303  # type: ignore[attr-defined]


def test_several_wait_and_the_oldest_goes_when_there_are_too_many(force: SimpleNamespace) -> None:
    browser = Browser(force.sho)
    shares(browser, text="the very first", files=[photo()])
    first = shelf.get(re.search(r'name="share" value="(\w+)"', page_of(browser))[1])  # type: ignore[index]
    assert first is not None
    for n in range(shelf.MOST):
        shares(browser, text=f"number {n}")
    assert shelf.get(first.id) is None
    assert not store.path_of(first.files[0].blob.public_id).exists()
    page = page_of(browser)
    assert "number 4" in page
    assert "4 more wait" in page
    assert confirms(browser).url == "/officer/shared/"  # type: ignore[attr-defined]
    assert "number 3" in page_of(browser)


def test_it_can_be_left(force: SimpleNamespace) -> None:
    browser = Browser(force.sho)
    shares(browser, files=[photo()])
    kept = shelf.get(re.search(r'name="share" value="(\w+)"', page_of(browser))[1])  # type: ignore[index]
    assert kept is not None
    assert "Nothing of it was kept" in confirms(browser, leave="1").body.decode()  # type: ignore[attr-defined]
    assert not store.path_of(kept.files[0].blob.public_id).exists()
    assert "Nothing is waiting" in page_of(browser)
    assert not Journal.objects.exists()


def test_a_wrong_number_is_said_and_it_still_waits(force: SimpleNamespace) -> None:
    browser = Browser(force.sho)
    shares(browser)
    answer = confirms(browser, phone="12")
    assert answer.status_code == 400  # type: ignore[attr-defined]
    assert "not a telephone number" in answer.body.decode()  # type: ignore[attr-defined]
    assert POST in page_of(browser)

"""Somebody told an officer: it takes the way of every message, says who wrote it down, and gives nobody a right."""

import re
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.utils.translation import override

from rabta.cases.models import Case, Message
from rabta.channels.models import Account, Credential
from rabta.intake.forms import receipt_digest
from rabta.intake.models import Journal
from tests.web.citizen.stage import form, handed_in, read_in
from tests.web.officer import stage
from tests.web.officer.stage import Browser, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def force() -> SimpleNamespace:
    return stage.make()


def told(**typed: object) -> dict[str, object]:
    return form(**{"contact": "named", "met": "in_person", "language": "hi", **typed})


def code_on(page: object) -> str:
    return re.search(r'<bdi dir="ltr">([\d ]{19})<', page.body.decode())[1]  # type: ignore[attr-defined, index]


def test_what_was_said_becomes_a_case_with_its_officer_and_a_code(force: SimpleNamespace) -> None:
    page = Browser(force.sho).post(
        "/officer/met/", told(name="Gul", phone="0300 1234567", photos=[photo()], met="by_phone")
    )
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    code = code_on(page)
    read_in(force)
    message = Message.objects.get(direction="in")
    assert (message.kind, message.author, message.text) == ("by_phone", force.sho, "My cycle was stolen")
    case = Case.objects.get()
    assert (case.language, case.conversation.account.channel) == ("hi", "met")
    shown = Browser(force.operator).get(f"/desk/case/{case.public_id}/").body.decode()
    assert "By phone" in shown and "written down by Sho-Kotwali" in shown
    status = Browser()
    status.post("/status/", {"code": code})
    assert case.reference in status.get("/status/").body.decode().replace("\u2060", "")


def test_writing_it_down_opens_no_case_to_the_officer(force: SimpleNamespace) -> None:
    Browser(force.co).post("/officer/met/", told())
    read_in(force)
    assert Browser(force.co).get(f"/supervisor/case/{Case.objects.get().public_id}/").status_code == 404


def test_the_same_form_twice_is_one_and_shows_one_code(force: SimpleNamespace) -> None:
    browser, typed = Browser(force.sho), told()
    assert code_on(browser.post("/officer/met/", typed)) == code_on(browser.post("/officer/met/", typed))
    read_in(force)
    assert Message.objects.filter(direction="in").count() == 1


def test_who_stays_anonymous_leaves_neither_name_nor_number(force: SimpleNamespace) -> None:
    Browser(force.sho).post("/officer/met/", told(contact="anonymous", name="Gul", phone="0300 1234567"))
    (body,) = handed_in()
    assert body["contact"] == {"name": "", "phone": "", "safe": ""}


@pytest.mark.parametrize(
    "typed", [{"text": ""}, {"met": "by_pigeon"}, {"phone": "12", "contact": "named"}, {"language": "xx"}]
)
def test_what_is_wrong_is_said_and_nothing_is_handed_in(
    force: SimpleNamespace, typed: dict[str, str]
) -> None:
    page = Browser(force.sho).post("/officer/met/", told(**typed))
    assert page.status_code == 400
    assert "what you wrote is still here" in page.body.decode()
    assert not Journal.objects.exists()


def test_the_account_is_made_once_and_the_public_is_not_sent_there(force: SimpleNamespace) -> None:
    for _ in range(2):
        Browser(force.sho).post("/officer/met/", told())
    made = Account.objects.get(channel="met")
    with override("ur"):
        assert str(made) == "بالمشافہ یا فون پر"
    assert (made.name, made.name_hi) == ("In person or by phone", "आमने-सामने या फ़ोन पर")
    assert "In person" not in Browser().get("/numbers/").body.decode()
    assert Browser(force.administrator).get("/setup/accounts/add/met/").status_code in (302, 404)


def test_nobody_writes_down_anything_without_signing_in(force: SimpleNamespace) -> None:
    assert Browser().post("/officer/met/", told()).url.startswith("/login/")
    assert not Journal.objects.exists()


def written_down(force: SimpleNamespace) -> str:
    """The SHO wrote a matter down, and it was read; the code that he was shown. The force has a form of its own."""
    code = code_on(Browser(force.sho).post("/officer/met/", told(text="My tube well motor was stolen")))
    Account.objects.create(
        credential=Credential.objects.create(channel="webform", name="Form", sealed_values=b""),
        channel="webform", name="Form", external_id="form", unit=force.hq,
    )  # fmt: skip
    read_in(force)
    return code


@pytest.mark.parametrize("address", ["/status/message/", "/status/wish/"])
def test_what_accuses_under_a_code_that_an_officer_was_shown_gets_its_own(
    force: SimpleNamespace, address: str
) -> None:
    code = written_down(force)
    first, citizen, twice = Case.objects.get(), Browser(), Browser()
    citizen.post("/status/", {"code": code})
    twice.post("/status/", {"code": code})
    accusing = {"key": str(uuid4()), "text": "The SHO demands 30000 from me, do not tell him"}
    for browser in (twice, citizen):  # pressed twice before the answer came
        assert browser.post(address, accusing | {"wish": "withdraw"}).url == "/received/"
    page = citizen.get("/received/").body.decode()
    assert "An officer was shown your earlier code" in page
    own = re.search(r'id="code">([\d ]{19})<', page)[1]  # type: ignore[index]
    assert own != code
    read_in(force)
    new = Case.objects.exclude(pk=first.pk).get()
    assert (new.withheld, new.receipt_digest) == ("accusation", receipt_digest(own))
    assert "demands 30000" in citizen.get("/status/").body.decode()
    officer = Browser()
    officer.post("/status/", {"code": code})
    page = officer.get("/status/").body.decode()
    assert "tube well" in page and "demands" not in page


def test_what_is_written_later_joins_what_the_officer_wrote_down(force: SimpleNamespace) -> None:
    code = written_down(force)
    citizen = Browser()
    citizen.post("/status/", {"code": code})
    citizen.post("/status/message/", {"key": str(uuid4()), "text": "It was a blue one"})
    assert "is being processed" in citizen.get("/status/").body.decode()
    read_in(force)
    page = citizen.get("/status/").body.decode()
    assert "tube well" in page and "a blue one" in page and "is being processed" not in page
    assert Case.objects.count() == 1


def test_under_such_a_code_nothing_joins_what_the_desk_withheld(force: SimpleNamespace) -> None:
    code = written_down(force)
    Case.objects.update(withheld="accusation")
    citizen = Browser()
    citizen.post("/status/", {"code": code})
    harmless = {"key": str(uuid4()), "text": "He came home at ten and shouted"}
    assert citizen.post("/status/message/", harmless).url == "/received/"
    read_in(force)
    officer = Browser()
    officer.post("/status/", {"code": code})
    assert "shouted" not in officer.get("/status/").body.decode()

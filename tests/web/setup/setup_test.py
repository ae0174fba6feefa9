"""Setting up a force with the pages alone: what is next, tables with their mistakes, accounts, links to sign in."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from rabta.audit.models import Record
from rabta.channels import accounts
from rabta.channels.accounts import open_values
from rabta.channels.models import Account, Credential, MessageTemplate
from rabta.force import setup
from rabta.force.models import Officer, Personnel, Post, Posting, Role, Unit
from rabta.outbox.models import Pulse
from rabta.web.accounts import gate, step_up
from tests.force.register_test import ALL, OFFICERS, UNITS, table
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db
PASSWORD = "quiet harbour window"
DESK = {
    "units": UNITS + b"\nDESK,Contact Desk,desk,CPO,",
    "posts": ALL["posts"] + b"\nOP,DESK,desk_operator,Operator,",
    "officers": OFFICERS + b"\nbano,Bano,0300 7654321,ur",
    "postings": ALL["postings"] + b"\nbano,OP,2026-01-01",
}
SECRETS = {"app_secret": "s1", "access_token": "t1", "verify_token": "v1", "api_url": "", "api_version": ""}


@pytest.fixture
def admin():
    return setup.create_force(
        force="Test Police", name="Admin", username="admin", password=PASSWORD, today=date(2026, 1, 1)
    )


@pytest.fixture
def browser(admin, monkeypatch):
    """Signed in, and asked again just now (that has tests of its own)."""
    monkeypatch.setattr(step_up, "is_fresh", lambda _request: True)
    monkeypatch.setattr(gate.Gate, "process_view", lambda *_: None)
    return Browser(admin)


def files(named: dict[str, bytes]) -> dict[str, SimpleUploadedFile]:
    return {name: SimpleUploadedFile(f"{name}.csv", data, "text/csv") for name, data in named.items()}


def send(browser: Browser, named: dict[str, bytes], button: str = "save"):
    return browser.post("/setup/tables/", files(named) | {button: ""})


def next_step(browser: Browser) -> str:
    page = browser.get("/setup/").body.decode()
    return re.search(r"<p>\s*(Next: [^<]*?|All that is needed[^<]*?)\s*</p>", page)[1]


def test_the_first_administrator_is_led_to_the_next_step(browser):
    assert browser.get("/home/").url == "/setup/"
    assert next_step(browser) == "Next: Units."


def test_personnel_without_a_login_are_a_step_that_can_wait(browser):
    page = browser.get("/setup/").body.decode()
    assert "Personnel without a login" in page and 'href="/setup/personnel/"' in page
    assert "Personnel: 0" in page
    unit = Unit.objects.get()
    Personnel.objects.create(number="B-1", name="Gul Khan", unit=unit)
    Personnel.objects.create(number="B-2", name="Shah Khan", unit=unit, is_active=False)
    assert "Personnel: 1" in browser.get("/setup/").body.decode()


def test_a_force_is_set_up_from_nothing_to_the_first_message(browser):
    assert send(browser, DESK).url == "/setup/"
    assert next_step(browser) == "Next: Signing in."
    officers = {officer.public_id for officer in Officer.objects.exclude(username="admin")}
    page = browser.post("/setup/links/", {"officer": sorted(officers)}).body.decode()
    links = re.findall(r"/login/password/[\w-]+/", page)
    assert len(links) == 2
    for link in links:
        form = {
            "new_password1": PASSWORD,
            "new_password2": PASSWORD,
            "password1": PASSWORD,
            "password2": PASSWORD,
        }
        assert Browser().post(link, form).status_code == 200
    assert all(officer.check_password(PASSWORD) for officer in Officer.objects.all())
    assert next_step(browser) == "Next: The web form."
    unit = Unit.objects.get(code="CPO").pk
    assert (
        browser.post("/setup/accounts/add/webform/", {"name": "Click and Post", "unit": unit}).status_code
        == 302
    )
    assert "<h1>Click and Post</h1>" in Browser().get("/").body.decode()
    whatsapp = {"name": "Help line", "unit": unit, "external_id": "106", "address": "+92 91 1", **SECRETS}
    assert browser.post("/setup/accounts/add/whatsapp/", whatsapp).status_code == 302
    assert next_step(browser) == "All that is needed is there. The desk can work."


def test_a_mistake_is_shown_with_its_line_and_nothing_is_saved(browser):
    wrong = DESK | {"posts": DESK["posts"].replace(b"desk_operator", b"operator")}
    page = send(browser, wrong)
    body = " ".join(page.body.decode().split())
    assert page.status_code == 400
    assert "Nothing was saved: these lines are wrong" in body
    assert re.search(r"Posts · line 4</strong> <span dir=\"auto\">Unknown role: operator\. Known are:", body)
    assert Unit.objects.count() == 1


def test_only_checking_saves_nothing_and_says_what_would_happen(browser):
    page = send(browser, DESK, button="check")
    assert page.status_code == 200
    assert "No mistakes." in page.body.decode()
    assert re.search(r'Units</th>\s*<td class="number">4</td>', page.body.decode())
    assert Unit.objects.count() == 1


@pytest.mark.parametrize(
    ("named", "words"),
    [({}, "Choose at least one table first."), ({"areas": b"{}"}, "Choose the table of units together")],
)
def test_what_is_missing_is_said(browser, named, words):
    page = send(browser, named)
    assert (page.status_code, words in page.body.decode()) == (400, True)


def test_who_set_up_the_force_is_recorded_without_names(browser, admin):
    send(browser, DESK)
    found = Record.objects.get(act="set_up_force")
    assert found.actor_officer == admin.pk
    assert found.detail["officers"] == [2, 0]


@pytest.mark.parametrize("name", ["levels", "units", "places", "posts", "officers", "postings"])
def test_an_empty_table_has_the_columns_that_are_read(browser, name):
    answer = browser.get(f"/setup/tables/{name}.csv")
    head, example = answer.body.decode("utf-8-sig").splitlines()
    assert answer["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    assert "_en" in head or "name" in head or "officer" in head
    assert example
    page = send(browser, {name: f"{head}\n".encode()}, button="check")
    assert "No mistakes." in page.body.decode()


def test_a_secret_is_sealed_and_never_shown_again(browser):
    unit = Unit.objects.get().pk
    given = {
        "name": "Help line",
        "unit": unit,
        "external_id": "106",
        **SECRETS,
        "access_token": "CANARY-TOKEN",
    }
    browser.post("/setup/accounts/add/whatsapp/", given)
    credential = Credential.objects.get()
    assert b"CANARY" not in bytes(credential.sealed_values)
    page = browser.get("/setup/accounts/").body.decode()
    assert f"/hooks/{credential.hook}" in page
    assert "CANARY" not in page + browser.get(f"/setup/credentials/{credential.pk}/").body.decode()


def test_a_new_token_leaves_the_other_secrets(browser):
    unit = Unit.objects.get().pk
    browser.post(
        "/setup/accounts/add/whatsapp/", {"name": "Help", "unit": unit, "external_id": "106", **SECRETS}
    )
    credential = Credential.objects.get()
    empty = dict.fromkeys(SECRETS, "")
    assert (
        browser.post(f"/setup/credentials/{credential.pk}/", empty | {"access_token": "t2"}).status_code
        == 302
    )
    credential.refresh_from_db()
    values = open_values(credential.sealed_values)
    assert (values["app_secret"], values["access_token"], values["verify_token"]) == ("s1", "t2", "v1")


def test_a_second_number_goes_under_the_same_app(browser):
    unit = Unit.objects.get().pk
    first = {"name": "One", "unit": unit, "external_id": "1", **SECRETS}
    browser.post("/setup/accounts/add/whatsapp/", first)
    second = {"name": "Two", "unit": unit, "external_id": "2", "app": Credential.objects.get().pk}
    assert browser.post("/setup/accounts/add/whatsapp/", second).status_code == 302
    assert (Credential.objects.count(), Account.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"access_token": ""}, "This field is required."),
        ({"api_url": "http://127.0.0.1:9/"}, "An address on this machine is for the demonstration only."),
        ({"api_url": "http://example.org/"}, "must begin with https://"),
    ],
)
def test_what_is_wrong_with_an_account_is_said(browser, given, words):
    sent = {"name": "One", "unit": Unit.objects.get().pk, "external_id": "1", **SECRETS, **given}
    page = browser.post("/setup/accounts/add/whatsapp/", sent)
    assert (page.status_code, words in page.body.decode()) == (400, True)
    assert not Credential.objects.exists()


@pytest.mark.parametrize(("language", "words"), [("hi", "यह बहुत लंबा है"), ("ur", "یہ بہت لمبا ہے")])
def test_what_is_too_long_is_refused_in_the_language_of_the_page(browser, language, words):
    browser.get(f"/setup/?lang={language}")
    sent = {"name": "x" * 81, "unit": Unit.objects.get().pk, "external_id": "1" * 81, **SECRETS}
    page = browser.post("/setup/accounts/add/whatsapp/", sent).body.decode()
    assert page.count(words) == 2 and "Ensure" not in page


def test_an_account_is_registered_once(browser):
    sent = {"name": "One", "unit": Unit.objects.get().pk, "external_id": "1", **SECRETS}
    browser.post("/setup/accounts/add/whatsapp/", sent)
    page = browser.post("/setup/accounts/add/whatsapp/", sent)
    assert "registered already: One" in page.body.decode()
    assert (Credential.objects.count(), Account.objects.count()) == (1, 1)


def test_templates_of_the_providers_that_are_not_ours_are_counted(browser, admin):
    credential = Credential.objects.create(channel="whatsapp", name="App", sealed_values=accounts.seal({}))
    states = ["approved", "approved", "paused"]
    for number, state in enumerate(states):
        MessageTemplate.objects.create(
            credential=credential, name=f"theirs_{number}", language="en", state=state,
            changed_at=timezone.now(), seen_at=timezone.now(),
        )  # fmt: skip
    page = " ".join(browser.get("/setup/templates/").body.decode().split())
    assert "approved: 2, paused by the provider: 1" in page


def test_the_form_is_closed_and_opened_again(browser):
    browser.post("/setup/accounts/add/webform/", {"name": "Post", "unit": Unit.objects.get().pk})
    account = Account.objects.get()
    address = f"/setup/accounts/{account.public_id}/pause/"
    for _ in range(2):  # two tabs, or two administrators
        browser.post(address, {"paused": "yes"})
        assert "closed right now" in Browser().get("/").body.decode()
    for _ in range(2):
        browser.post(address, {"paused": "no"})
        assert "<h1>Click and Post</h1>" in Browser().get("/").body.decode()
    assert Record.objects.filter(act__in=["account_paused", "account_resumed"]).count() == 2
    assert browser.post(address).status_code == 400


def test_an_administrator_helps_only_those_below(browser):
    send(browser, DESK)
    other = Unit.objects.create(code="X", name="X", level=Unit.objects.first().level, path=[999])
    from tests.web import small_force

    stranger = small_force.officer("stranger", Role.SHO, other)
    stranger.set_unusable_password()
    stranger.save()
    page = browser.post("/setup/links/", {"officer": [stranger.public_id]}).body.decode()
    assert "/login/password/" not in page
    assert "stranger" not in page


def test_an_administrator_of_a_district_does_not_change_the_force(browser):
    from tests.web import small_force

    top = Unit.objects.get()
    district = small_force.unit("DISTRICT", top, level="district")
    office = small_force.unit("OFFICE", district, level="desk")
    own = Browser(small_force.officer("district-admin", Role.ADMINISTRATOR, office))
    for path in (
        "/setup/tables/",
        "/setup/accusations/",
        "/setup/accounts/",
        "/setup/accounts/add/webform/",
        "/keyholders/",
    ):
        assert (own.get(path).status_code, browser.get(path).status_code) == (403, 200), path
    assert send(own, DESK).status_code == 403
    new = small_force.officer("new", Role.SHO, district)
    new.set_unusable_password()
    new.save()
    assert "/login/password/" in own.post("/setup/links/", {"officer": [new.public_id]}).body.decode()
    chief = Post.objects.create(code="CHIEF", name="Chief", unit=top, role=Role.CHIEF)
    Posting.objects.create(officer=new, post=chief, starts=date(2026, 1, 1))
    assert "/login/password/" not in own.post("/setup/links/", {"officer": [new.public_id]}).body.decode()


def test_another_telephone_number_of_an_officer_is_in_the_record(browser):
    send(browser, DESK)
    assert not Record.objects.filter(act="phone_changed").exists()
    send(browser, {"officers": OFFICERS + b"\nbano,Bano,0300 7654399,ur"})
    bano = Officer.objects.get(username="bano")
    assert (bano.phone, Record.objects.get(act="phone_changed").subject_ids) == ("+923007654399", [bano.pk])


def test_tables_and_links_ask_again_who_it_is(admin, monkeypatch):
    monkeypatch.setattr(gate.Gate, "process_view", lambda *_: None)
    client = Client()
    client.force_login(admin)
    for path in ("/setup/tables/", "/setup/links/", "/setup/accusations/", "/setup/accounts/add/whatsapp/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer.url.startswith("/account/confirm/")


def test_a_table_that_would_move_a_unit_is_refused_once_there_is_an_account(browser):
    send(browser, DESK)
    browser.post("/setup/accounts/add/webform/", {"name": "Post", "unit": Unit.objects.get(code="CPO").pk})
    moved = UNITS.replace(b"Gulbahar,station,PSH,", b"Gulbahar,station,CPO,")
    assert "keeps its parent" in send(browser, {"units": moved}).body.decode()


RECEIVING = "/setup/accusations/"
OVERSIGHT = b"\nIA,Internal Accountability,desk,CYBER,"


def public_id(code: str) -> str:
    return Unit.objects.get(code=code).public_id


def test_who_receives_complaints_against_police_is_chosen_on_a_page(browser, admin):
    posts = DESK["posts"] + b"\nIA-HEAD,IA,oversight,Head of accountability,"
    send(browser, DESK | {"units": DESK["units"] + OVERSIGHT, "posts": posts})
    assert "Nobody is named" in browser.get(RECEIVING).body.decode()
    form = {"unit": public_id("PSH"), "receiver": public_id("CYBER")}
    assert browser.post(RECEIVING, form).url == RECEIVING
    page = browser.get(RECEIVING).body.decode()
    assert "Saved. It counts from the next complaint on." in page
    assert "nobody is posted there today" in page
    assert Unit.objects.get(code="PSH").accusations_to.code == "CYBER"
    browser.post(RECEIVING, form)
    (entry,) = Record.objects.filter(act="receiver_changed")
    assert (entry.actor_officer, entry.subject_ids) == (admin.pk, [Unit.objects.get(code="PSH").pk])
    browser.post(RECEIVING, form | {"receiver": ""})
    assert Unit.objects.get(code="PSH").accusations_to is None
    assert Record.objects.filter(act="receiver_changed").count() == 2


@pytest.mark.parametrize(
    ("unit", "receiver", "words"),
    [
        ("CPO", "CPO", "received by"),
        ("PSH", "PSH-GLB", "Select a valid choice"),
        ("", "CPO", "This field is required."),
    ],
)
def test_a_receiver_that_can_not_receive_is_refused(browser, unit, receiver, words):
    send(browser, DESK)
    given = {"unit": public_id(unit) if unit else "", "receiver": public_id(receiver)}
    page = browser.post(RECEIVING, given)
    assert (page.status_code, words in page.body.decode()) == (400, True)
    assert not Unit.objects.exclude(accusations_to=None).exists()


def test_a_table_that_changes_receivers_is_in_the_record(browser):
    send(browser, DESK)
    assert not Record.objects.filter(act="receiver_changed").exists()
    units = b"code,name_en,level,parent,accusations_to\nPSH,Peshawar,district,CPO,CPO"
    assert send(browser, {"units": units}).url == "/setup/"
    assert Record.objects.get(act="receiver_changed").subject_ids == [Unit.objects.get(code="PSH").pk]


def test_a_table_in_the_wrong_place_changes_nothing(browser):
    page = send(browser, {"officers": table("code,name_en\nA,B")})
    assert "These columns are missing: username, name." in page.body.decode()


def test_where_letters_go_is_not_changed_from_a_page(browser):
    browser.post(
        "/setup/accounts/add/whatsapp/",
        {"name": "One", "unit": Unit.objects.get().pk, "external_id": "1", **SECRETS},
    )
    credential = Credential.objects.get()
    Pulse.objects.create(account=Account.objects.get(), sent_at=timezone.now())
    address = f"/setup/credentials/{credential.pk}/"
    page = browser.get(address)
    assert page.status_code == 200 and "api_url" not in page.body.decode()
    browser.post(address, {"access_token": "t2", "api_url": "https://thief.example/"})
    credential.refresh_from_db()
    values = open_values(credential.sealed_values)
    assert (values["access_token"], values.get("api_url", "")) == ("t2", "")

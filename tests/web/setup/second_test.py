"""What takes two administrators: wide rights, and whatever one wants for himself."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from rabta.audit.models import Record
from rabta.channels import accounts
from rabta.force.models import Officer, OwnAccount, Post, Posting, Unit
from rabta.journey.orders.commanding import COMMANDS
from rabta.outbox.models import Delivery
from rabta.people.models import Keyholder
from rabta.web.accounts import gate, step_up
from rabta.web.models import PasswordLink, Proposal
from tests.cast import NOW
from tests.force.register_test import ALL, OFFICERS, table
from tests.web.officer.stage import Browser
from tests.web.setup import setup_test
from tests.web.setup.setup_test import DESK, send

pytestmark = pytest.mark.django_db
admin = setup_test.admin
WAITING = "/setup/waiting/"
POSTS = (
    ALL["posts"]
    + b"\nOP,DESK,desk_operator,Operator,\nADMIN-2,CPO,administrator,Second,\nIGP,CPO,chief,Chief,"
)


@pytest.fixture
def first(admin, monkeypatch):
    """The first administrator's browser; the force is set up, and a second one can sign in."""
    monkeypatch.setattr(step_up, "is_fresh", lambda _request: True)
    monkeypatch.setattr(gate.Gate, "process_view", lambda *_: None)
    browser = Browser(admin)
    officers = (
        OFFICERS + b"\nbano,Bano,0300 7654321,ur\nsecond,Second,0300 7654322,en\nchief,Chief,0300 7654323,en"
    )
    postings = ALL["postings"] + b"\nbano,OP,2026-01-01\nsecond,ADMIN-2,2026-01-01\nchief,IGP,2026-01-01"
    tables = DESK | {"posts": POSTS, "officers": officers, "postings": postings}
    assert send(browser, tables).url == "/setup/"
    Officer.objects.filter(username__in=["second", "chief"]).update(password=make_password("a b c d e f"))
    return browser


@pytest.fixture
def second(first):
    return Browser(Officer.objects.get(username="second"))


@pytest.fixture
def number(first):
    """An account by which telephones can be told something."""
    values = {"app_secret": "s", "access_token": "t", "verify_token": "w"}
    app = accounts.create_credential(channel="whatsapp", name="app", values=values)
    return accounts.create_account(
        credential=app, name="HQ", external_id="1", unit=Unit.objects.get(parent=None)
    )


def posting(who: str, post: str) -> bytes:
    return table(f"officer,post,starts\n{who},{post},2026-01-01")


def waits(browser, tables) -> Proposal:
    assert send(browser, tables).url == WAITING
    return Proposal.objects.get(state="waiting")


def confirm(browser, proposal, button="confirm"):
    return browser.post(f"{WAITING}{proposal.public_id}/", {button: ""})


def test_nobody_gives_himself_a_post(first, second):
    proposal = waits(first, {"postings": posting("admin", "OP")})
    assert not Posting.objects.filter(officer__username="admin", post__code="OP").exists()
    assert "OP" in second.get(WAITING).body.decode()
    assert confirm(first, proposal).status_code == 404  # not whoever asked
    assert confirm(second, proposal).url == WAITING
    assert Posting.objects.filter(officer__username="admin", post__code="OP").exists()
    proposal.refresh_from_db()
    assert (proposal.state, proposal.files) == ("confirmed", {})
    admin, op = Officer.objects.get(username="admin").pk, Post.objects.get(code="OP").pk
    entry = Record.objects.filter(act="posting_changed").latest("id")
    assert (entry.subject_ids, entry.detail) == ([admin], {"posts": {str(admin): [op]}})
    assert Record.objects.get(act="second_confirmed").detail["asked_by"] == admin


def test_who_comes_late_is_told_so(first, second):
    proposal = waits(first, {"postings": posting("admin", "OP")})
    confirm(second, proposal, button="refuse")
    for late in (first, second):
        assert confirm(late, proposal).url == WAITING
        assert "Somebody has decided on this already." in late.get(WAITING).body.decode()
    old = waits(first, {"postings": posting("admin", "OP")})
    Proposal.objects.filter(pk=old.pk).update(asked_at=timezone.now() - timedelta(days=8))
    assert confirm(second, old).url == WAITING
    assert "It waited too long. Ask for it anew." in second.get(WAITING).body.decode()
    assert not Posting.objects.filter(officer__username="admin", post__code="OP").exists()


SENSITIVE = {
    "own number": {"officers": table("username,name,phone\nadmin,Admin,0300 1111111")},
    "number of the chief": {"officers": table("username,name,phone\nchief,Chief,0300 1111111")},
    "a third administrator": {"postings": posting("bano", "ADMIN-2")},
    "the second one goes": {"postings": table("officer,post,starts,ends\nsecond,ADMIN-2,2026-01-01,2026-02-01")},
    "a desk over all": {"postings": posting("noor-haider", "OP")},
    "a post becomes mighty": {"posts": table("code,unit,role,title_en\nOP,DESK,administrator,Operator")},
    "a post moves": {"posts": table("code,unit,role,title_en\nSHO-GLB,PSH,sho,SHO Gulbahar")},
}  # fmt: skip
ORDINARY = {
    "number of an SHO": {"officers": table("username,name,phone\nnoor-haider,Noor Haider,0300 1111111")},
    "a new officer": {"officers": table("username,name\nnew,New")},
}


@pytest.mark.parametrize("what", SENSITIVE)
def test_it_takes_two(first, second, what):
    before = list(Posting.objects.order_by("id").values()), list(Officer.objects.order_by("id").values())
    proposal = waits(first, SENSITIVE[what])
    assert before == (
        list(Posting.objects.order_by("id").values()), list(Officer.objects.order_by("id").values())
    )  # fmt: skip
    confirm(second, proposal, button="refuse")
    proposal.refresh_from_db()
    assert proposal.state == "refused"


@pytest.mark.parametrize("what", ORDINARY)
def test_one_is_enough(first, second, what):
    assert send(first, ORDINARY[what]).url == "/setup/"


def test_nobody_confirms_what_touches_himself(first, second):
    officers = b"username,name,phone\nadmin,Admin,0300 1111111\nsecond,Second,0300 2222222"
    proposal = waits(first, {"officers": officers})
    assert "table of its own" in second.get(WAITING).body.decode()
    assert confirm(second, proposal).status_code == 404


def test_what_would_do_something_else_by_now_is_not_saved(first, second):
    proposal = waits(first, {"postings": posting("admin", "OP")})
    Posting.objects.create(
        officer=Officer.objects.get(username="admin"),
        post=Post.objects.get(code="OP"),
        starts=date(2026, 1, 1),
    )
    confirm(second, proposal)
    proposal.refresh_from_db()
    assert proposal.state == "waiting"


def test_the_number_before_hears_of_another_one(first, second, number):
    assert (
        send(first, {"officers": table("username,name,phone\nnoor-haider,Noor Haider,0300 1111111")}).url
        == "/setup/"
    )
    told = Delivery.objects.get()
    was = Record.objects.get(act="phone_changed")
    assert told.number != Officer.objects.get(pk=was.subject_ids[0]).phone
    assert told.template["name"] == "sign_in_changed_v1"


def help_page(username: str) -> str:
    return f"/officers/sign-in/{Officer.objects.get(username=username).public_id}/"


@pytest.mark.parametrize("act", ["password", "factors", "pin"])
def test_the_way_in_as_somebody_with_wide_rights_takes_two(first, second, act):
    page = first.post(help_page("chief"), {"act": act}).body.decode()
    assert "second administrator" in page and 'class="secret"' not in page
    assert not PasswordLink.objects.exists()
    proposal = Proposal.objects.get()
    first.post(help_page("chief"), {"act": act})
    assert Proposal.objects.count() == 1  # pressed twice, asked once
    answer = confirm(second, proposal).body.decode()
    assert ('class="secret"' in answer) is (act != "factors")
    assert Record.objects.get(act=f"sign_in_{act}").subject_ids == [proposal.officer_id]


def test_for_a_constable_one_is_enough_and_for_a_keyholder_two(first, second):
    noor = Officer.objects.get(username="noor-haider")
    assert 'class="secret"' in first.post(help_page("noor-haider"), {"act": "password"}).body.decode()
    Keyholder.objects.create(officer=noor, group="approver", appointed_by=noor, appointed_at=NOW)
    assert 'class="secret"' not in first.post(help_page("noor-haider"), {"act": "password"}).body.decode()


def test_whoever_is_stolen_from_is_signed_out_by_one(first, second):
    assert "Signed out on all devices" in first.post(help_page("chief"), {"act": "sign_out"}).body.decode()


def test_links_for_new_officers_with_wide_rights_wait_too(first, second):
    Officer.objects.filter(username="chief").update(password=make_password(None))
    ids = [Officer.objects.get(username=name).public_id for name in ("chief", "noor-haider")]
    page = first.post("/setup/links/", {"officer": ids}).body.decode()
    assert page.count("/login/password/") == 1
    assert Proposal.objects.get().officer.username == "chief"


COMMANDER = {"scheme": "x", "name": "TheChief", "handle": "42", "officer": "chief", "post": ""}


def test_whose_public_posts_are_orders_takes_two(first, second):
    assert first.post("/setup/commanders/", COMMANDER).url == WAITING
    first.post("/setup/commanders/", COMMANDER)
    proposal = Proposal.objects.get()  # sent twice, asked once
    assert not OwnAccount.objects.exists()
    assert confirm(first, proposal).status_code == 404
    page = second.get(WAITING).body.decode()
    assert "@TheChief" in page and "42" in page and "chief" in page
    confirm(second, proposal)
    row = OwnAccount.objects.get()
    assert (row.handle, row.officer.username, row.added_by.username) == ("42", "chief", "second")
    assert first.post(f"/setup/commanders/{row.public_id}/end/").status_code == 302  # taking away: one
    row.refresh_from_db()
    assert row.ended_at


def test_nobody_confirms_an_account_of_a_post_that_he_holds(first, second):
    post = Post.objects.get(code="IGP")
    first.post("/setup/commanders/", COMMANDER | {"officer": "", "post": "IGP"})
    proposal = Proposal.objects.get()
    assert proposal.about == [Officer.objects.get(username="chief").pk]
    Posting.objects.create(officer=Officer.objects.get(username="second"), post=post, starts=date(2026, 1, 1))
    confirm(second, proposal)  # somebody else would give orders by now
    assert not OwnAccount.objects.exists()
    assert Proposal.objects.get().state == "waiting"


def test_a_commander_becomes_the_holder_of_an_account_by_two(first, second, number):
    address, post = f"/setup/accounts/{number.public_id}/", Post.objects.get(code="IGP")
    given = {"holder": post.pk, "address": "+92 91 1", "quiet_hours": "7"}
    assert first.post(address, given).url == WAITING
    number.refresh_from_db()
    assert (number.holder, number.quiet_hours) == (None, 7)
    proposal = Proposal.objects.get()
    assert confirm(first, proposal).status_code == 404
    assert "IGP" in second.get(WAITING).body.decode()
    confirm(second, proposal)
    number.refresh_from_db()
    assert number.holder == post
    assert first.post(address, given | {"holder": ""}).url == "/setup/accounts/"  # taking it away takes one


def test_somebody_who_commands_nobody_holds_an_account_by_one(first, second, number):
    post = Post.objects.exclude(role__in=COMMANDS).filter(unit__parent=number.unit).first()
    given = {"holder": post.pk, "address": "+92 91 1", "quiet_hours": "7"}
    assert first.post(f"/setup/accounts/{number.public_id}/", given).url == "/setup/accounts/"
    number.refresh_from_db()
    assert number.holder == post


def receiving(unit: str, by: str = "") -> dict[str, str]:
    codes = dict(Unit.objects.values_list("code", "public_id"))
    return {"unit": codes[unit], "receiver": codes[by] if by else ""}


def test_who_receives_what_is_said_against_police_takes_two(first, second):
    assert first.post("/setup/accusations/", receiving("PSH", "CPO")).url == WAITING
    proposal = Proposal.objects.get()
    assert Unit.objects.get(code="PSH").accusations_to is None
    assert confirm(first, proposal).status_code == 404
    assert "PSH" in second.get(WAITING).body.decode()
    confirm(second, proposal)
    assert Unit.objects.get(code="PSH").accusations_to.code == "CPO"
    changed = Record.objects.get(act="receiver_changed")
    assert changed.actor_officer == Officer.objects.get(username="second").pk
    assert first.post("/setup/accusations/", receiving("PSH")).url == WAITING  # to take it away too
    Unit.objects.filter(code="PSH").update(accusations_to=None)
    confirm(second, Proposal.objects.get(state="waiting"))
    assert Proposal.objects.filter(state="waiting").count() == 1  # it would do something else by now


def test_a_table_that_names_a_receiver_takes_two(first, second):
    units = {"units": table("code,name_en,level,parent,accusations_to\nPSH,Peshawar,district,CPO,CPO")}
    proposal = waits(first, units)
    assert {"what": "receiver", "of": "PSH", "to": "CPO"} in proposal.lines
    confirm(second, proposal)
    assert Unit.objects.get(code="PSH").accusations_to.code == "CPO"


def test_a_desk_stands_in_an_office_or_at_the_force(first):
    wrong = {"posts": table("code,unit,role,title_en\nX,PSH,desk_operator,Operator")}
    page = send(first, wrong).body.decode()
    assert "level “desk”" in page
    assert not Post.objects.filter(code="X").exists()

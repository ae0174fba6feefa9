"""The way in, the intake page, and what the pages weigh."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone
from django.views.defaults import server_error

from rabta import channels
from rabta.audit.models import Record
from rabta.channels.export.reading import IGNORED
from rabta.channels.models import Account
from rabta.force.models import Posting
from rabta.intake.models import LedgerEntry
from rabta.intake.parts import WAITS
from rabta.outbox.models import Delivery
from rabta.web.desk.ignored import WORDS
from rabta.web.static_files import packed
from tests.web import small_force
from tests.web.desk import stage
from tests.web.desk.stage import Browser

pytestmark = pytest.mark.django_db
HEAVIEST = 60 * 1024  # over the line, where texts go packed; the goal is twice that


@pytest.fixture
def force():
    return stage.make()


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("operator", "/desk/"),
        ("desk_head", "/desk/"),
        ("co", "/supervisor/"),
        ("sho", "/officer/"),
        ("administrator", "/setup/"),
    ],
)
def test_everybody_begins_at_the_page_of_the_role(force, who, page):
    assert Browser(getattr(force, who)).get("/home/").url == page


def test_who_holds_no_post_is_told_what_to_do(force):
    Posting.objects.filter(officer=force.sho).delete()
    page = Browser(force.sho).get("/home/")
    assert page.status_code == 200
    assert "You hold no post today" in page.body.decode()


def test_signing_in_speaks_the_officers_language(force):
    force.operator.language = "ur"
    force.operator.set_password(small_force.PASSWORD)
    force.operator.save()
    browser = Browser()
    wrong = browser.post("/login/", {"username": "operator", "password": "guess"})
    assert "Wrong user name or password." in wrong.body.decode()
    right = browser.post("/login/", {"username": "operator", "password": small_force.PASSWORD})
    assert right.url == "/home/"
    assert '<html lang="ur" dir="rtl"' in browser.get("/desk/").body.decode()


def test_the_language_is_kept_with_the_officer_and_leads_back_to_the_page(force):
    browser = Browser(force.operator)
    answer = browser.post("/language/", {"language": "hi", "next": "/desk/?queue=open"})
    assert answer.url == "/desk/?queue=open"
    force.operator.refresh_from_db()
    assert force.operator.language == "hi"
    assert '<html lang="hi" dir="ltr"' in browser.get("/desk/").body.decode()
    browser.post("/language/", {"nastaliq": "1"})
    assert 'class="nastaliq"' in browser.get("/desk/").body.decode()


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"]
)
def test_the_language_never_leads_to_another_site(force, elsewhere):
    assert Browser(force.operator).post("/language/", {"language": "en", "next": elsewhere}).url == "/"


def test_an_unknown_language_changes_nothing(force):
    Browser(force.operator).post("/language/", {"language": "xx", "nastaliq": "7"})
    force.operator.refresh_from_db()
    assert (force.operator.language, force.operator.nastaliq) == ("en", False)


def delivery(force, state, **facts):
    """A delivery of a case that headquarters sees."""
    now = timezone.now()
    return Delivery.objects.create(
        **{
            "account": force.account,
            "number": "+923000000001",
            "address_digest": b"x" * 16,
            "text": "Hello",
            "state": state,
            "queued_at": now,
            "due_at": now - timedelta(minutes=3),
            "visible_to": [force.hq.pk],
            "attempts": 5,
            **facts,
        }
    )


def test_the_ledger_stands_account_by_account_and_says_when_it_does_not_add_up(force):
    for became, items in (("received", 3), ("message", 2), ("duplicate", 1)):
        LedgerEntry.objects.create(
            at=timezone.now(), account=force.account, channel="whatsapp", became=became, items=items
        )
    head = Browser(force.desk_head)
    assert "Every item is accounted for" in head.get("/desk/intake/").body.decode()
    LedgerEntry.objects.create(
        at=timezone.now(), account=Account.objects.get(), channel="whatsapp", became="received", items=1
    )
    assert "The ledger does not add up" in head.get("/desk/intake/").body.decode()


def test_why_items_were_ignored_stands_in_the_reader_s_language(force):
    for reason, items in (
        ("echo", 2),
        ("nothing said", 1),
        ("our bot: administrator", 1),
        ("new_chat_title", 3),
    ):
        LedgerEntry.objects.create(
            at=timezone.now(),
            account=force.account,
            channel="x",
            became="ignored",
            reason=reason,
            items=items,
        )
    page = " ".join(Browser(force.desk_head).get("/desk/intake/").body.decode().split())
    assert (
        "2 our own message" in page
        and "1 no words in it" in page
        and "1 our place in a group changed" in page
    )
    assert (
        '3 another event of the provider <bdi dir="ltr" lang="en" class="muted">new_chat_title</bdi>' in page
    )
    in_urdu = Browser(force.desk_head).get("/desk/intake/?lang=ur").body.decode()
    assert "our own message" not in in_urdu and "no words in it" not in in_urdu


def test_every_reason_of_ours_has_words():
    told = set()
    for file in Path(channels.__file__).parent.rglob("*.py"):
        source = file.read_text()
        told |= set(re.findall(r"Ignored\([^)]*reason=\"([^\"]+)\"", source, re.DOTALL))
        told |= set(re.findall(r"_ignored\(key, \"([^\"]+)\"\)", source))
    told |= {*IGNORED.values(), WAITS}
    assert len(told) > 25
    assert {code for code in told if code not in WORDS} == set()


def test_failed_deliveries_are_shown_with_the_reason_and_sent_again(force):
    failed = delivery(force, "failed", trouble="recipient", trouble_text="Not on WhatsApp")
    doubt = delivery(force, "in_doubt")
    delivery(force, "failed", trouble="taken_back", trouble_text="Not this one")
    head = Browser(force.desk_head)
    page = head.get("/desk/intake/").body.decode()
    assert "Not on WhatsApp" in page
    assert "may reach the person twice" in page
    assert "Not this one" not in page
    assert head.post(f"/desk/intake/deliveries/{failed.token}/retry/").status_code == 302
    failed.refresh_from_db()
    doubt.refresh_from_db()
    assert (failed.state, failed.attempts, failed.trouble) == ("queued", 0, "")
    assert doubt.state == "in_doubt"


def test_who_does_not_read_the_stuck_letters_is_told_how_many_there_are(force):
    administrator = Browser(force.administrator)
    assert "Nothing is stuck" in administrator.get("/desk/intake/").body.decode()
    delivery(force, "failed", trouble="recipient", trouble_text="Not on WhatsApp")
    page = administrator.get("/desk/intake/").body.decode()
    assert "1 letter of the force needs a person" in page and "Nothing that you may read is stuck" in page
    assert "Nothing is stuck" not in page and "Not on WhatsApp" not in page


def test_a_letter_that_did_not_arrive_names_its_case_and_can_be_let_be(force):
    case = stage.case(force)
    failed = delivery(force, "failed", trouble="recipient", trouble_text="Not on WhatsApp")
    stage.says(case, "Come to the station", direction="out", delivery=failed)
    head = Browser(force.desk_head)
    page = head.get("/desk/intake/").body.decode()
    assert f'/desk/case/{case.public_id}/"' in page and case.reference in page
    assert head.post(f"/desk/intake/deliveries/{failed.token}/leave/").status_code == 302
    assert "Not on WhatsApp" not in head.get("/desk/intake/").body.decode()
    failed.refresh_from_db()
    assert (failed.state, failed.trouble_text) == ("failed", "Not on WhatsApp")
    assert Record.objects.filter(act="leave_unsent", subject_ids=[failed.pk]).exists()
    for late in ("retry", "leave"):  # a colleague who had the page open
        assert head.post(f"/desk/intake/deliveries/{failed.token}/{late}/").status_code == 302
        assert "Somebody has decided on this already." in head.get("/desk/intake/").body.decode()
    failed.refresh_from_db()
    assert failed.state == "failed"


def test_only_what_is_stuck_and_visible_can_be_sent_again(force):
    sent, hidden = delivery(force, "sent"), delivery(force, "failed", visible_to=[force.north.pk])
    head = Browser(force.desk_head)
    assert head.post(f"/desk/intake/deliveries/{hidden.token}/retry/").status_code == 404
    head.post(f"/desk/intake/deliveries/{sent.token}/retry/")
    assert "Somebody has decided on this already." in head.get("/desk/intake/").body.decode()
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_an_operator_does_not_see_the_intake(force):
    assert Browser(force.operator).get("/desk/intake/").status_code == 403


def test_the_desk_weighs_no_more_than_it_may(force):
    for n in range(30):
        stage.named(
            stage.case(
                force,
                subject="زما ورور له پرون راهیسې ورک دی، عمر یې ۱۵ کاله دی او کور ته نه دی راغلی",
                assigned_to=force.operator,
                lead_unit=force.kotwali,
                urgency=1,
            ),
            name="A citizen with a longish name",
            number=f"+92300444{n:04d}",
        )
    page = Browser(force.operator).get("/desk/?queue=open").body
    parts = {"page": len(page)}
    named = re.findall(rb'(?:src|href)="/static/([^"#]+)', page)
    waiting = {name.decode() for name in named} - {"css/fonts.css"}
    while waiting:
        name = waiting.pop()
        content = Path(finders.find(name)).read_bytes()
        parts[name] = len(packed(content))
        folder = name.rpartition("/")[0]
        imports = re.findall(rb'^import .* from "\./([^"]+)"', content, re.MULTILINE)
        waiting |= {f"{folder}/{one.decode()}" for one in imports} - parts.keys()
    assert sum(parts.values()) <= HEAVIEST, parts


def test_no_page_carries_script_or_style_in_itself(force):
    case = stage.case(force)
    for address in ("/desk/?queue=open", f"/desk/case/{case.public_id}/", "/login/"):
        page = Browser(None if address == "/login/" else force.operator).get(address).body.decode()
        assert "<style" not in page
        assert not re.search(r"\sstyle=|\son[a-z]+=", page)
        assert not re.search(r"<script(?![^>]*\ssrc=)", page)


def test_what_goes_wrong_is_said_on_a_page_of_our_own(force, rf):
    browser = Browser(force.operator)
    missing = browser.get("/desk/case/0000000000000000/")
    assert missing.status_code == 404
    assert "There is nothing at this address" in missing.body.decode()
    closed = Browser(force.sho).get("/desk/")
    assert closed.status_code == 403
    assert "None of the posts that you hold today opens this page." in closed.body.decode()
    broken = server_error(rf.get("/"))
    assert "Something went wrong on our side" in broken.content.decode()

"""The life of a case on the pages: how it ends and goes on, who is ordered, whose post it is, what time limits do."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, FilePayload, Page, expect

from rabta.kit import sheets
from tests.files import pictures

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Enter = Callable[..., Page]
PATIENCE = 60_000  # milliseconds; only a test that fails waits so long


@pytest.fixture
def cast(transactional_db: None) -> SimpleNamespace:
    from tests import cast

    with transaction.atomic():
        return cast.make()


@pytest.fixture
def enter(browser: Browser, web: Any, cast: SimpleNamespace) -> Iterator[Enter]:
    """`enter(cast.sho, "/officer/")`: the page as this officer sees it, in one window after the other."""
    from rabta.web.middleware import LANGUAGE_COOKIE

    expect.set_options(timeout=PATIENCE)
    address, open_ones = f"http://127.0.0.1:{web.port}", []

    def entering(officer: Any, path: str, *, width: int = 1366, language: str = "en") -> Page:
        client = Client()
        client.force_login(officer)
        just_now(client)
        context = browser.new_context(base_url=address, viewport={"width": width, "height": 900})
        session = client.cookies["rabta_session"].value
        said = {"rabta_session": session, LANGUAGE_COOKIE: language}
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in said.items()])
        open_ones.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(path, wait_until="domcontentloaded")
        return page

    yield entering
    for context in open_ones:
        context.close()


def just_now(client: Client) -> None:
    """Where more than a signed-in window is asked for: the password was given a moment ago."""
    session, at = client.session, timezone.now().timestamp()
    session["account_authentication_methods"] = [{"method": "password", "at": at}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


def writes(cast: SimpleNamespace, *messages: Any) -> Any:
    """The citizen's messages come in now; returns the newest case."""
    from rabta.cases.models import Case
    from tests.cast import hears

    with transaction.atomic():
        hears(cast, *messages, at=timezone.now())
    return Case.objects.latest("id")


def does(officer: Any, verb: Callable[..., Any], **words: Any) -> Any:
    """What another officer does meanwhile."""
    from tests.cast import acting

    now = timezone.now()
    with transaction.atomic(), acting(officer, on=timezone.localdate(now)) as by:
        return verb(**words, by=by, now=now)


def upload(name: str, data: bytes) -> FilePayload:
    """A file as somebody chooses it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def test_how_cases_are_told_apart_and_end(cast: SimpleNamespace, enter: Enter) -> None:
    from rabta.cases.models import Case
    from tests.cast import KOTWALI, Citizen
    from tests.steps.stage import lead, told

    # Danger to life alarms until the line that sends help has given its number.
    danger = writes(cast, Citizen().says("Help, they are shooting at us, we will die"))
    desk = enter(cast.operator, f"/desk/case/{danger.public_id}/")
    expect(desk.locator("#alarm-bar")).to_contain_text("Not handed over to the emergency line")
    desk.locator("#line-to").fill("Rescue 1122, Gul")
    desk.locator("form[action*='/hand-over/'] button").click()
    expect(desk.locator("#side")).to_contain_text("incident number is missing")
    desk.locator("#line-number").fill("R-881")
    desk.locator("form[action*='confirm-hand-over'] button").click()
    expect(desk.locator("#side")).to_contain_text("R-881")
    desk.goto("/desk/")
    expect(desk.locator("#alarm-bar")).to_be_hidden()

    # Two of three messages are another matter: both at once become a case of their own.
    citizen = Citizen()
    case = writes(
        cast, citizen.says("My motorcycle was stolen near Kotwali last night"), citizen.pins(KOTWALI)
    )
    writes(cast, citizen.says("There is also a traffic jam near Gulbahar"))
    desk.goto(f"/desk/case/{case.public_id}/")
    bar = desk.locator("#split-form")
    expect(bar).to_be_hidden()
    desk.locator(".chooses").nth(1).click()
    desk.locator(".chooses").nth(2).click()
    expect(bar).to_be_visible()
    bar.get_by_role("button", name="Open a new case").click()
    expect(desk.locator("#case-heading")).to_contain_text("traffic jam")
    other = Case.objects.latest("id")
    assert other.pk != case.pk and other.messages.filter(direction="in").count() == 2

    # Withdrawn is approved by a second officer; the citizen is told.
    desk.locator("summary", has_text="Close with another outcome").click()
    desk.select_option("#end-outcome", "withdrawn")
    desk.locator("#end-remark").fill("The road is free again")
    desk.locator("form[action*='/end/'] button").click()
    expect(desk.locator("#side")).to_contain_text("Waits for a second officer")
    head = enter(cast.desk_head, "/closings/")
    head.get_by_role("button", name="Approve and close").click()
    expect(head.get_by_text("No closing waits for a second officer.")).to_be_visible()
    other.refresh_from_db()
    assert (other.state, other.outcome) == ("closed", "withdrawn")

    # The unit says that an FIR was registered: its number stands in the report, and the citizen may appeal.
    phone = enter(cast.sho, f"/officer/order/{lead(case).public_id}/", width=390)
    phone.locator("form[action$='/accept/'] button").click()
    phone.wait_for_selector("form[action$='/accept/']", state="detached")
    phone.locator("summary", has_text="Done").click()
    phone.fill("#text", "Registered, the search goes on")
    phone.check("[value=fir_registered]")
    phone.get_by_label("Yes, by telephone").check()
    phone.fill("#number", "12/26")
    phone.get_by_role("button", name="Send report").click()
    expect(phone.locator(".o-report")).to_contain_text("FIR registered")
    review = enter(cast.sp, f"/supervisor/case/{case.public_id}/")
    expect(review.locator(".s-top")).to_contain_text("12/26")
    review.get_by_role("button", name="Accept").click()
    expect(review.locator(".s-top")).to_contain_text("FIR registered")
    writes(cast, citizen.says("appeal the thief is known to all"))
    assert "next level" in told(case)[-1]
    chief = enter(cast.igp, "/closings/")
    expect(chief.get_by_text("appeal the thief is known to all")).to_be_visible()
    chief.get_by_label("Reason").fill("Ask the shopkeepers")
    chief.get_by_role("button", name="Uphold").click()
    expect(chief.get_by_text("No appeal waits here.")).to_be_visible()
    assert Case.objects.get(pk=case.pk).state == "in_inquiry"


def test_an_order_goes_down_the_chain_and_comes_back_with_proof(cast: SimpleNamespace, enter: Enter) -> None:
    from rabta import journey
    from rabta.cases.models import Case, Order
    from rabta.force.models import Role
    from tests.cast import KOTWALI, Citizen, post_named
    from tests.steps.stage import lead, told
    from tests.web.small_force import officer

    gul = officer("asi-gul", Role.INQUIRY_OFFICER, cast.kotwali)
    citizen = Citizen()
    case = writes(
        cast, citizen.says("My motorcycle was stolen near Kotwali last night"), citizen.pins(KOTWALI)
    )
    choose = [
        journey.Choice(post=post_named(cast.sho), part="lead", proof=True, proof_words="the lock"),
        journey.Choice(post=post_named(cast.ctd_head), part="support", instruction="Ask your sources"),
    ]
    does(cast.igp, journey.order_several, case=case, choices=choose, along=True, reason="Report by evening")

    # Each receives it by name, within the limit of the hop, and passes it on.
    page = enter(cast.sp, f"/officer/order/{lead(case).public_id}/", width=390)
    here = page.locator(".chain-now")
    expect(here).to_contain_text("not received yet")
    expect(here).to_contain_text("goes on by")
    page.get_by_role("button", name="Received").click()
    expect(here).to_contain_text(f"received by {cast.sp.name}")
    page.get_by_role("button", name="Pass on to Post of co").click()
    page.wait_for_selector("form[action$='/pass-on/']", state="detached")
    does(cast.co, journey.pass_on, order=lead(case))
    first = lead(case)
    assert first.post == post_named(cast.sho) and Order.objects.get(pk=first.parent_id).state == "passed"

    # The station gives it back with the reason; the district orders it anew.
    sho = enter(cast.sho, f"/officer/order/{first.public_id}/", width=390)
    sho.locator("summary", has_text="Return with reason").click()
    sho.locator("#reason").fill("The street belongs to Gulbahar")
    sho.get_by_role("button", name="Return it").click()
    expect(sho.locator("main")).to_contain_text("The street belongs to Gulbahar")
    review = enter(cast.sp, f"/supervisor/case/{case.public_id}/")
    expect(review.locator(".s-order", has_text="The street belongs to Gulbahar")).to_be_visible()
    review.locator("summary", has_text="Order again").click()
    review.locator("#reason-again").fill("This side of the street is yours")
    review.locator(".s-again").get_by_role("button", name="Order", exact=True).click()
    anew = review.locator(".s-order", has_text="Post of sho").filter(has_text="not accepted yet")
    expect(anew).to_be_visible()
    sho.reload()
    expect(sho.locator("main")).to_contain_text("This side of the street is yours")

    # Two taps: give it on, and to whom.
    order = lead(case)
    assert order.pk != first.pk and order.post == first.post
    sho.goto(f"/officer/order/{order.public_id}/")
    expect(sho.locator("main")).to_contain_text("the lock")
    sho.locator("summary", has_text="Give it to an officer").click()
    sho.get_by_role("button", name=gul.name).click()
    expect(sho.locator("main")).to_contain_text(f"{gul.name} inquires")

    inquiry = enter(gul, f"/officer/order/{order.public_id}/", width=390)
    inquiry.get_by_role("button", name="Accept").click()
    inquiry.locator("summary", has_text="Done").click()
    inquiry.fill("#text", "The lock was cut")
    inquiry.check("[value=action_taken]")
    inquiry.get_by_label("Not yet").check()
    inquiry.set_input_files("#more", upload("lock.jpg", pictures.photo()))
    inquiry.get_by_role("button", name="Send report").click()
    inquiry.wait_for_selector("text=A report waits")
    does(cast.sho, journey.send_on, report=order.reports.get())

    # The superior sees the photo beside the instruction, rejects it, and accepts the next.
    review.reload()
    expect(review.locator(".s-photos")).to_be_visible()
    review.locator("textarea[name=remark]").fill("The lock can not be seen")
    review.get_by_role("button", name="Reject").click()
    expect(review.locator(".s-report")).to_contain_text("rejected")
    inquiry.reload()
    expect(inquiry.locator("main")).to_contain_text("The lock can not be seen")
    again = does(gul, journey.report, order=order, text="Here it is", outcome="action_taken")
    does(cast.sho, journey.send_on, report=again)

    # Nothing closes while a supporting order is open.
    review.reload()
    review.get_by_role("button", name="Accept").click()
    expect(review.locator("main")).to_contain_text("A supporting unit is still working")
    ctd = Order.objects.get(case=case, part="support")
    report = does(cast.ctd_head, journey.report, order=ctd, text="A known gang", outcome="action_taken")
    does(cast.igp, journey.decide, report=report, decision="accepted", remark="")
    review.goto(f"/supervisor/case/{case.public_id}/")
    review.get_by_role("button", name="Accept").click()
    expect(review.locator(".s-top")).to_contain_text("Action taken")
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.outcome) == ("closed", "action_taken")
    assert case.reference in told(case)[-1] and "lock" not in told(case)[-1]


def test_a_force_is_set_up_and_its_posts_and_complaints_change_hands(
    cast: SimpleNamespace, enter: Enter
) -> None:
    from rabta import journey
    from rabta.cases.models import Case
    from rabta.force.models import Posting, Unit
    from tests.cast import KOTWALI, Citizen, post_named

    citizen = Citizen()
    case = writes(
        cast, citizen.says("My motorcycle was stolen near Kotwali last night"), citizen.pins(KOTWALI)
    )

    # A new station from a table and its area: looked at first, with what is wrong by its line, then saved.
    head, area = ["code", "name_en", "level", "parent"], cast.kotwali.area
    bad = sheets.csv_text([head, ["bhana", "Bhana Mari", "station", "cty"]])
    page = enter(cast.administrator, "/setup/tables/")
    page.set_input_files("#t-units", upload("units.csv", bad.encode()))
    page.set_input_files("#t-areas", upload("areas.geojson", b'{"features": [{"properties": {}}]}'))
    page.get_by_role("button", name="Only check").click()
    lines = page.locator("#result .t-problems li")
    expect(lines.filter(has_text="line 2")).to_contain_text("cty")
    expect(lines.filter(has_text="feature 1")).to_contain_text("needs the property")
    assert not Unit.objects.filter(code="bhana").exists()
    feature = {"type": "Feature", "properties": {"code": "bhana"}, "geometry": area}
    areas = json.dumps({"type": "FeatureCollection", "features": [feature]})
    good = sheets.xlsx_bytes([head, ["bhana", "Bhana Mari", "station", "city"]], title="units")
    page.set_input_files("#t-units", upload("units.xlsx", good))
    page.set_input_files("#t-areas", upload("areas.geojson", areas.encode()))
    page.get_by_role("button", name="Check and save").click()
    page.wait_for_url("**/setup/")
    assert Unit.objects.get(code="bhana").area == area

    # The head of Kotwali goes on leave: he hands over in words, his cover takes over by name what is open.
    sho = enter(cast.sho, "/officer/handover/", width=390)
    sho.locator("summary", has_text="Hand it over").click()
    sho.locator("textarea[name=note]").fill("The witness comes on Monday")
    sho.get_by_role("button", name="Hand over", exact=True).click()
    expect(sho.locator("main")).to_contain_text("handed over")
    page.goto("/setup/transfers/")
    page.fill("[name=officer]", cast.nobody.username)
    page.check("[value=leave_cover]")
    page.fill("[name=post]", post_named(cast.sho).code)
    page.fill("[name=until]", (timezone.localdate() + timedelta(days=9)).isoformat())
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator("main")).to_contain_text("Post of sho from")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/setup/")
    cover = enter(cast.nobody, "/officer/handover/", width=390)
    expect(cover.locator("main")).to_contain_text("The witness comes on Monday")
    cover.get_by_role("button", name="I, Nobody, have taken it over").click()
    expect(cover.locator("main")).to_contain_text("taken over")
    cover.get_by_role("link", name=case.reference).click()
    cover.get_by_role("button", name="Accept").click()
    expect(cover.locator("main")).to_contain_text("Return with reason")

    # A transfer: what falls vacant is said before it is saved; the work follows the post.
    page.goto("/setup/transfers/")
    page.fill("[name=officer]", cast.sho_gulbahar.username)
    page.fill("[name=post]", cast.vacant.code)
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator(".t-vacant")).to_contain_text("Its orders go to")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/setup/")
    assert Posting.objects.get(post=cast.vacant).officer == cast.sho_gulbahar

    # Open complaints of the old register: a wrong line stops all, then each waits at the desk with its number.
    head, row = ["number", "date", "text"], ["117/26", "31/01/2026", "Motorcycle stolen near Gulbahar"]
    desk = enter(cast.desk_head, "/desk/import/")
    wrong = sheets.csv_text([head, row, ["118/26", "x", "y"]]).encode()
    desk.set_input_files("#file", upload("old.csv", wrong))
    desk.get_by_role("button", name="Look at it").click()
    expect(desk.locator(".t-problems")).to_contain_text("Line 3")
    desk.set_input_files("#file", upload("old.xlsx", sheets.xlsx_bytes([head, row], title="old")))
    for button, said in (("Look at it", "1 complaint was understood"), ("Bring it in", "Handed in: 1 new")):
        desk.get_by_role("button", name=button).click()
        expect(desk.locator("body")).to_contain_text(said)
    with transaction.atomic():
        journey.read_journal(limit=10, now=timezone.now())
    brought = Case.objects.latest("id")
    desk.goto(f"/desk/case/{brought.public_id}/")
    expect(desk.locator("main")).to_contain_text("117/26")
    assert brought.waiting_why and not brought.orders.exists()


@pytest.mark.parametrize(
    ("language", "passed", "take", "paused"),
    [
        ("en", "passed, level 1", "I take care of it", "Waiting for a laboratory"),
        ("ur", "مدت گزر گئی، سطح", "میں اسے دیکھتا ہوں", "لیبارٹری کا انتظار"),
    ],
)
def test_a_limit_that_passes_is_passed_up_by_name_and_may_be_paused(
    cast: SimpleNamespace, enter: Enter, language: str, passed: str, take: str, paused: str
) -> None:
    from rabta import journey
    from rabta.cases.models import Case
    from rabta.force.access import system
    from rabta.review import sweep
    from tests.cast import KOTWALI, Citizen
    from tests.steps.stage import lead

    citizen = Citizen()
    case = writes(
        cast, citizen.says("My motorcycle was stolen near Kotwali last night"), citizen.pins(KOTWALI)
    )
    does(cast.sho, journey.accept, order=lead(case))
    boss = enter(cast.sp, f"/review/case/{case.public_id}/", language=language)
    boss.select_option("#reason", "laboratory")
    boss.fill("#until", (timezone.localdate() + timedelta(days=3)).isoformat())
    boss.locator("form[action$='/pause/'] button").click()
    expect(boss.locator(".l-limits .pill").first).not_to_be_empty()
    expect(boss.locator(".l-lines li").first).to_contain_text(paused)
    before = Case.objects.get(pk=case.pk).report_due_at
    assert before is not None and case.report_due_at is not None and before > case.report_due_at
    boss.locator("form[action$='/resume/'] button").click()
    boss.wait_for_selector("form[action$='/resume/']", state="detached")

    # The contact is due after a day: the circle officer is told by name, and takes care of it.
    late = timezone.now() - timedelta(hours=25)
    Case.objects.filter(pk=case.pk).update(
        opened_at=late, contact_due_at=late + timedelta(hours=24), reply_due_at=late + timedelta(hours=4)
    )
    with transaction.atomic(), system("the sweep"):
        sweep.sweep(now=timezone.now())
        sweep.sweep(now=timezone.now())
    told = enter(cast.co, f"/review/case/{case.public_id}/", language=language)
    line = told.locator(".l-lines li", has_text=passed).filter(has=told.get_by_role("button", name=take))
    expect(line).to_have_count(1)
    line.get_by_role("button", name=take).click()
    expect(told.locator("body")).to_contain_text(cast.co.name)
    expect(told.get_by_role("button", name=take)).to_have_count(0)

"""The life of a case on the pages: how it ends and goes on, and what its time limits do."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Enter = Callable[..., Page]
PATIENCE = 60_000  # milliseconds; only a test that fails waits so long


@pytest.fixture(scope="module")
def web(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A web process on this worker's database."""
    from tests.web import processes

    with django_db_blocker.unblock(), processes.web() as process:
        yield process


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

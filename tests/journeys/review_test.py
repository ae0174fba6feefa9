"""The review by keys and the figures behind it, in a real browser: in English, then in Urdu on a phone."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from rabta import journey
from rabta.cases.models import Case, Order
from rabta.force.models import Officer
from rabta.review.models import Line
from tests.cast import acting, post_named
from tests.web.figures.stage import cases

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(transactional_db: None) -> SimpleNamespace:
    """Two ordered cases of this month: one reported, one that nobody has answered."""
    from tests import cast

    now = timezone.now()
    with transaction.atomic():
        made = cast.make()
        for case in cases(made, 2, opened_at=now):
            with acting(made.operator) as by:
                journey.order(
                    case=case, post=post_named(made.sho), part="lead", instruction="Go there", by=by, now=now
                )
        order = Order.objects.earliest("pk")
        with acting(made.sho) as by:
            journey.accept(order=order, by=by, now=now)
            journey.report(order=order, text="Found it", outcome="action_taken", by=by, now=now)
    return made


def window(browser: Browser, web: Any, officer: Officer, *, width: int, language: str) -> Page:
    """The pages as this officer sees them."""
    address, client = f"http://127.0.0.1:{web.port}", Client()
    client.force_login(officer)
    context = browser.new_context(base_url=address, viewport={"width": width, "height": 900})
    cookies = {"rabta_session": client.cookies["rabta_session"].value, "rabta_language": language}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    context.set_default_timeout(60_000)
    return context.new_page()


def test_a_review_is_held_by_keys_and_the_figures_follow(
    browser: Browser, web: Any, cast: SimpleNamespace
) -> None:
    expect.set_options(timeout=60_000)
    reported, unanswered = Order.objects.filter(part="lead").order_by("pk")
    page = window(browser, web, cast.sp, width=1366, language="en")
    page.goto("/review/")
    page.get_by_role("button", name="Begin the review").click()
    expect(page.get_by_text("This review is being recorded")).to_be_visible()
    first = page.locator(".l-item").first
    expect(first).to_have_attribute("aria-label", unanswered.case.reference)  # unanswered first
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("o")
    expect(page.get_by_text("Ordered: ")).to_be_visible()
    page.goto("/review/?show=verify")
    page.keyboard.press("j")
    expect(page.locator(".l-item")).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_text(f"Accepted: {reported.case.reference}")).to_be_visible()
    page.get_by_role("button", name="End the review").click()
    expect(page.get_by_text("Your last review ended")).to_be_visible()
    assert set(Line.objects.values_list("decision", flat=True)) == {"looked", "ordered", "accepted"}
    assert Case.objects.get(pk=reported.case_id).state == "closed"
    page.goto("/figures/overview/")
    closed = page.locator(".f-classes a").filter(has_text="Disposed of")
    expect(closed).to_contain_text("1")
    closed.click()
    expect(page.locator(".f-count")).to_have_text("1 case")
    expect(page.locator("tbody tr")).to_contain_text(reported.case.reference)
    page.context.close()

    page = window(browser, web, cast.igp, width=390, language="ur")
    page.goto("/review/")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator(".l-item")).to_have_count(2)
    expect(page.locator("[data-key=e]")).to_have_count(0)  # nobody is above the chief
    page.locator("form[action='/review/begin/'] button").click()
    expect(page.locator(".l-held")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()

"""The map of places that repeat, drawn in a real browser."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from rabta.cases.models import Case
from rabta.force.models import Role
from tests.web import small_force
from tests.web.live.stream_test import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def force() -> SimpleNamespace:
    made = small_force.make()
    made.head = small_force.officer("head", Role.CHIEF, made.hq)
    corners = [[71.5, 33.9], [71.7, 33.9], [71.7, 34.1], [71.5, 34.1], [71.5, 33.9]]
    made.north.area = {"type": "Polygon", "coordinates": [corners]}
    made.north.save()
    for _ in range(4):
        case = small_force.case(
            desk=made.desk,
            seen_by=[made.hq, made.desk],
            account=made.account,
            category="theft",
            lat=34.01,
            lng=71.58,
        )
        now = timezone.now()
        Case.objects.filter(pk=case.pk).update(opened_at=now, last_in_at=now, changed_at=now)
    return made


def test_each_place_stands_on_the_map(web: Any, chromium: Browser, force: SimpleNamespace) -> None:
    address = f"http://127.0.0.1:{web.port}"
    context = chromium.new_context(base_url=address)
    cookies = {"rabta_language": "en", "rabta_session": sign_in(force.head)}
    context.add_cookies([{"name": n, "value": v, "url": address} for n, v in cookies.items()])
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/figures/places/")
    expect(page.locator("#places-map path.leaflet-interactive")).to_have_count(1, timeout=60_000)
    context.close()
    assert errors == []

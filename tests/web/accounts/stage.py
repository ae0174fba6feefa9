"""Officers who can sign in, and what they type: passwords, codes of an app, links and PINs."""

import re
import time
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from rabta.force import pins
from rabta.force.models import Officer, Role, SignInLink
from rabta.journey.posts import sign_in as journey
from rabta.outbox.models import Delivery
from tests.cast import as_role
from tests.web import small_force
from tests.web.officer import stage
from tests.web.officer.stage import Browser

__all__ = ["Browser"]
PASSWORD = small_force.PASSWORD
PHONE = "+923001112233"
PIN = "739154"


def make() -> SimpleNamespace:
    """The officers' force, and an SP over a district with a station of its own."""
    force = stage.make()
    force.district = small_force.unit("PSH", force.hq, level="district")
    force.below = small_force.unit("BADABER", force.district, level="station")
    force.dpo = small_force.officer("dpo", Role.DISTRICT_HEAD, force.district)
    force.sho_below = small_force.officer("sho-below", Role.SHO, force.below)
    for officer in (force.operator, force.administrator, force.dpo, force.sho, force.sho_below):
        officer.password = hashed()
        officer.save()
    return force


@cache
def hashed() -> str:
    """The password of all of them, hashed once: Argon2 is slow on purpose."""
    return make_password(PASSWORD)


def sign_in(
    officer: Officer, *, password: str = PASSWORD, browser: Browser | None = None, **facts: Any
) -> Browser:
    """A browser that typed this password."""
    browser = browser or Browser()
    browser.last = browser.post("/login/", {"username": officer.username, "password": password}, **facts)
    return browser


def without_token(answer: Any) -> str:
    """The page without what is new on every page: the token against forged forms."""
    return re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', "", answer.body.decode())


def session_of(browser: Browser) -> str:
    """The session's key in the browser's cookie."""
    cookie = browser.client.cookies.get("rabta_session")
    return cookie.value if cookie else ""


def secret_on(browser: Browser) -> str:
    """The key that the page for an authenticator app shows."""
    page = browser.get("/account/app/").body.decode()
    found = re.search(r'class="secret">([A-Z2-7]{32})<', page)
    assert found, page
    return found[1]


def totp(secret: str, *, steps: int = 0) -> str:
    """What an authenticator app shows now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def with_app(officer: Officer) -> tuple[Browser, str]:
    """A browser signed in as the officer, who set up an app in it; and the app's key."""
    browser = sign_in(officer)
    secret = secret_on(browser)
    assert browser.post("/account/app/", {"code": totp(secret)}).url == "/account/codes/"
    return browser, secret


def codes_on(browser: Browser) -> list[str]:
    """The recovery codes, which are shown once."""
    page = browser.get("/account/codes/").body.decode()
    return [a + b for a, b in re.findall(r'<bdi dir="ltr">(\d{4}) (\d{4})</bdi>', page)]


def age_proof(browser: Browser, *, seconds: int) -> None:
    """What was proved in this session was proved so long ago."""
    session = browser.client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [each | {"at": each["at"] - seconds} for each in records]
    session.save()


def give_phone(officer: Officer, *, phone: str = PHONE, chosen: bool = True) -> str:
    """The officer has a number and a PIN; returns the PIN."""
    officer.phone = phone
    officer.save()
    given = pins.give(officer=officer, now=timezone.now())
    if not chosen:
        return given
    pins.choose(officer=officer, pin=PIN, now=timezone.now())
    return PIN


def ask_link(browser: Browser, *, number: str = PHONE) -> str:
    """Ask for a link, let the worker send it; returns its path, or nothing when none was sent."""
    before = set(Delivery.objects.values_list("pk", flat=True))
    browser.post("/login/phone/", {"number": number})
    work()
    sent = Delivery.objects.exclude(pk__in=before).first()
    found = re.search(r"http://[^/]+(/login/phone/[\w-]+/)", sent.text) if sent else None
    return found[1] if found else ""


def work(now: datetime | None = None) -> None:
    """What the worker does with the wishes for links."""
    for link in SignInLink.objects.filter(token=None).order_by("pk"):
        with as_role("rabta_worker", system="a test"):
            journey.send_link(link.pk, now=now or timezone.now())

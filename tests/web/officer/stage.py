"""A circle with two stations, its officers, and browsers that speak to the pages with the web role's rights."""

import contextlib
import io
import time
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from rabta.cases.models import Evidence, Order, State
from rabta.force import directory
from rabta.force.models import Officer, Role
from rabta.jobs import evidence
from rabta.rules.visibility import Facts, units_that_see
from tests.web import small_force
from tests.web.small_force import NOW

SOON = NOW + timedelta(days=3650)  # the pages look at the clock: far enough not to be overdue


def make() -> SimpleNamespace:
    """The small force with a circle: SHO Kotwali and SHO Gulbahar under one circle officer, a desk above them."""
    directory.forget()
    force = small_force.make()
    force.circle = small_force.unit("CITY", force.hq, level="circle")
    force.kotwali, force.gulbahar = (
        small_force.unit(code, force.circle, level="station") for code in ("KOTWALI", "GULBAHAR")
    )
    force.sho = small_force.officer("sho-kotwali", Role.SHO, force.kotwali)
    force.sho_gulbahar = small_force.officer("sho-gulbahar", Role.SHO, force.gulbahar)
    force.co = small_force.officer("co-city", Role.CIRCLE_OFFICER, force.circle)
    return force


def ordered(force: SimpleNamespace, to: Officer, part: str = "lead", **facts: Any) -> Order:
    """A case of which this officer's post has an order."""
    post = small_force.post_of(to)
    seen = units_that_see(
        Facts(desk=tuple(force.desk.path), withheld=False, accusation=False, tasked=(tuple(post.unit.path),))
    )
    units = [SimpleNamespace(pk=pk) for pk in seen]
    defaults = {
        "state": State.FORWARDED,
        "lead_unit": post.unit,
        "category": "theft",
        "place": "Qissa Khwani",
    }
    case = small_force.case(desk=force.desk, seen_by=units, account=force.account, **defaults | facts)
    made = small_force.order(case, to, part)
    made.due_at = SOON if part != "inform" else None
    made.save()
    return made


def photo(name: str = "photo.jpg", colour: str = "navy") -> SimpleUploadedFile:
    """A small picture as a phone uploads it."""
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


@contextlib.contextmanager
def web_role() -> Iterator[None]:
    """The rights of the web process, and a connection that was told of nobody yet."""
    with connection.cursor() as cursor:
        names = ("rabta.units", "rabta.receipt", "rabta.officer")
        cursor.execute("SELECT " + ", ".join(f"set_config('{name}', '', true)" for name in names))
        cursor.execute("SET ROLE rabta_web")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


class Browser:
    """A browser, signed in as an officer or not at all."""

    def __init__(self, officer: Officer | None = None, *, proved: bool = False) -> None:
        self.client = Client()
        if officer:
            self.client.force_login(officer)
        if officer and proved:
            self._prove(officer)

    def _prove(self, officer: Officer) -> None:
        """As after typing the password just now, which sensitive acts want."""
        session = self.client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(officer.pk)
        session.save()

    def get(self, path: str, **facts: Any) -> Any:
        with web_role():
            return self._read(self.client.get(path, **facts))

    def post(self, path: str, data: dict[str, Any] | None = None, **facts: Any) -> Any:
        with web_role():
            return self._read(self.client.post(path, data or {}, **facts))

    @staticmethod
    def _read(response: Any) -> Any:
        response.body = b"".join(response.streaming_content) if response.streaming else response.content
        return response


def prepared() -> None:
    """What the worker does with new photos."""
    for each in Evidence.objects.order_by("id"):
        evidence.prepare(each.pk, now=NOW)


def act(browser: Browser, order: Order, what: str, **data: Any) -> Any:
    """Press a button of an order's page, with a new key unless one is given."""
    return browser.post(f"/officer/order/{order.public_id}/{what}/", {"key": str(uuid4()), **data})

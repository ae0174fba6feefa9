"""Every address of the pages and the API, held against `routes.csv`: who may use it, and on whose cases.

| who | means |
|---|---|
| public | anybody, without signing in |
| secret | whoever has the secret in the address or a receipt code; 404 for others |
| any officer | everybody who signs in |
| permissions | officers with at least one of them, on cases that their units see |
| nobody | the name of an address that is served elsewhere |

Requests run as the database role of the web process.
"""

import csv
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import URLPattern, get_resolver

from rabta.cases.approvals import Approval
from rabta.cases.models import Attachment, Case, Event, Report
from rabta.channels.models import Account, Credential
from rabta.files.models import StoredFile
from rabta.force.access import PERMISSIONS
from rabta.force.models import Officer, Post, Role, Unit
from rabta.intake.models import Journal, JournalKey, Quarantined
from rabta.outbox.models import Delivery
from rabta.publishing.models import Publication
from rabta.review.models import Call, Escalation
from rabta.web.api import tokens
from tests.conftest import AsRole
from tests.figures import Figure
from tests.web import group_objects, small_force
from tests.web.small_force import NOW

pytestmark = pytest.mark.django_db
CLOSED = {302, 401, 403, 404}
LINK = "review/limit/<slug:public_id>"  # leads to the page of the case
BODIES = {
    "check": {"seen": []},
    "accept": {"unrelated": True},
    "turn-down": {"unrelated": True, "reason": "tout"},
    "remove": {"unrelated": True, "reason": "rules"},
    "review": {"uphold": True, "remark": "x"},
    "seats": {"seats": []},
    "reply": {"text": "x"},
    "note": {"text": "x"},
    "categorise": {"category": "theft"},
    "pause": {"reason": "court", "until": "2126-01-01T00:00:00Z"},
    "place": {"lat": 1, "lng": 1},
    "assign": {"officer": None},
    "order": {"post": "sho-south-post"},
    "release": {"remark": "x"},
    "refuse": {"reason": "not_here"},
    "hold": {"remark": "x"},
    "close": {"remark": "x"},
    "confidential": {"officers": ["0"]},
    "end_confidential": {"remark": "x"},
    "report": {"text": "x", "outcome": "action_taken"},
    "return": {"reason": "x"},
    "decide": {"decision": "accepted"},
    "end": {"outcome": "withdrawn", "remark": "x"},
    "transfer": {"force": "sindh", "remark": "x"},
    "reopen": {"remark": "x"},
    "decide_appeal": {"decision": "upheld", "remark": "x"},
    "hand_over": {"to": "x"},
    "confirm_hand_over": {"number": "x"},
    "fir": {"number": "1", "unit": "0", "on": "2026-01-01"},
    "investigation": {"under": True},
    "answer": {"decision": "approved"},
    "api/directions": {"group": "0123456789abcdef", "title": "x", "words": {"": "x"}},
    "api/good_work": {"title": "x", "text": "x", "promised": True},
    "amend": {"title": "x", "text": "x", "promised": True},
    "excuse": {"why": "x"},
    "directions/end": {"why": "x"},
    "good_work/return": {},
    "judge": {"decision": "verified"},
    "versions": {"unit": "0", "title": "x", "text": "x"},
    "questions": {"unit": "0", "outlet": "x", "text": "x"},
    "bulletins": {"title": "x", "words": {"": "x"}, "groups": ["0"]},
    "bulletins/refuse": {"remark": "x"},
    "bulletins/correct": {"words": {"": "x"}},
    "withdraw": {"why": "x"},
    "claims": {"text": "x", "unit": "0"},
    "claims/join": {"report": "0"},
    "claims/answer": {"verdict": "false", "unit": "0", "title": "x", "text": "x"},
    "join_case": {"case": "0"},
    "orders/end": {"reason": "x"},
    "merge": {"other": "0123456789abcdef", "reason": "x"},
    "split": {"messages": ["0123456789abcdef"]},
    "link": {"other": "0123456789abcdef", "reason": "x"},
    "unlink": {"other": "0123456789abcdef"},
    "reply_all": {"text": "x"},
    "api/groups": {"name": "x", "kind": "circle", "unit": "0123456789abcdef", "administrator": "x"},
    "estimate": {"words": {"": "x"}},
    "say": {"words": {"": "x"}},
    "orders": {"orders": [{"post": "sho-south-post", "part": "lead"}]},
    "pass_on": {},
    "give": {"officer": "0"},
    "take_back": {"reason": "x"},
    "send_back": {"remark": "x"},
}


@dataclass(frozen=True)
class Route:
    """One line of the table."""

    route: str
    methods: tuple[str, ...]
    who: str
    object: dict[str, str]

    @property
    def permissions(self) -> frozenset[str]:
        return (
            frozenset()
            if self.who in ("public", "secret", "nobody", "any officer")
            else frozenset(self.who.split())
        )

    def path(self, of: dict[str, str]) -> str:
        """The address with the ids of these objects in it."""

        def fill(match: re.Match[str]) -> str:
            named = self.object[match[1]]
            return of.get(named, named)

        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", fill, self.route)


def table() -> list[Route]:
    with (Path(__file__).parent / "routes.csv").open() as file:
        return [
            Route(
                row["route"],
                tuple(row["methods"].split()),
                row["who"],
                dict(pair.split("=") for pair in row["object"].split()),
            )
            for row in csv.DictReader(file)
        ]


def patterns(resolver: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the URLconf."""
    for each in (resolver or get_resolver()).url_patterns:
        address = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield address, each
        else:
            yield from patterns(each, address)


class World:
    """Two branches of one force, all roles in each, and one case with everything that hangs on it in the north."""

    def __init__(self, as_role: AsRole) -> None:
        self.as_role = as_role
        self.client = Client(raise_request_exception=False)  # one: each loads all middleware anew
        self.force = small_force.make()
        self.roles = {
            branch: {role: self.officer(role, getattr(self.force, branch)) for role in PERMISSIONS}
            for branch in ("hq", "north", "south")
        }
        self.foreign = self.objects(seen_by=[self.force.hq, self.force.north])

    def officer(self, role: str, branch: Unit) -> Officer:
        """An officer whose permissions reach the branch (desks serve the unit above them)."""
        from rabta.force.access import SERVES_PARENT

        at = branch
        if role in SERVES_PARENT:
            at = Unit.objects.filter(code=f"{branch.code}-OFFICE").first() or small_force.unit(
                f"{branch.code}-OFFICE", branch, level="desk"
            )
        return small_force.officer(f"{branch.code}-{role}".lower().replace("_", "-"), role, at)

    def objects(self, *, seen_by: list[Unit], **facts: Any) -> dict[str, str]:
        """Ids of a case and of one of everything that belongs to it."""
        account: Account = self.force.account
        case = small_force.case(desk=self.force.hq, seen_by=seen_by, account=account, **facts)
        order = small_force.order(case, self.force.sho_north)
        report = Report.objects.create(
            order=order, text="Done", outcome="action_taken", officer=self.force.sho_north, at=NOW
        )
        message = case.messages.get()
        return {
            "case": case.public_id,
            "order": order.public_id,
            "report": report.public_id,
            "closing": closing(case).public_id,
            "message": message.public_id,
            "call": Call.objects.create(order=order, asked_at=NOW).public_id,
            "escalation": escalation(case).public_id,
            "file": attachment(case).public_id,
            "delivery": str(delivery(case, account).token),
            "quarantined": str(quarantined(account).pk),
            "account": account.public_id,
            "credential": str(account.credential_id),
            "publication": publication(account.credential, self.force.sho_north).public_id,
            **({} if facts else group_objects.objects(seen_by)),  # groups are no part of any case
        }

    def ask(self, method: str, path: str, officer: Officer | None) -> int:
        """The status that the officer (or nobody) is answered."""
        client, headers, words = self.client, {}, {}
        client.cookies.clear()
        if path.startswith("/api/"):
            headers = {"authorization": f"Bearer {self.token(officer)}"} if officer else {}
            words = body_for(path) if method == "POST" else {}
        elif officer:
            client.cookies.load({settings.SESSION_COOKIE_NAME: self.session(officer)})
        with connection.cursor() as cursor:  # in service the scope ends with the transaction of a request
            cursor.execute(
                "SELECT set_config('rabta.units', '', true), set_config('rabta.receipt', '', true),"
                " set_config('rabta.groups', '', true)"
            )
        with self.as_role("rabta_web"):
            status: int = getattr(client, method.lower())(path, headers=headers, **words).status_code
        return status

    @cache  # noqa: B019 - the world ends with its test
    def token(self, officer: Officer) -> str:
        """A token for the API."""
        return tokens.create(username=officer.username)

    @cache  # noqa: B019
    def session(self, officer: Officer) -> str:
        """The key of a session after the login, just now: what asks again is satisfied."""
        client = Client()
        client.force_login(officer)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(officer.pk)
        session.save()
        return client.cookies[settings.SESSION_COOKIE_NAME].value


def body_for(path: str) -> dict[str, Any]:
    """A body of the right form, so that it is the rights that decide."""
    of, _, verb = path.split("/")[-3:]
    if verb == "evidence":
        return {"data": {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4", "application/pdf")}}
    return {
        "data": json.dumps(BODIES.get(f"{of}/{verb}", BODIES.get(verb, {}))),
        "content_type": "application/json",
    }


def attachment(case: Case) -> Attachment:
    stored = StoredFile.objects.create(
        kind="document", mime="application/pdf", size=1, sha256="0" * 64, stored_at=NOW
    )
    return Attachment.objects.create(
        message=case.messages.get(), kind="document", file=stored, state="stored", mime=stored.mime
    )


def closing(case: Case) -> Approval:
    """A closing that waits for a second officer; the citizen asked for it."""
    asked = Event.objects.create(case=case, at=NOW, what="closing_asked", data={"remark": "x"})
    return Approval.objects.create(case=case, outcome="withdrawn", event=asked, asked_at=NOW)


def escalation(case: Case) -> Escalation:
    return Escalation.objects.create(case=case, step="reply", level=1, due_at=NOW, at=NOW)


def publication(credential: Credential, author: Officer) -> Publication:
    """A post with a picture by an account of the north."""
    clean, original = (
        StoredFile.objects.create(kind="image", mime="image/jpeg", size=1, sha256=digit * 64, stored_at=NOW)
        for digit in "12"
    )
    original.cleaned = clean
    original.save()
    post = Post.objects.get(postings__officer=author)
    account = Account.objects.create(
        credential=credential,
        channel="x",
        unit=Unit.objects.get(code="NORTH"),
        name="X",
        external_id=uuid4().hex,
    )
    return Publication.objects.create(
        account=account, text="x", file=original, author=author, author_post=post, written_at=NOW
    )


def delivery(case: Case, account: Account) -> Delivery:
    return Delivery.objects.create(
        account=account, address_digest=b"0" * 16, text="x", state="failed", queued_at=NOW, due_at=NOW,
        visible_to=case.visible_to, hidden_from=case.hidden_from,
    )  # fmt: skip


def quarantined(account: Account) -> Quarantined:
    key = JournalKey.objects.create(sealed_key=b"k", created_at=NOW)
    journal = Journal.objects.create(
        credential=account.credential, key=key, received_at=NOW, sealed_body=b"b"
    )
    return Quarantined.objects.create(journal=journal, position=0, account=account, reason="x", at=NOW)


@pytest.fixture
def world(db: None, as_role: AsRole) -> World:
    return World(as_role)


def wrong(found: dict[str, Any]) -> str:
    return "\n".join(f"{what}: {status}" for what, status in found.items())


def test_every_route_is_in_the_table_and_nothing_else_is() -> None:
    assert sorted(route.route for route in table()) == sorted({address for address, _ in patterns()})


def test_the_methods_of_the_api_are_those_of_the_table() -> None:
    listed = {route.route: set(route.methods) for route in table() if route.route.startswith("api/")}
    from rabta.web.api.urls import api

    for prefix, router in api._routers:
        for path, view in router.path_operations.items():
            address = re.sub(r"//+", "/", f"api/v1/{prefix}/{path}").rstrip("/")
            methods = {method for operation in view.operations for method in operation.methods}
            assert listed[re.sub(r"{(\w+)}", r"<\1>", address)] == methods, address


def test_nobody_gets_in_without_signing_in(world: World) -> None:
    found = {
        f"{method} {route.route}": status
        for route in table()
        for method in ("GET", "POST")
        if route.who not in ("public",)
        if (status := world.ask(method, route.path(world.foreign), None)) not in CLOSED | {405}
    }
    assert not found, wrong(found)


def test_public_pages_ask_for_no_login(world: World) -> None:
    found = {
        route.route: status
        for route in table()
        if route.who == "public" and "GET" in route.methods
        if (status := world.ask("GET", route.path(world.foreign), None)) in (401, 403) or status >= 500
    }
    assert not found, wrong(found)


@pytest.mark.security
def test_no_role_without_the_permission_gets_in(world: World, figure: Figure) -> None:
    found, tried = {}, 0
    for route in table():
        for role, permissions in PERMISSIONS.items():
            if not route.permissions or route.permissions & permissions:
                continue
            for method in route.methods:
                status = world.ask(method, route.path(world.foreign), world.roles["hq"][role])
                tried += 1
                if status not in (403, 404):
                    found[f"{role}: {method} {route.route}"] = status
    figure("addresses open to a role without the right", f"{len(found)} of {tried}", "0")
    assert not found, wrong(found)
    assert tried > 1200


def test_what_is_ones_own_exists(world: World) -> None:
    """The other tests would also pass if nothing could be found at all."""
    found = {}
    for route in owned():
        if "GET" not in route.methods or route.who == "secret":
            continue
        if route.route.startswith("officer/"):  # a phone shows the orders to one's own post
            assert world.ask("GET", route.path(world.foreign), world.force.sho_north) == 200
            continue
        if route.route.startswith("inquiries/"):  # of an ordinary case: whoever could begin one
            assert world.ask("GET", route.path(world.foreign), world.roles["north"]["oversight"]) == 200
            continue
        for role, permissions in PERMISSIONS.items():
            # an inquiry officer sees what was given to him by name, and nothing by his unit
            if route.permissions & permissions and role != Role.INQUIRY_OFFICER:
                status = world.ask("GET", route.path(world.foreign), world.roles["north"][role])
                if status != (302 if route.route == LINK else 200):
                    found[f"{role}: {route.route}"] = status
    assert not found, wrong(found)


def test_a_get_changes_nothing_where_only_post_is_meant(world: World) -> None:
    found = {
        route.route: status
        for route in table()
        if route.methods == ("POST",)
        for officer in [world.roles["hq"]["desk_head"]]
        if (status := world.ask("GET", route.path(world.foreign), officer)) not in (403, 404, 405)
    }
    assert not found, wrong(found)


def owned() -> list[Route]:
    """Routes on one case or what belongs to it. An item of quarantine belongs to nobody; a link says nothing;
    officers and their sign-in have tests of their own (tests/web/accounts), keyholders and posts of the force too, and
    so has setting up. A review belongs to whoever held it (tests/web/limits_test.py). Good work is its author's too,
    pictures wait for their copy, an export asks for the second factor (tests/groups/relay_pages_test.py)."""
    free = ("desk/intake/quarantined/<int:pk>/settle/", "o/<slug:public_id>",
            "keyholders/<slug:public_id>/confirm/", "keyholders/<slug:public_id>/end/",
            "officers/sign-in/<slug:public_id>/", "account/factor/<int:pk>/remove/",
            "review/held/<slug:public_id>/",
            "groups/photos/<slug:public_id>/", "groups/directions/<slug:public_id>/export/")  # fmt: skip
    apart = ("setup/", "channels/posts/", "groups/good-work/", "api/v1/good_work/")
    routes = (route for route in table() if not route.route.startswith(apart))
    return [route for route in routes if route.object and route.route not in free]

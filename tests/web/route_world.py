"""Whoever asks an address and whatever it is about: two branches of a force, all roles, one of everything of a case."""

import time
from functools import cache
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.test import Client

from rabta.cases.approvals import Approval
from rabta.cases.models import Attachment, Case, Event, Report
from rabta.channels.models import Account, Credential
from rabta.files.models import StoredFile
from rabta.force.access import PERMISSIONS
from rabta.force.models import Officer, Post, Unit
from rabta.intake.models import Journal, JournalKey, Quarantined
from rabta.outbox.models import Delivery
from rabta.publishing.models import Publication
from rabta.review.models import Call, Escalation
from rabta.web.api import tokens
from tests.conftest import AsRole
from tests.web import group_objects, small_force
from tests.web.bodies import body_for
from tests.web.small_force import NOW


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

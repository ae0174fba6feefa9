"""What the tests of the citizen's pages ask again and again."""

from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import orjson
from django.core.cache import cache

from rabta import journey
from rabta.cases.models import Attachment, Case
from rabta.channels.models import Account, Credential
from rabta.force import directory
from rabta.intake import sealing
from rabta.intake.forms import receipt_digest
from rabta.intake.journal import data_keys
from rabta.intake.models import Journal
from rabta.jobs import media
from tests.web import small_force
from tests.web.officer import stage
from tests.web.officer.stage import Browser

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def with_a_form() -> SimpleNamespace:
    """The officers' small force, with the public form."""
    cache.clear()
    force = stage.make()
    credential = Credential.objects.create(channel="webform", name="Form", sealed_values=b"")
    force.form = Account.objects.create(
        credential=credential, channel="webform", name="Click and Post", external_id="form", unit=force.hq
    )
    return force


def handed_in() -> list[dict]:
    """The bodies in the journal, opened as the worker does."""
    rows = list(Journal.objects.order_by("id"))
    keys = data_keys(row.key_id for row in rows)
    return [
        orjson.loads(
            sealing.open_body(keys[row.key_id], bytes(row.sealed_body), credential=row.credential_id)
        )
        for row in rows
    ]


def form(**typed: object) -> dict[str, object]:
    return {"key": str(uuid4()), "text": "My cycle was stolen", "contact": "anonymous", **typed}


def case_of(force, code: str) -> Case:
    """The case that the worker makes of a submission."""
    return small_force.case(
        desk=force.desk,
        seen_by=[force.desk, force.hq],
        account=force.form,
        receipt_digest=receipt_digest(code),
    )


def enter(browser: Browser, code: str, **facts: str):
    return browser.post("/status/", {"code": code}, **facts)


def read_in(force) -> None:
    """What the worker does: the journal, then the files."""
    directory.forget()
    journey.read_journal(limit=10, now=NOW)
    media.fetch_attachments(list(Attachment.objects.values_list("pk", flat=True)), NOW)

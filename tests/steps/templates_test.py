"""Templates: fetched, told by hooks, handed in, and chosen by the relay."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from rabta.channels import templates
from rabta.channels.accounts import open_values, seal
from rabta.channels.contract import Button, TemplateFacts, TemplateNews, Trouble, TroubleCode
from rabta.channels.models import MessageTemplate
from rabta.channels.registry import BY_KIND
from rabta.intake import journal
from rabta.intake.models import LedgerEntry, Quarantined
from rabta.jobs import templates as jobs
from rabta.outbox import composing
from rabta.outbox.claim import Claimed
from rabta.replying import needed
from rabta.rules.templates import Known
from tests.cast import NOW, read
from tests.intake import bodies

BODY = {"type": "BODY", "text": "About {{1}}: {{2}} you can answer."}


def told(cast: SimpleNamespace, **facts: Any) -> TemplateNews:
    given = {"business": "201", "name": "update_v1", "language": "en", "account": "", "key": ""} | facts
    return TemplateNews(**given)


def held(language: str = "en") -> MessageTemplate:
    return MessageTemplate.objects.get(name="update_v1", language=language)


def test_the_list_is_kept_and_what_is_missing_from_it_is_gone(cast: SimpleNamespace) -> None:
    one = TemplateFacts(
        name="update_v1", language="en", state="approved", quality="green", components=(BODY,)
    )
    two = TemplateFacts(name="update_v1", language="ur", state="rejected", reason="SCAM")
    templates.store(credential_id=cast.app.pk, facts=[one, two], now=NOW)
    assert (held().state, held().quality, held("ur").reason) == ("approved", "green", "SCAM")
    assert templates.variables_of(held().components) == ["1", "2"]
    templates.store(credential_id=cast.app.pk, facts=[two], now=NOW + timedelta(hours=1))
    assert (held().state, held("ur").state) == ("gone", "rejected")
    templates.store(credential_id=cast.app.pk, facts=[one, two], now=NOW + timedelta(hours=2))
    assert held().state == "approved"


def test_a_hook_changes_state_quality_and_category(cast: SimpleNamespace) -> None:
    value = {"event": "PAUSED", "message_template_name": "update_v1", "message_template_language": "en"}
    change = {"field": "message_template_status_update", "value": value}
    raw = bodies.body(change)
    journal.append(cast.app, raw, NOW)
    read(at=NOW)
    assert held().state == "paused"
    templates.take_news(
        [(cast.app.pk, told(cast, state="approved", quality="red", category="marketing"))], now=NOW
    )
    assert (held().state, held().quality, held().category) == ("approved", "red", "marketing")
    entry = LedgerEntry.objects.get(became="change")
    assert (entry.account, entry.items) == (None, 1)
    assert not Quarantined.objects.exists()


def test_what_rabta_uses_is_complete_and_fit_for_the_provider() -> None:
    languages = {"en", "hi", "ur", "ps"}
    for name in {one.name for one in needed.needed()}:
        assert {one.language for one in needed.needed() if one.name == name} == languages, name
    for one in needed.needed():
        wanted = templates.variables_of([{"type": "BODY", "text": one.body}])
        assert wanted == [str(n + 1) for n in range(len(one.examples))], one.name
        assert not one.body.startswith("{{")
        assert not one.body.rstrip().endswith("}}"), "the provider refuses a variable at the end"
        assert all(len(text) <= 20 for text in one.buttons)


def claimed(**facts: Any) -> Claimed:
    template = {"name": "order_v1", "language": "ur", "params": ["a", "b", "c", "d"]}
    usual: dict[str, Any] = {
        "id": 1, "attempt_id": 1, "form": "template", "token": "t", "digest": b"", "number": "+923001234567",
        "sealed": None, "text": "x", "template": template, "public": False, "in_reply_to": None, "mark": "",
        "buttons": [{"key": "k", "title": "Accept", "number": 1}], "priority": 2, "queued_at": NOW, "attempts": 1,
        "file_id": None, "file_kind": None, "file_mime": None, "file_name": None,
    }  # fmt: skip
    known = set(Claimed._fields)
    return Claimed(**(usual | dict.fromkeys(known - set(usual)) | facts))


def composed(letter: Claimed, kind: str = "whatsapp", **known: Any) -> Any:
    return asyncio.run(composing.compose(letter, channel=BY_KIND[kind], templates=known.get("templates", {})))


def test_the_relay_takes_what_is_approved() -> None:
    known = {("order_v1", "en"): Known(state="approved", variables=4, replies=1)}
    letter = composed(claimed(), templates=known)
    assert (letter.template.language, letter.buttons) == ("en", (Button(key="k", title="Accept", number=1),))
    assert composed(claimed()).template.language == "ur", "what nobody asked the provider about is tried"
    with pytest.raises(Trouble) as trouble:
        composed(claimed(), templates={("order_v1", "ur"): Known(state="paused", variables=4)})
    assert (trouble.value.code, trouble.value.retry) == (TroubleCode.TEMPLATE, False)
    assert composed(claimed(form="text")).buttons
    assert composed(claimed(form="text"), kind="webform").text == "x\n1 Accept"


@contextmanager
def simulator(home: Path) -> Iterator[SimpleNamespace]:
    """The provider in a thread of its own, because a job opens a loop of its own."""
    from tests.simulator.stage import a_simulator

    stage, up, stop = SimpleNamespace(), Flag(), Flag()

    async def run() -> None:
        async with a_simulator(home) as made:
            stage.url = str(made.client._base_url)
            stage.call = lambda *given: asyncio.run_coroutine_threadsafe(made.call(*given), loop).result(20)
            up.set()
            await asyncio.to_thread(stop.wait)

    loop = asyncio.new_event_loop()
    thread = Thread(target=lambda: loop.run_until_complete(run()))
    thread.start()
    try:
        assert up.wait(30)
        yield stage
    finally:
        stop.set()
        thread.join()
        loop.close()


def test_a_template_is_handed_in_and_heard_of(cast: SimpleNamespace, tmp_path: Path) -> None:
    from tests.simulator.stage import TOKEN

    with simulator(tmp_path) as provider:
        values = open_values(cast.app.sealed_values)
        values |= {"access_token": TOKEN, "api_url": provider.url, "business_account": "200100"}
        cast.app.sealed_values = seal(values)
        cast.app.save()
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE rabta_worker")
            row = MessageTemplate.objects.create(
                credential=cast.app,
                name="order_v1",
                language="hi",
                state="submitting",
                changed_at=NOW,
                seen_at=NOW,
            )
            jobs.submit(row.pk, now=NOW)
            row.refresh_from_db()
            assert (row.state, len(row.components)) == ("pending", 2)
            provider.call("PUT", "/sim/templates/order_v1/hi/state", {"state": "rejected", "reason": "SCAM"})
            jobs.refresh_all(now=NOW)
            row.refresh_from_db()
            assert (row.state, row.reason) == ("rejected", "SCAM")
            row.state = "submitting"
            row.save()
            jobs.submit(row.pk, now=NOW)
            row.refresh_from_db()
            assert row.state == "rejected", "the provider has it already and says so"
            assert "already content" in row.reason
            cursor.execute("RESET ROLE")

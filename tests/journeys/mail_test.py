"""A citizen writes an e-mail: from the mailbox to the case, and the answers into the same thread, over IMAP and SMTP.

The simulator's mail office, the channel, journal, reading, outbox and relay are the real ones.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from django.utils import timezone

from rabta import journey
from rabta.cases.models import Attachment, Case, Message
from rabta.channels.accounts import create_account, create_credential
from rabta.channels.email import CHANNEL
from rabta.channels.models import Account
from rabta.force.access import system
from rabta.intake import ledger
from rabta.jobs import mailboxes, media
from rabta.outbox.models import Delivery
from rabta.outbox.relay import Relay
from simulator.app import make_app
from simulator.mail.office import OFFICE, Office
from simulator.mail.page import PORTS
from tests import cast as players
from tests.outbox.stage import relay_conninfo, running, until

pytestmark = pytest.mark.django_db(transaction=True)
BOX, MARIAM = "help@police.example", "mariam@example.org"
THEFT = "My motorcycle was stolen near Kotwali last night"


class World:
    """The mail office in a thread of its own, and our side of it."""

    def __init__(self, app: web.Application, do: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        self.office: Office = app[OFFICE]
        self._do = do

    def writes(self, subject: str, text: str, file: dict[str, Any] | None = None) -> None:
        """Mariam writes, and what came is read here."""

        async def write() -> None:
            self.office.write(person=MARIAM, box=BOX, subject=subject, text=text, file=file)

        self._do(write())
        self.hear()

    def hear(self) -> None:
        """Read the mailbox and the journal as the worker does."""
        for login in mailboxes.logins().values():
            mailboxes.read_on(login, threading.Event(), once=True)
        while journey.read_journal(limit=100, now=timezone.now()):
            pass

    def relay(self, wanted: int) -> list[dict[str, Any]]:
        """Let the relay send; what Mariam has got from us when so many letters left."""
        account = Account.objects.get(channel="email").pk

        def done(rows: list[dict[str, Any]]) -> bool:
            ours = [row["state"] for row in rows if row["account_id"] == account]
            return ours == ["sent"] * wanted

        async def play() -> None:
            async with (
                aiohttp.ClientSession() as session,
                running(Relay(conninfo=relay_conninfo(), channels={"email": CHANNEL}, session=session)),
            ):
                await until(done, seconds=60)

        asyncio.run(play())
        return [one for one in self.letters() if one["author"] == "force"]

    def letters(self) -> list[dict[str, Any]]:
        """Everything between Mariam and the force, oldest first."""

        async def letters() -> list[dict[str, Any]]:
            return self.office.letters(person=MARIAM, box=BOX)

        found: list[dict[str, Any]] = self._do(letters())
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A force with a mailbox at the simulated provider."""
    cast = players.make()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def do(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(60)

    async def start() -> tuple[web.Application, web.AppRunner]:
        made = make_app(home=tmp_path)
        runner = web.AppRunner(made)
        await runner.setup()
        return made, runner

    runner = None
    try:
        app, runner = do(start())
        values = {
            "username": "help",
            "password": "secret",
            "imap_host": "127.0.0.1",
            "smtp_host": "127.0.0.1",
        }
        values |= {f"{name}_port": str(port) for name, port in app[PORTS].items()}
        values |= {"imap_security": "none", "smtp_security": "none"}
        credential = create_credential(channel="email", name="Mail", values=values)
        create_account(credential=credential, name="Mail", external_id=BOX, unit=cast.hq)
        store = app[OFFICE].store

        async def people() -> None:
            store.insert(
                "mail_boxes", {"username": "help", "password": "secret", "address": BOX, "name": "Police"}
            )
            store.insert("mail_people", {"address": MARIAM, "name": "Mariam", "position": 0})

        do(people())
        yield World(app, do)
    finally:
        if runner is not None:
            do(runner.cleanup())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


def test_an_email_becomes_a_case_and_its_answers_stand_under_it(world: World) -> None:
    picture = {"name": "notice.txt", "type": "application/octet-stream", "data": b"%PDF-1.4 number plate 318"}
    world.writes("Stolen", THEFT, picture)
    case = Case.objects.get()
    assert case.category == "theft" and case.lead_unit is not None and case.lead_unit.code == "kotwali"
    (receipt,) = world.relay(1)
    assert case.reference in receipt["text"] and receipt["automatic"]
    first = world.letters()[0]
    assert (receipt["answers"], receipt["subject"]) == (first["id"], "Re: Stolen"), (
        "it stands under her letter"
    )

    media.fetch_attachments(list(Attachment.objects.values_list("pk", flat=True)), timezone.now())
    attachment = Attachment.objects.select_related("file").get()
    assert (attachment.state, attachment.file and attachment.file.name) == ("stored", "notice.txt")

    world.writes("Re: Stolen", "It was a red Honda")
    assert Case.objects.count() == 1
    newest = Message.objects.filter(direction="in").order_by("-pk")[0]
    assert newest.text == "It was a red Honda", "without the letter that it repeats"
    assert newest.in_reply_to is not None and newest.in_reply_to.direction == "out"

    world.writes("STATUS", "")
    with system("looking"):
        assert Message.objects.filter(direction="out", text__contains=case.reference).count() >= 2
    assert Delivery.objects.filter(account__channel="email").exclude(state="failed").exists()
    assert ledger.balance().balanced

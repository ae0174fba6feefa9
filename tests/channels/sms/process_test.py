"""The process that sends and receives: nothing is lost and nothing doubled, whatever dies meanwhile."""

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from rabta import keys
from rabta.channels.accounts import create_account, create_credential, open_values, seal
from rabta.channels.models import Account, Credential
from rabta.force import access
from rabta.force.models import Level, Unit
from rabta.intake import ledger, line, reading
from rabta.jobs import smpp
from rabta.journey.posts.accounts import health
from rabta.outbox import receipts
from rabta.outbox.models import Delivery
from rabta.outbox.posting import Outgoing, post
from rabta.outbox.relay import conninfo
from rabta.rules.accounts import Finding
from tests import running
from tests.peers.smsc import Smsc, smsc

pytestmark = pytest.mark.django_db(transaction=True)
URDU = "میری موٹر سائیکل گلبہار سے چوری ہو گئی ہے 😀 مدد کریں " * 4
PROCESS = (
    "import asyncio, sys, django; django.setup(); from rabta.jobs import smpp; asyncio.run(smpp._main())"
)


@pytest.fixture
def centre() -> Iterator[Smsc]:
    with smsc() as running_centre:
        yield running_centre


@pytest.fixture
def number(centre: Smsc) -> Account:
    """A short code of the headquarters at that centre."""
    level = Level.objects.create(code="force", name="Force", rank=0)
    unit = Unit.objects.create(code="force", name="Force", level=level)
    values = {"host": "127.0.0.1", "port": str(centre.port), "system_id": "police", "password": "secret"}
    values |= {"per_second": "500", "window": "20", "message_ids": "hex/dec"}
    credential = create_credential(channel="sms", name="Operator", values=values)
    return create_account(credential=credential, name="8300", external_id="8300", unit=unit)


def dsn() -> str:
    """The test's database, as the role that this process has."""
    return psycopg.conninfo.make_conninfo(conninfo(), user="rabta_smpp")


def queue(account: Account, *texts: str, **facts: Any) -> list[Delivery]:
    number = "+923001234567"
    letters = [
        Outgoing(
            account=account,
            number=f"+92300{1000000 + n}" if len(texts) > 1 else number,
            address_digest=keys.digest("handle", f"{n}"),
            text=text,
            visible_to=[1],
            **facts,
        )
        for n, text in enumerate(texts)
    ]
    return post(letters, datetime.now(UTC))


def serving(play: Callable[[], Awaitable[None]]) -> None:
    """Run the process's own loop while the play goes on."""

    async def both() -> None:
        stop = asyncio.Event()
        process = asyncio.create_task(smpp.serve(stop, region="PK", dsn=dsn()))
        try:
            await play()
        finally:
            stop.set()
            await process

    asyncio.run(both())


async def true(what: Callable[[], Any], *, seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.02)


def sql(query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(conninfo(), autocommit=True) as looking:
        return looking.execute(query).fetchall()


def read_all(heard: list[str]) -> None:
    """What the worker would read; texts of messages are remembered."""
    handlers = reading.Handlers(
        arrived=lambda items: heard.extend(one.item.text for one in items),
        receipts=lambda items: receipts.record(
            ((one.account.pk, one.item) for one in items), datetime.now(UTC)
        ),
        changed=lambda items: None,
    )
    while reading.read_batch(3, datetime.now(UTC), handlers):
        pass


def test_letters_leave_and_their_receipts_find_them(centre: Smsc, number: Account) -> None:
    centre.set(receipts=True, ids="hex")
    queue(number, "Reference PRY-7K3M", URDU)

    async def play() -> None:
        await true(lambda: sql("SELECT count(*) FROM intake_unread") == [(2,)])
        await true(lambda: sql("SELECT count(*) FROM outbox_delivery WHERE state = 'sent'") == [(2,)])

    serving(play)
    read_all([])
    assert list(Delivery.objects.values_list("state", flat=True)) == ["delivered", "delivered"]
    texts: dict[str, str] = {}
    for fact in centre.of("submit"):
        texts[fact["to"]] = texts.get(fact["to"], "") + fact["text"]
    assert sorted(texts.values()) == sorted(["Reference PRY-7K3M", URDU])
    assert ledger.balance().balanced


def test_parts_in_any_order_and_twice_are_one_message(centre: Smsc, number: Account) -> None:
    data = URDU.encode("utf-16-be")
    pieces = [data[at : at + 133] for at in range(0, len(data), 133)]
    order = [*range(len(pieces)), 1, 0]
    random.Random(4).shuffle(order)

    async def play() -> None:
        await true(lambda: centre.of("bind"))
        for mark, at in enumerate(order):
            udh = bytes([5, 0, 3, 9, len(pieces), at + 1]).hex()
            centre.deliver(
                str(mark), source_addr="923009999999", destination_addr="8300", data_coding=8, esm_class=0x40, udh=udh,
                hex=pieces[at].hex(),
            )  # fmt: skip
        await true(lambda: len(centre.of("answer")) == len(order))

    serving(play)
    assert {fact["status"] for fact in centre.of("answer")} == {0}
    heard: list[str] = []
    read_all(heard)
    assert heard == [URDU]
    assert sql("SELECT count(*) FROM intake_part") == [(0,)]
    (one,) = ledger.balance().to_json()["accounts"]
    assert (one["messages"], one["duplicates"], one["received"]) == (1, 2, len(order))
    assert ledger.balance().balanced


def test_while_the_database_is_away_messages_are_refused_and_come_again(
    centre: Smsc, number: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = line.connection_facts

    async def play() -> None:
        await true(lambda: centre.of("bind"))
        monkeypatch.setattr(line, "connection_facts", lambda: facts() | {"host": "127.0.0.1", "port": 9})
        centre.deliver(
            "away", source_addr="923009999999", destination_addr="8300", short_message="help me please"
        )
        await true(lambda: centre.of("answer"))
        monkeypatch.setattr(line, "connection_facts", facts)
        for mark in ("back", "again"):  # the second one because our answer to the first was lost
            centre.deliver(
                mark, source_addr="923009999999", destination_addr="8300", short_message="help me please"
            )
        await true(lambda: len(centre.of("answer")) == 3)

    serving(play)
    assert {fact["mark"]: fact["status"] for fact in centre.of("answer")} == {
        "away": 0x64,
        "back": 0,
        "again": 0,
    }
    heard: list[str] = []
    read_all(heard)
    assert heard == ["help me please"]


def alarms(account: Account) -> tuple[Finding | None, str]:
    """What people are called for, and what the page says of the connection."""
    with access.system("a test"):
        (one,) = health([account], now=datetime.now(UTC))
        return one.alarm, one.outbox.pulse.hearing_text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "wrong"}, "the bind was refused (0x0E)"),
        ({"window": "abc"}, "the field window can't be used"),
    ],
)
def test_an_account_that_can_not_be_bound_is_told_of_until_it_can(
    centre: Smsc, number: Account, wrong: dict[str, str], words: str
) -> None:
    right = open_values(number.credential.sealed_values)

    def enter(values: dict[str, str]) -> None:
        Credential.objects.filter(pk=number.credential_id).update(sealed_values=seal(values))

    enter(right | wrong)

    async def play() -> None:
        await true(lambda: sql("SELECT hearing FROM outbox_pulse") == [("credentials",)])
        assert await sync_to_async(alarms)(number) == (Finding.REFUSED, words)
        await sync_to_async(enter)(right)
        await true(lambda: sql("SELECT hearing FROM outbox_pulse WHERE heard_at IS NOT NULL") == [("",)])
        assert await sync_to_async(alarms)(number) == (None, "")

    serving(play)
    with access.system("a test"):
        (later,) = health([number], now=datetime.now(UTC) + timedelta(minutes=6))
    assert later.alarm is Finding.CUT_OFF, "the process is not there any more"


def start_process(**more: str) -> running.Child:
    environment = os.environ | {"RABTA_HOME": str(settings.HOME), "RABTA_DB_ROLE": "rabta_smpp"} | more
    name = settings.DATABASES["default"]["NAME"]
    use = f"from django.conf import settings; settings.DATABASES['default']['NAME'] = {name!r};"
    script = PROCESS.replace("django.setup();", f"django.setup(); {use}")
    return running.start([sys.executable, "-c", script], environment=environment)


@pytest.mark.parametrize(("place", "reached"), [("after_claim", 0), ("after_http_200", 1)])
def test_what_a_dead_process_was_sending_is_in_doubt(
    centre: Smsc, number: Account, place: str, reached: int
) -> None:
    queue(number, "order")
    child = start_process(RABTA_CRASH_AT=place)
    assert child.wait(90) == -signal.SIGKILL
    assert sql("SELECT state FROM outbox_delivery") == [("sending",)]

    async def play() -> None:
        await true(lambda: sql("SELECT state FROM outbox_delivery") == [("in_doubt",)])

    serving(play)
    running.wait_until(lambda: len(centre.of("submit")) == reached)


@pytest.mark.faults
def test_kills_during_sending_lose_nothing_and_double_nothing(centre: Smsc, number: Account) -> None:
    count, kills, chance = 400, 4, random.Random(7)
    queue(number, *(f"letter {n:04d}" for n in range(count)))
    centre.set(slow=15)
    for _ in range(kills):
        before = len(centre.of("submit"))
        child = start_process()
        running.wait_until(lambda before=before: len(centre.of("submit")) > before + 20, child=child)
        time.sleep(chance.uniform(0, 0.1))
        child.kill()
        child.wait()

    async def play() -> None:
        waiting = "SELECT count(*) FROM outbox_delivery WHERE state IN ('queued', 'sending')"
        await true(lambda: sql(waiting) == [(0,)], seconds=90)

    serving(play)
    taken = Counter(fact["text"] for fact in centre.of("submit"))
    states = dict(sql("SELECT text, state FROM outbox_delivery"))
    assert [text for text, times in taken.items() if times > 1] == []
    assert [text for text, state in states.items() if text not in taken and state != "in_doubt"] == []
    unsure = sum(state == "in_doubt" for state in states.values())
    assert unsure <= kills * 100  # what was claimed, a tenth of a second's worth and the window
    connection.close()

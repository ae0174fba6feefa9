"""Reading a mailbox of Debian's Dovecot: nothing left out, nothing twice, nothing marked too early."""

import asyncio
import base64
import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import orjson
import pytest
from django.conf import settings
from django.db import connection

from rabta.channels.accounts import create_account, create_credential, seal
from rabta.channels.contract import AccountFacts, Arrived, Trouble
from rabta.channels.email import CHANNEL, check
from rabta.channels.email.fields import read_facts
from rabta.channels.email.inbox import Inbox
from rabta.channels.models import Account
from rabta.force import access
from rabta.force.models import Level, Unit
from rabta.intake import journal, ledger, reading
from rabta.intake.models import Journal, Mailbox
from rabta.jobs import mailboxes
from rabta.journey.posts.accounts import health
from tests import running
from tests.peers.dovecot import SERVER, Dovecot, dovecot

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not SERVER, reason="Debian's dovecot-imapd is not installed (apt-get install dovecot-imapd)"
    ),
]
ADDRESS = "help@police.example"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running_server:
        yield running_server


@pytest.fixture
def user() -> str:
    """A mailbox that no other test has."""
    return f"u{uuid.uuid4().hex[:10]}"


Connect = Callable[..., Account]


@pytest.fixture
def connect(server: Dovecot, user: str) -> Connect:
    def connecting(*addresses: str, **values: str) -> Account:
        level = Level.objects.create(code="force", name="Force", rank=0)
        unit = Unit.objects.create(code="force", name="Force", level=level)
        given = values_of(server, user) | values
        credential = create_credential(channel="email", name="Mail", values=given)
        made = [
            create_account(credential=credential, name=one, external_id=one, unit=unit)
            for one in addresses or (ADDRESS,)
        ]
        return made[0]

    return connecting


def values_of(server: Dovecot, user: str) -> dict[str, str]:
    return {
        "username": user, "password": "secret", "imap_host": "127.0.0.1", "imap_port": str(server.port),
        "imap_security": "none", "smtp_host": "127.0.0.1", "smtp_port": "9", "smtp_security": "none",
    }  # fmt: skip


def mail(number: int, *, to: str = ADDRESS, **headers: str) -> bytes:
    facts = {
        "From": "Mariam <mariam@example.org>",
        "To": to,
        "Message-ID": f"<m{number}@example.org>",
    } | headers
    lines = [f"{name}: {value}" for name, value in facts.items()]
    return "\r\n".join([*lines, "", f"words {number}", ""]).encode()


def read_once() -> None:
    """One look at every mailbox, as the worker does."""
    for login in mailboxes.logins().values():
        mailboxes.read_on(login, threading.Event(), once=True)


def heard() -> list[str]:
    """What a worker reads from the journal."""
    texts: list[str] = []
    handlers = reading.Handlers(
        arrived=lambda items: texts.extend(one.item.text for one in items),
        receipts=lambda items: None,
        changed=lambda items: None,
    )
    while reading.read_batch(20, datetime.now(UTC), handlers):
        pass
    return texts


def test_a_message_is_taken_once_and_marked_as_read(server: Dovecot, connect: Connect, user: str) -> None:
    server.put(user, mail(1), mail(2))
    connect()
    read_once()
    assert sorted(heard()) == ["words 1", "words 2"]
    assert all("\\Seen" in one for one in server.flags(user))
    server.put(user, mail(3))
    read_once()
    read_once()
    assert heard() == ["words 3"]
    assert Journal.objects.count() == 3
    assert ledger.balance().balanced


def test_the_journal_has_every_byte(server: Dovecot, connect: Connect, user: str) -> None:
    odd = mail(1, Subject="caf\xe9") + bytes({*range(1, 256)} - {10, 13}) + b"\r\n"
    server.put(user, odd)
    connect()
    read_once()
    (row,) = Journal.objects.all()
    body = orjson.loads(journal.body(row.pk) or b"")
    assert body["raw"].encode("latin-1") == odd
    assert (body["account"], body["own"], body["cut"]) == (ADDRESS, [ADDRESS], False)


@pytest.mark.parametrize("afterwards", ["move", "leave"])
def test_what_was_taken_goes_where_the_mailbox_says(
    server: Dovecot, connect: Connect, user: str, afterwards: str
) -> None:
    server.put(user, mail(1))
    connect(afterwards=afterwards, move_to="Taken by Rabta")
    read_once()
    server.put(user, mail(2))
    read_once()
    assert sorted(heard()) == ["words 1", "words 2"]
    if afterwards == "move":
        assert server.flags(user) == []
        assert len(server.flags(user, '"Taken by Rabta"')) == 2
    else:
        assert [("\\Seen" in one) for one in server.flags(user)] == [False, False]


def test_numbers_of_another_life_of_the_folder_are_not_believed(
    server: Dovecot, connect: Connect, user: str
) -> None:
    server.put(user, mail(1), mail(2))
    connect()
    read_once()
    Mailbox.objects.update(validity=7, taken=10_000, settled=10_000)  # as if the folder was made anew
    server.put(user, mail(3))
    read_once()
    assert sorted(heard()) == ["words 1", "words 2", "words 3"]
    (one,) = ledger.balance().to_json()["accounts"]
    assert (one["messages"], one["duplicates"]) == (3, 2)


def test_each_address_of_a_mailbox_is_an_account(server: Dovecot, connect: Connect, user: str) -> None:
    server.put(
        user,
        mail(1, to="Info <INFO@police.example>"),
        mail(2, to="elsewhere@example.org"),
        mail(3, to="friend@example.org", Cc="info+x@police.example"),
        mail(4, **{"Delivered-To": "info@police.example"}),
    )
    connect(ADDRESS, "info@police.example")
    read_once()
    named = [orjson.loads(journal.body(row.pk) or b"")["account"] for row in Journal.objects.order_by("pk")]
    assert named == ["info@police.example", ADDRESS, "info@police.example", "info@police.example"]


def test_of_a_message_that_is_too_large_the_beginning_is_taken(
    server: Dovecot, connect: Connect, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rabta.channels.email.inbox.LARGEST", 2000)
    monkeypatch.setattr("rabta.channels.email.inbox.OF_THE_LARGE", 500)
    server.put(user, mail(1) + b"x" * 3000, mail(2))
    connect()
    read_once()
    first, second = heard()
    assert first.startswith("words 1") and first.endswith("[…]") and len(first) < 600
    assert second == "words 2"


def test_a_thread_hears_new_messages_by_itself(server: Dovecot, connect: Connect, user: str) -> None:
    connect()
    stop = threading.Event()
    thread = threading.Thread(target=_watching, args=(stop,))
    thread.start()
    try:
        running.wait_until(Mailbox.objects.exists)
        server.put(user, mail(1))
        running.wait_until(lambda: Journal.objects.count() == 1, seconds=60)
        running.wait_until(lambda: "\\Seen" in server.flags(user)[0])
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


def test_a_mailbox_that_can_not_be_read_is_told_of_until_it_can(
    server: Dovecot, connect: Connect, user: str
) -> None:
    server.put(user, mail(1))
    account = connect(password="wrong")
    watched = threading.Event()
    thread = threading.Thread(target=_watching, args=(watched,))
    thread.start()
    try:
        running.wait_until(lambda: Mailbox.objects.filter(trouble="credentials").exists())
    finally:
        watched.set()
        thread.join(30)
    with access.system("a test"):
        (one,) = health([account], now=datetime.now(UTC))
    assert one.alarm == "refused"
    account.credential.sealed_values = seal(values_of(server, user))
    account.credential.save()
    read_once()
    with access.system("a test"):
        (one,) = health([account], now=datetime.now(UTC))
    assert (one.findings, heard()) == ([], ["words 1"])


def _watching(stop: threading.Event) -> None:
    try:
        mailboxes.watch(stop)
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("wrong", "code", "word"),
    [
        ({"password": "wrong"}, "credentials", "IMAP"),
        ({"imap_port": "9"}, "unreachable", "IMAP"),
        ({"folder": "Nowhere"}, "refused", "IMAP"),
        ({}, "unreachable", "SMTP"),
    ],
)
def test_the_test_button_says_which_server_fails(
    server: Dovecot, user: str, wrong: dict[str, str], code: str, word: str
) -> None:
    account = AccountFacts(external_id=ADDRESS, values=values_of(server, user) | wrong)
    with pytest.raises(Trouble) as told:
        asyncio.run(check(None, account))  # type: ignore[arg-type]
    assert (told.value.code, told.value.text[:4]) == (code, word)


PROCESS = (
    "import django; django.setup(); USE; import threading; from rabta.jobs import mailboxes; "
    "mailboxes.watch(threading.Event())"
)


def start_process(**more: str) -> running.Child:
    environment = os.environ | {"RABTA_HOME": str(settings.HOME), "RABTA_DB_ROLE": "rabta_worker"} | more
    name = settings.DATABASES["default"]["NAME"]
    use = f"from django.conf import settings; settings.DATABASES['default']['NAME'] = {name!r}"
    return running.start([sys.executable, "-c", PROCESS.replace("USE", use)], environment=environment)


@pytest.mark.parametrize(
    ("place", "afterwards"),
    [("before_mail_is_durable", "read"), ("after_mail_is_durable", "move"), ("after_mail_is_marked", "move")],
)
def test_whatever_kills_the_reader_nothing_is_lost_and_nothing_doubled(
    server: Dovecot, connect: Connect, user: str, place: str, afterwards: str
) -> None:
    server.put(user, *(mail(number) for number in range(5)))
    connect(afterwards=afterwards)
    child = start_process(RABTA_CRASH_AT=place)
    assert child.wait(90) == -signal.SIGKILL
    durable = Journal.objects.count()
    assert (
        durable == {"before_mail_is_durable": 0, "after_mail_is_durable": 1, "after_mail_is_marked": 5}[place]
    )
    if place != "after_mail_is_marked":
        assert not any("\\Seen" in one for one in server.flags(user)), (
            "nothing is marked before it is durable"
        )
    read_once()
    assert Journal.objects.count() == 5, "each once in the journal"
    assert sorted(heard()) == [f"words {number}" for number in range(5)]
    left = server.flags(user)
    assert left == [] if afterwards == "move" else all("\\Seen" in one for one in left)


def test_files_come_out_of_the_journal(server: Dovecot, connect: Connect, user: str) -> None:
    picture = b"\x89PNG\r\n" + bytes(range(256)) * 20
    head = b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n"
    words = b"--m\r\nContent-Type: text/plain\r\n\r\nSee this.\r\n"
    file = b"--m\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    server.put(user, head + words + file + base64.encodebytes(picture) + b"\r\n--m--\r\n")
    connect()
    read_once()
    (row,) = Journal.objects.all()
    raw = journal.body(row.pk) or b""
    (item,) = CHANNEL.read(raw)
    assert isinstance(item, Arrived)
    assert [(media.kind, media.name) for media in item.media] == [("image", "a.png")]
    assert CHANNEL.within and CHANNEL.within(raw, item.media[0].ref) == picture


def test_a_mailbox_without_idle_is_looked_at_again(
    server: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rabta.channels.email.inbox.LOOK_EVERY", 0.3)
    with Inbox(read_facts(values_of(server, user))) as inbox:
        inbox._can_idle = False
        before = inbox.after(0)
        server.put(user, mail(1))
        inbox.wait(60, stop=lambda: False)
        assert before == [] and len(inbox.after(0)) == 1

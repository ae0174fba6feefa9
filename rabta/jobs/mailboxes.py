"""Reading mailboxes: what comes into them goes into the journal, and is marked on the server when it is durable.

One worker at a time reads a mailbox, by an advisory lock; each mailbox has a thread, which waits for the server's word
(IDLE) or looks again. The place up to which a mailbox was read is written in the transaction that holds the message, so
that a worker which dies at any moment leaves nothing out and takes nothing twice.
"""

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from threading import Event as Flag
from typing import Any

import psycopg
from cryptography.fernet import InvalidToken
from django.db import close_old_connections, connections
from django.utils import timezone

from rabta.channels.accounts import facts
from rabta.channels.contract import Trouble, TroubleCode
from rabta.channels.email import CHANNEL
from rabta.channels.email.addressed import account_for
from rabta.channels.email.body import body_of
from rabta.channels.email.fields import Facts, read_facts
from rabta.channels.email.inbox import Found, Inbox, begins
from rabta.channels.fields import WrongField
from rabta.channels.models import Account, Credential
from rabta.force.access import system
from rabta.intake import mailboxes
from rabta.intake.mailboxes import Place
from rabta.jobs.tailer import connection_settings
from rabta.kit import crash

LOCKS = 727_226  # class of our advisory locks; the object is the credential's id
LOOKS = 5.0  # seconds between two looks at the register
AT_ONCE = 50  # messages between two marks
WAIT = 60.0  # seconds without a word from the server, then we look by ourselves
SHORTEST_PAUSE, LONGEST_PAUSE = 2.0, 60.0  # after trouble
PATIENCE = 3.0  # for the threads at the end
OVERLAP = begins  # messages that came a day before are looked at again when their numbers have changed
WHY = "reading a mailbox"
MOST_REFUSALS = 5
_refusals: Counter[tuple[int, int, int]] = Counter()  # how often a message was not given
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Login:
    """A mailbox: the login under which it is read, and our addresses that arrive there."""

    credential: int
    values: tuple[tuple[str, str], ...]
    own: tuple[str, ...]


@dataclass
class Watch:
    """A thread that reads one mailbox until it is told to stop."""

    login: Login
    stop: Flag = field(default_factory=Flag)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        name = f"mailbox {self.login.credential}"
        self.thread = threading.Thread(target=_read, args=(self.login, self.stop), name=name, daemon=True)
        self.thread.start()


def watch(stop: Flag) -> None:
    """Read all mailboxes until `stop`; raises psycopg.Error when the database goes away (call it again then)."""
    watched: dict[int, Watch] = {}
    try:
        with psycopg.connect(**connection_settings(), autocommit=True) as database:
            while not stop.is_set():
                _keep(watched, database)
                stop.wait(LOOKS)
    finally:
        _end(list(watched.values()))


def _keep(watched: dict[int, Watch], database: psycopg.Connection[Any]) -> None:
    """Begin with mailboxes that nobody reads, and leave those that are gone or have other facts now."""
    database.execute("SELECT 1")  # the locks live as long as this connection
    wanted = logins()
    for credential, one in list(watched.items()):
        if wanted.get(credential) != one.login or not one.thread.is_alive():
            _end([watched.pop(credential)])
            database.execute("SELECT pg_advisory_unlock(%s, %s::int)", [LOCKS, credential])
    for credential, login in wanted.items():
        if credential not in watched and _lock(database, credential):
            watched[credential] = Watch(login)


def _lock(database: psycopg.Connection[Any], credential: int) -> bool:
    row = database.execute("SELECT pg_try_advisory_lock(%s, %s::int)", [LOCKS, credential]).fetchone()
    return bool(row and row[0])


def _end(watches: list[Watch]) -> None:
    for one in watches:
        one.stop.set()
    until = time.monotonic() + PATIENCE
    for one in watches:
        one.thread.join(max(0.0, until - time.monotonic()))


def logins() -> dict[int, Login]:
    """The mailboxes of the register, by credential. Also of paused accounts, which send nothing but still receive."""
    close_old_connections()
    found: dict[int, Login] = {}
    with system(WHY):
        accounts = Account.objects.filter(channel=CHANNEL.kind).select_related("credential").order_by("pk")
        for account in accounts:
            key = account.credential_id
            try:
                values = facts(account).values
            except InvalidToken:
                log.error("The secrets of account %s can't be opened; was accounts.key replaced?", account.pk)
                continue
            own = (*found[key].own, account.external_id) if key in found else (account.external_id,)
            found[key] = Login(key, tuple(sorted(values.items())), own)
    return found


def _read(login: Login, stop: Flag) -> None:
    """Read one mailbox again and again, with growing pauses while there is trouble."""
    pause = SHORTEST_PAUSE
    while not stop.is_set():
        began = time.monotonic()
        try:
            read_on(login, stop)
        except Trouble as trouble:
            log.warning("Mailbox %s can't be read: %s", login.credential, trouble.text or trouble.code)
            _note(login, trouble.code.value)
        except WrongField as error:
            log.error("Mailbox %s: the field %s can't be used", login.credential, error)
            _note(login, "credentials")
        except Exception:
            log.exception("Mailbox %s: trouble, going on in %s s", login.credential, pause)
            connections.close_all()
        pause = SHORTEST_PAUSE if time.monotonic() - began > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
        stop.wait(pause)
    connections.close_all()


def _note(login: Login, trouble: str) -> None:
    try:
        with system(WHY):
            mailboxes.looked(login.credential, now=timezone.now(), trouble=trouble)
    except Exception:
        log.exception("Mailbox %s: its trouble can't be noted", login.credential)
        connections.close_all()


def read_on(login: Login, stop: Flag, *, once: bool = False) -> None:
    """Take what is new, mark it, wait for more, until `stop` (with `once`: until there is no more). Raises Trouble."""
    told = read_facts(dict(login.values))
    with Inbox(told) as inbox:
        with system(WHY):
            credential = Credential.objects.get(pk=login.credential)
            place = _place(inbox, told, credential)
        while not stop.is_set():
            close_old_connections()
            place = _take_new(inbox, told, login, credential, place, stop)
            with system(WHY):
                mailboxes.looked(credential.pk, now=timezone.now())
            if once:
                return
            inbox.wait(WAIT, stop=stop.is_set)


def _place(inbox: Inbox, told: Facts, credential: Credential) -> Place:
    """Where to go on. The numbers of messages that we know count only with the server's UIDVALIDITY."""
    now = timezone.now()
    found = mailboxes.known(credential.pk)
    if found and (found[0].folder, found[0].validity) == (told.folder[:200], inbox.validity):
        return found[0]
    lately = inbox.since(OVERLAP(found[1] if found else now))  # copies have no second effect
    last = lately[0] - 1 if lately else max(inbox.next_uid - 1, 0)
    place = Place(folder=told.folder[:200], validity=inbox.validity, taken=last, settled=last)
    return mailboxes.begin(credential.pk, place, now=now)


def _take_new(
    inbox: Inbox, told: Facts, login: Login, credential: Credential, place: Place, stop: Flag
) -> Place:
    """Everything above the place, oldest first, marked in small groups as soon as it is durable; the new place."""
    waiting = inbox.after(place.settled)
    done: list[int] = []
    for number, uid in enumerate(waiting, start=1):
        if stop.is_set():
            break
        if uid > place.taken:
            found = _fetched(inbox, credential, uid)
            if found is not None:
                _take(found, told, login, credential, place)
        done.append(uid)
        if len(done) >= AT_ONCE or number == len(waiting):
            place = _settle(inbox, credential, place, done)
            done = []
    return _settle(inbox, credential, place, done) if done else place


def _fetched(inbox: Inbox, credential: Credential, uid: int) -> Found | None:
    """The message; one that the server does not give, however often it is asked, goes to quarantine as an empty one."""
    try:
        return inbox.fetch(uid)
    except Trouble as trouble:
        key = (credential.pk, inbox.validity, uid)
        _refusals[key] += 1
        if trouble.code is not TroubleCode.REFUSED or _refusals[key] < MOST_REFUSALS:
            raise
    log.error("Mailbox %s: the server does not give message %s; it stays there", credential.pk, uid)
    return Found(uid=uid, raw=b"", at=timezone.now(), cut=True)


def _take(found: Found, told: Facts, login: Login, credential: Credential, place: Place) -> None:
    crash.point("before_mail_is_durable")
    body = body_of(
        found.raw,
        account=account_for(found.raw, login.own),
        at=found.at.timestamp(),
        own=login.own,
        servers=told.servers,
        cut=found.cut,
    )
    with system(WHY):
        mailboxes.take(credential, body, place=place, uid=found.uid, now=timezone.now())
    crash.point("after_mail_is_durable")


def _settle(inbox: Inbox, credential: Credential, place: Place, uids: list[int]) -> Place:
    try:
        inbox.settle(uids)
    except Trouble as trouble:
        if trouble.code is not TroubleCode.REFUSED:
            raise
        # What is durable here may stay unmarked there; it must not keep back what comes after it.
        log.warning("Mailbox %s: messages can't be marked (%s)", credential.pk, trouble.text)
    crash.point("after_mail_is_marked")
    with system(WHY):
        mailboxes.settled(credential.pk, place=place, uid=uids[-1])
    last = uids[-1]
    return Place(
        folder=place.folder,
        validity=place.validity,
        taken=max(place.taken, last),
        settled=max(place.settled, last),
    )

"""What items do: each has its effect once, and one that fails does not take the others with it."""

import logging
import traceback
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from rabta import keys
from rabta.channels.contract import Arrived, Changed, Ignored, Read, Receipt, TemplateNews, Unreadable
from rabta.intake import parts
from rabta.intake.contents import Incoming, Problem

Items = list[Incoming[Read]]
AT_ONCE = 500
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Handlers:
    """Where items go: each is called with a list of `Incoming`, within the transaction.

    An exception undoes what the handler did; the list is halved until the item that fails is alone.
    """

    arrived: Callable[[list[Incoming[Arrived]]], object]  # messages of people
    receipts: Callable[[list[Incoming[Receipt]]], object]  # the providers' words on what we sent
    changed: Callable[[list[Incoming[Changed]]], object]  # edits, revocations, reactions, new numbers
    # what providers say of templates, with the id of the credential: it names no account, and twice does no harm
    news: Callable[[list[tuple[int, TemplateNews]]], object] = lambda _news: None
    # what must be asked for, or answered at once (`ask`)
    asked: Callable[[list[Incoming[Ignored | Arrived]]], object] = lambda _asked: None


@dataclass(frozen=True)
class Outcome:
    """What became of a list: done, already known, or failed alone."""

    done: Items
    duplicates: Items
    problems: list[Problem]


def carry_out(items: Items, handlers: Handlers, *, now: datetime) -> Outcome:
    """Give new items to the handlers, a few hundred at a time."""
    total = Outcome([], [], [])
    for start in range(0, len(items), AT_ONCE):
        part = _carefully(items[start : start + AT_ONCE], handlers, now)
        total.done.extend(part.done)
        total.duplicates.extend(part.duplicates)
        total.problems.extend(part.problems)
    return total


def _carefully(items: Items, handlers: Handlers, now: datetime) -> Outcome:
    """Under a savepoint: the whole list, else its halves, else the single item is a problem."""
    try:
        with transaction.atomic():
            return _together(items, handlers, now)
    except (OperationalError, InterfaceError):
        raise  # the database's trouble, no item's fault: the whole batch is tried again later
    except Exception as error:  # noqa: BLE001 (whatever it is, the other items go on)
        if len(items) == 1:
            where = traceback.extract_tb(error.__traceback__)[
                -1
            ]  # and not its words: they may quote the message
            log.error(
                "an item of journal %s could not be processed: %s at %s:%s",
                items[0].journal_id, type(error).__name__, where.filename, where.lineno,
            )  # fmt: skip
            return Outcome([], [], [problem(items[0], f"could not be processed ({type(error).__name__})")])
    middle = len(items) // 2
    first, second = (_carefully(half, handlers, now) for half in (items[:middle], items[middle:]))
    return Outcome(
        first.done + second.done, first.duplicates + second.duplicates, first.problems + second.problems
    )


def _together(items: Items, handlers: Handlers, now: datetime) -> Outcome:
    new, duplicates = remember(items, now=now)
    new = parts.gather(new)
    by_kind: tuple[tuple[Callable[[list[Any]], object], type[Read]], ...] = (
        (handlers.arrived, Arrived),
        (handlers.receipts, Receipt),
        (handlers.changed, Changed),
    )
    for handler, kind in by_kind:
        if chosen := [incoming for incoming in new if isinstance(incoming.item, kind)]:
            handler(chosen)
    asks: list[Any] = [x for x in new if isinstance(x.item, Ignored | Arrived) and x.item.ask]
    if asks:
        handlers.asked(asks)
    problems = [problem(x, x.item.reason) for x in new if isinstance(x.item, Unreadable)]
    return Outcome([x for x in new if not isinstance(x.item, Unreadable)], duplicates, problems)


def problem(incoming: Incoming[Read], reason: str) -> Problem:
    """The item for quarantine."""
    return Problem(
        journal_id=incoming.journal_id,
        position=incoming.position,
        account=incoming.account,
        channel=incoming.account.channel,
        reason=reason,
    )


# Rows are locked in one order everywhere: two workers with copies of the same items wait for each other, not both.
REMEMBER = """
    INSERT INTO intake_seen (account_id, digest, seen_at)
    SELECT given.account, given.digest, %s
    FROM unnest(%s::bigint[], %s::bytea[]) AS given(account, digest) ORDER BY 1, 2
    ON CONFLICT DO NOTHING RETURNING account_id, digest
"""


def remember(items: Iterable[Incoming[Read]], *, now: datetime) -> tuple[Items, Items]:
    """Split into new items and duplicates, of earlier ones or within the list. Items without a key are always new."""
    keyed, new, duplicates = {}, [], []
    expected: set[tuple[int, bytes]] = set()
    for incoming in items:
        if not incoming.item.key:
            new.append(incoming)
            continue
        mark = (incoming.account.pk, keys.digest("item", incoming.item.key))
        if mark in keyed or mark in expected:
            duplicates.append(incoming)
        else:
            keyed[mark] = incoming
            expected.update(_repeats(incoming))
    fresh = _mark(keyed, now)
    for mark, incoming in keyed.items():
        (new if mark in fresh else duplicates).append(incoming)
    _mark([again for mark in fresh for again in _repeats(keyed[mark])], now)
    return new, duplicates


def _repeats(incoming: Incoming[Read]) -> list[tuple[int, bytes]]:
    """The marks under which a repetition may come, where the channel's messages carry no id."""
    return [(incoming.account.pk, keys.digest("item", key)) for key in incoming.item.repeats]


def _mark(marks: Collection[tuple[int, bytes]], now: datetime) -> set[tuple[int, bytes]]:
    """Keep these marks; returns those that were not there."""
    if not marks:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, [now, [mark[0] for mark in marks], [mark[1] for mark in marks]])
        return {(account, bytes(digest)) for account, digest in cursor.fetchall()}

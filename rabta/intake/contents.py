"""From a journal row to its items: opened, counted, read, and each put to an account of ours."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from rabta.channels.contract import Channel, Read, TemplateNews, Unreadable
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.intake import journal, sealing

WHOLE = -1  # position of a body as a whole
NOT_OURS = "no account of ours"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A journal row as it was claimed."""

    id: int
    credential: int
    channel: Channel
    key: int
    received_at: datetime
    sealed_body: bytes


R = TypeVar("R", bound=Read, covariant=True)


@dataclass(frozen=True, kw_only=True)
class Incoming(Generic[R]):
    """An item of one of our accounts, and where it stands in the journal."""

    account: Account
    item: R
    journal_id: int
    position: int
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something for quarantine: an item, or `items` of them at once when the whole body is meant."""

    journal_id: int
    position: int
    account: Account | None
    channel: str
    reason: str
    items: int = 1


@dataclass(kw_only=True)
class Contents:
    """What a batch of rows holds. `received` counts by account (None: none of ours) and channel."""

    received: Counter[tuple[int | None, str]] = field(default_factory=Counter)
    incoming: list[Incoming[Read]] = field(default_factory=list)
    foreign: list[tuple[Row, Read, int]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    news: list[tuple[Row, TemplateNews, int | None]] = field(default_factory=list)  # with the account's id


class Accounts:
    """Our accounts, by the credential that an item came under and the external id that it names."""

    def __init__(self, credentials: Iterable[int]) -> None:
        found = Account.objects.filter(credential__in=set(credentials)).select_related("unit")
        self._known = {_place(account): account for account in found}

    def find(self, credential: int, external_id: str) -> Account | None:
        """The account, or None when it is not ours or belongs to another credential."""
        return self._known.get((credential, external_id))


def _place(account: Account) -> tuple[int, str]:
    """Under what its items come. Those of a channel that names no accounts are the credential's only one's."""
    return account.credential_id, "" if BY_KIND[account.channel].alone else account.external_id


def open_bodies(rows: list[Row]) -> dict[int, bytes | None]:
    """The bodies by journal id; None for one that can't be opened. Raises CannotOpen for a data key: that is no row's
    fault, but a wrong key on this machine."""
    data_keys = journal.data_keys(row.key for row in rows)
    opened: dict[int, bytes | None] = {}
    for row in rows:
        try:
            opened[row.id] = sealing.open_body(data_keys[row.key], row.sealed_body, credential=row.credential)
        except (sealing.CannotOpen, KeyError):
            opened[row.id] = None
    return opened


def counted(channel: Channel, body: bytes | None) -> Counter[str]:
    """Items in a body by external id; a body that was not opened is one item of nobody."""
    return channel.count(body) if body is not None else Counter({"": 1})


def read_bodies(rows: list[Row], bodies: Mapping[int, bytes | None]) -> Contents:
    """Everything in the rows, in order. What is wrong with a row or an item is among the problems, never raised."""
    accounts = Accounts(row.credential for row in rows)
    contents = Contents()
    for row in rows:
        _read_row(row, bodies[row.id], accounts, contents)
    return contents


def _read_row(row: Row, body: bytes | None, accounts: Accounts, contents: Contents) -> None:
    count = counted(row.channel, body)
    for external_id, number in count.items():
        account = accounts.find(row.credential, external_id)
        contents.received[account.pk if account else None, row.channel.kind] += number
    items, reason = _items(row.channel, body)
    if not reason and Counter(item.account for item in items) != count:
        reason = "counted and read differ"
    if reason:
        contents.problems += _whole(row, count, accounts, reason)
        return
    for position, item in enumerate(items):
        account = accounts.find(row.credential, item.account)
        if isinstance(item, TemplateNews):
            contents.news.append((row, item, account.pk if account else None))
        elif account is None:
            contents.foreign.append((row, item, position))
        elif isinstance(item, Unreadable) and not item.key:
            contents.problems.append(_problem(row, position, account, item.reason))
        else:
            contents.incoming.append(
                Incoming(
                    account=account,
                    item=item,
                    journal_id=row.id,
                    position=position,
                    received_at=row.received_at,
                )
            )


def _items(channel: Channel, body: bytes | None) -> tuple[list[Read], str]:
    """The items, or why the whole body can't be read."""
    if body is None:
        return [], "could not be opened"
    try:
        return channel.read(body), ""
    except ValueError:
        return [], "not a body of this channel"
    except Exception as error:  # noqa: BLE001 — a mistake of ours: this body is kept, and everybody else's is read
        return [], f"reading failed ({type(error).__name__})"


def _whole(row: Row, count: Counter[str], accounts: Accounts, reason: str) -> list[Problem]:
    """The body as a whole, once for each account that it names."""
    return [
        Problem(
            journal_id=row.id,
            position=WHOLE,
            account=accounts.find(row.credential, external_id),
            channel=row.channel.kind,
            reason=reason,
            items=items,
        )
        for external_id, items in count.items()
    ]


def _problem(row: Row, position: int, account: Account | None, reason: str) -> Problem:
    return Problem(
        journal_id=row.id, position=position, account=account, channel=row.channel.kind, reason=reason
    )

"""The ledger: every item received is accounted for, by account.

received = messages + changes + receipts + ignored + quarantined + duplicates + pending. `received` and `pending` are
counted from the raw bodies by `Channel.count`, the rest from what `Channel.read` made of them. Items that name none of
our accounts are `unattributed`; they are balanced in the same way.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.intake.contents import Accounts, Row, counted, open_bodies
from rabta.intake.models import LedgerEntry

if TYPE_CHECKING:
    from rich.table import Table

Became = LedgerEntry.Became
AT_ONCE = 500


@dataclass(kw_only=True)
class Line:
    """One account's items."""

    channel: str
    name: str
    received: int = 0
    messages: int = 0
    changes: int = 0
    receipts: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    quarantined: int = 0
    duplicates: int = 0
    pending: int = 0

    @property
    def balanced(self) -> bool:
        """Whether every item received became exactly one thing."""
        known = self.messages + self.changes + self.receipts + self.ignored.total()
        return self.received == known + self.quarantined + self.duplicates + self.pending

    def add(self, became: str, reason: str, items: int) -> None:
        """Count a ledger entry."""
        if became == Became.IGNORED:
            self.ignored[reason] += items
        else:
            name = FIELDS[became]
            setattr(self, name, getattr(self, name) + items)

    def add_pending(self, items: int) -> None:
        """Count items that came and were not read yet."""
        self.received += items
        self.pending += items


FIELDS: dict[str, str] = {
    Became.RECEIVED: "received",
    Became.MESSAGE: "messages",
    Became.CHANGE: "changes",
    Became.RECEIPT: "receipts",
    Became.QUARANTINED: "quarantined",
    Became.DUPLICATE: "duplicates",
}


@dataclass(kw_only=True)
class Balance:
    """The ledger at one moment. `nobody` holds the items that name none of our accounts."""

    accounts: list[Line]
    nobody: Line

    @property
    def unattributed(self) -> int:
        """Items that name none of our accounts."""
        return self.nobody.received

    @property
    def balanced(self) -> bool:
        """Whether nothing is missing anywhere."""
        return self.nobody.balanced and all(line.balanced for line in self.accounts)

    def to_json(self) -> dict[str, Any]:
        """The shape of `rabta ledger --json`."""
        accounts = [
            {
                "channel": line.channel,
                "name": line.name,
                "received": line.received,
                "messages": line.messages,
                "changes": line.changes,
                "receipts": line.receipts,
                "ignored": dict(sorted(line.ignored.items())),
                "quarantined": line.quarantined,
                "duplicates": line.duplicates,
                "pending": line.pending,
            }
            for line in self.accounts
        ]
        return {"balanced": self.balanced, "unattributed": self.unattributed, "accounts": accounts}

    def table(self) -> "Table":
        """For people, at a terminal."""
        from rich.table import Table

        heads = [
            _("Account"), _("Received"), _("Messages"), _("Changes"), _("Receipts"), _("Ignored"),
            _("Quarantined"), _("Duplicates"), _("Pending"), _("Balanced"),
        ]  # fmt: skip
        table = Table(heads[0])
        for head in heads[1:]:
            table.add_column(head, justify="right", overflow="fold")
        for line in [*self.accounts, self.nobody]:
            ignored = ", ".join(f"{reason} {items}" for reason, items in sorted(line.ignored.items()))
            numbers = [line.received, line.messages, line.changes, line.receipts]
            rest = [line.quarantined, line.duplicates, line.pending]
            right = _("yes") if line.balanced else _("NO")
            table.add_row(line.name, *map(str, numbers), ignored or "0", *map(str, rest), right)
        return table

    def lines(self) -> list[str]:
        """The same for a narrow terminal: two lines an account, without what is zero."""
        found = []
        for line in [*self.accounts, self.nobody]:
            parts = [
                (line.messages, _("messages")),
                (line.changes, _("changes")),
                (line.receipts, _("receipts")),
                *(
                    (items, _("ignored: %(reason)s") % {"reason": r})
                    for r, items in sorted(line.ignored.items())
                ),
                (line.quarantined, _("quarantined")),
                (line.duplicates, _("duplicates")),
                (line.pending, _("pending")),
            ]
            became = " + ".join(f"{items} {words}" for items, words in parts if items) or "0"
            found.append(f"{line.name}: {_('balanced') if line.balanced else _('NOT BALANCED')}")
            found.append(f"  {line.received} {_('received')} = {became}")
        return found


def balance() -> Balance:
    """Add everything up as of one moment.

    Counting what is pending opens the unread bodies, which is the worker's right alone. For a page or the API an item
    counts as received when it has been read; the totals balance all the same.
    """
    with transaction.atomic():
        with_pending = _may_open()
        found = Account.objects.order_by("id")
        lines = {account.pk: Line(channel=account.channel, name=str(account)) for account in found}
        nobody = Line(channel="", name=_("none of ours"))
        sums = LedgerEntry.objects.values_list("account_id", "became", "reason").annotate(Sum("items"))
        for account_id, became, reason, items in sums.order_by():
            (lines[account_id] if account_id else nobody).add(became, reason, items)
        for account_id, items in (_pending() if with_pending else Counter()).items():
            (lines[account_id] if account_id else nobody).add_pending(items)
    return Balance(accounts=list(lines.values()), nobody=nobody)


LAST = """
    SELECT a.id, last.at FROM unnest(%s::bigint[]) AS a(id) CROSS JOIN LATERAL (
      SELECT at FROM intake_ledgerentry WHERE account_id = a.id AND became = 'message' ORDER BY at DESC LIMIT 1) AS last
"""


def last_messages(account_ids: Iterable[int]) -> dict[int, datetime]:
    """When the last message of a person was read, for those of these accounts that ever had one.

    Entries that were added up stand at the beginning of their day: after two days it is known to the day only.
    """
    with connection.cursor() as cursor:
        cursor.execute(LAST, [list(account_ids)])
        return dict(cursor.fetchall())


ADD_UP = """
    WITH old AS (
      DELETE FROM intake_ledgerentry WHERE at < %s AND at <> date_trunc('day', at, 'UTC')
      RETURNING at, account_id, channel, became, reason, items)
    INSERT INTO intake_ledgerentry (at, account_id, channel, became, reason, items)
    SELECT date_trunc('day', at, 'UTC'), account_id, channel, became, reason, sum(items) FROM old
    GROUP BY 1, 2, 3, 4, 5
"""


def add_up(*, before: datetime) -> None:
    """Make one entry a day of each kind out of those of every batch, in the caller's transaction; no sum changes.

    What was added up stands at the midnight (UTC) with which its day began.
    """
    with connection.cursor() as cursor:
        cursor.execute(ADD_UP, [before])


def _may_open() -> bool:
    """Whether this role may read bodies. If so, ledger and unread rows are taken from one snapshot.

    Otherwise what is read meanwhile would count twice or not at all. A transaction that runs already keeps its level.
    """
    with connection.cursor() as cursor:
        if not connection.savepoint_ids:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT has_column_privilege('intake_journal', 'sealed_body', 'SELECT')")
        return bool(cursor.fetchone()[0])


UNREAD = """
    SELECT j.id, j.credential_id, c.channel, j.key_id, j.received_at, j.sealed_body
    FROM intake_unread u JOIN intake_journal j ON j.id = u.journal_id
    JOIN channels_credential c ON c.id = j.credential_id
    WHERE u.journal_id > %s ORDER BY u.journal_id LIMIT %s
"""


def _pending() -> Counter[int | None]:
    """Items of unread bodies by account."""
    totals: Counter[int | None] = Counter()
    last = 0
    while rows := _unread_after(last):
        _count_rows(rows, totals)
        last = rows[-1].id
    return totals


def _unread_after(last: int) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(UNREAD, [last, AT_ONCE])
        return [
            Row(
                id=id, credential=credential, channel=BY_KIND[channel], key=key, received_at=at,
                sealed_body=bytes(body),
            )
            for id, credential, channel, key, at, body in cursor.fetchall()
        ]  # fmt: skip


def _count_rows(rows: Iterable[Row], totals: Counter[int | None]) -> None:
    rows = list(rows)
    bodies = open_bodies(rows)
    accounts = Accounts(row.credential for row in rows)
    for row in rows:
        for external_id, items in counted(row.channel, bodies[row.id]).items():
            account = accounts.find(row.credential, external_id)
            totals[account.pk if account else None] += items

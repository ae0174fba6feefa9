"""Reading the journal: a batch of unread rows becomes effects, ledger entries and quarantine, in one transaction."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from rabta.channels.contract import Arrived, Changed, Ignored, Receipt
from rabta.channels.registry import BY_KIND
from rabta.force import access
from rabta.intake.contents import NOT_OURS, Contents, Incoming, Problem, Row, open_bodies, read_bodies
from rabta.intake.effects import Handlers, Outcome, carry_out
from rabta.intake.models import LedgerEntry, Quarantined

__all__ = ["Handlers", "Incoming", "read_batch", "waits"]

Became = LedgerEntry.Became
MOST_BYTES = 4 * 1024 * 1024  # of bodies in one transaction; a single larger one is read alone
BECAME = {
    Arrived: Became.MESSAGE,
    Receipt: Became.RECEIPT,
    Changed: Became.CHANGE,
    Ignored: Became.IGNORED,
}

CLAIM = """
    SELECT id, credential_id, channel, key_id, received_at, sealed_body FROM (
        SELECT j.*, c.channel,
            sum(octet_length(j.sealed_body)) OVER (ORDER BY j.id) - octet_length(j.sealed_body) AS before
        FROM intake_journal j JOIN channels_credential c ON c.id = j.credential_id
        WHERE j.id = ANY(ARRAY(
            SELECT journal_id FROM intake_unread
            WHERE (%s::bigint[] IS NULL OR journal_id = ANY (%s::bigint[]))
              AND journal_id >= (SELECT journal_id FROM intake_unread ORDER BY journal_id OFFSET %s LIMIT 1)
            ORDER BY journal_id FOR UPDATE SKIP LOCKED LIMIT %s))
    ) AS claimed WHERE before < %s ORDER BY id
"""

Entries = Counter[tuple[int | None, str, str, str]]  # account, channel, became, reason


def read_batch(
    limit: int, now: datetime, handlers: Handlers, *, ahead: int = 0, only: Sequence[int] | None = None
) -> int:
    """Read at most `limit` journal rows, beginning `ahead` rows after the oldest; returns how many (0: none are there).
    With `only` no others than these.

    Everything or nothing: when the process dies or the database fails, the rows are still unread. Two workers never
    read the same row. Call as rabta_worker.
    """
    with access.system("reading the journal"):
        rows = _claim(limit, ahead, only)
        if not rows:
            return 0
        contents = read_bodies(rows, open_bodies(rows))
        outcome = carry_out(contents.incoming, handlers, now=now)
        if contents.news:
            handlers.news([(row.credential, item) for row, item, _account in contents.news])
        problems = contents.problems + outcome.problems + _foreign_problems(contents)
        _write_quarantine(problems, now)
        _write_ledger(_entries(contents, outcome, problems), now)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM intake_unread WHERE journal_id = ANY(%s)", [[row.id for row in rows]])
    return len(rows)


def waits(*, more_than: int) -> bool:
    """Whether more journal rows than this are unread, those that somebody is reading included."""
    with access.system("reading the journal"), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM intake_unread OFFSET %s LIMIT 1", [more_than])
        return cursor.fetchone() is not None


def _claim(limit: int, ahead: int, only: Sequence[int] | None) -> list[Row]:
    """Lock the oldest unread rows that no other worker has."""
    wanted = None if only is None else list(only)
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [wanted, wanted, ahead, limit, MOST_BYTES])
        return [
            Row(
                id=id,
                credential=credential,
                channel=BY_KIND[channel],
                key=key,
                received_at=received_at,
                sealed_body=bytes(body),
            )
            for id, credential, channel, key, received_at, body in cursor.fetchall()
        ]


def _foreign_problems(contents: Contents) -> list[Problem]:
    """Items that name none of our accounts are kept in sight, unless there is nothing to do with them anyway."""
    return [
        Problem(journal_id=row.id, position=position, account=None, channel=row.channel.kind, reason=NOT_OURS)
        for row, item, position in contents.foreign
        if not isinstance(item, Ignored)
    ]


def _entries(contents: Contents, outcome: Outcome, problems: list[Problem]) -> Entries:
    """The batch in numbers: received on one side, what became of it on the other."""
    entries: Entries = Counter()
    for (account, channel), items in contents.received.items():
        entries[account, channel, Became.RECEIVED, ""] += items
    for incoming in outcome.done:
        item = incoming.item
        reason = item.reason if isinstance(item, Ignored) else ""
        entries[incoming.account.pk, incoming.account.channel, BECAME[type(item)], reason] += 1
    for incoming in outcome.duplicates:
        entries[incoming.account.pk, incoming.account.channel, Became.DUPLICATE, ""] += 1
    for row, _item, account_id in contents.news:
        entries[account_id, row.channel.kind, Became.CHANGE, ""] += 1
    for row, item, _position in contents.foreign:
        if isinstance(item, Ignored):
            entries[None, row.channel.kind, Became.IGNORED, item.reason] += 1
    for problem in problems:
        account = problem.account.pk if problem.account else None
        entries[account, problem.channel, Became.QUARANTINED, problem.reason[:60]] += problem.items
    return entries


def _write_ledger(entries: Entries, now: datetime) -> None:
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            at=now, account_id=account, channel=channel, became=became, reason=reason[:60], items=items
        )
        for (account, channel, became, reason), items in entries.items()
    )


def _write_quarantine(problems: list[Problem], now: datetime) -> None:
    Quarantined.objects.bulk_create(
        (
            Quarantined(
                journal_id=problem.journal_id,
                position=problem.position,
                account=problem.account,
                reason=problem.reason[:300],
                at=now,
            )
            for problem in problems
        ),
        batch_size=1000,
    )

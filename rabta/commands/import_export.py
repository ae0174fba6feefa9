"""`rabta import whatsapp-export`: bring the chat of a group in from the command line, also where it is a large file."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from rich.console import Console

from rabta.audit.writing import record
from rabta.channels.export import CHANNEL
from rabta.channels.export.chat import Ambiguous
from rabta.channels.export.dates import Order
from rabta.channels.models import Account
from rabta.files.archives import ArchiveRefused
from rabta.force import access
from rabta.intake import exports
from rabta.intake.export_report import Report, report

REASON = "importing a chat"


class ImportRefused(Exception):
    """Nothing was imported; the text says why and what to do."""


def run(*, file: Path, account: str, order: str, days: int) -> None:
    """Import the file and print what became of every line. Raises ImportRefused; then nothing has changed."""
    group, now = _group(account), timezone.now()
    try:
        with file.open("rb") as source, exports.opened(source, now=now, order=_order(order)) as export:
            files = exports.take_files(export)
            with access.system(REASON):
                since = now - timedelta(days=days)
                done = exports.hand_in(account=group, export=export, files=files, since=since, now=now)
                record(
                    "chat_imported",
                    now=now,
                    reason=REASON,
                    subject="account",
                    ids=[group.pk],
                    detail=_counts(done),
                )
            _show(report(export, files, done))
    except OSError as error:
        raise ImportRefused(f"{file}: {error.strerror}") from None
    except Ambiguous as asked:
        raise ImportRefused(_question(asked)) from None
    except (exports.ExportRefused, ArchiveRefused) as refused:
        raise ImportRefused(f"{file}: {refused}") from None


def _counts(done: exports.HandedIn) -> dict[str, int]:
    return {"items": done.items, "known": done.known, "files": done.files}


def _group(name: str) -> Account:
    groups = Account.objects.filter(channel=CHANNEL.kind).select_related("credential").order_by("name")
    for group in groups:
        if name in (group.external_id, group.public_id, group.name):
            return group
    known = "\n".join(f"  {group.external_id}  {group.name}" for group in groups)
    if not known:
        raise ImportRefused("No group is connected. Connect it first on the page Set-up, Accounts.")
    raise ImportRefused(f"There is no group {name!r}. These are connected:\n{known}")


def _order(order: str) -> Order | None:
    with suppress(ValueError):
        return Order(order) if order else None
    raise ImportRefused("--date-order is one of: dmy, mdy, ymd.")


def _question(asked: Ambiguous) -> str:
    meant = [f"  --date-order {order.value}   {day:%-d %B %Y}" for order, day in asked.readings.items()]
    return "\n".join([f"Which day is {asked.example}? Say it, nothing is guessed:", *meant])


def _show(told: Report) -> None:
    console = Console(highlight=False, markup=False)
    console.print(f"{told.lines} lines, from {told.first} to {told.last}:")
    for line in told.texts:
        if line.lines:
            console.print(f"  {line.lines:>7} lines  {line.words} ({line.entries})")
    if told.archived:
        console.print(f"{told.archived} files in the archive:")
        for words, number in told.files:
            console.print(f"  {number:>7}  {words}")
    if told.missing:
        console.print(f"{told.missing} files are named by messages and are not in the archive.")
    if told.pasted:
        console.print(
            f"{told.pasted} lines look like messages of another chat; they stay with the one above them."
        )
    assert told.done is not None
    console.print(f"{told.done.items} items handed in: {told.new} new, {told.done.known} that came before.")
    console.print("The worker reads them now; `rabta ledger` shows what becomes of them.")

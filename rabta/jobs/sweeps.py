"""What the worker does again and again: (name, every how many seconds, function)."""

from collections.abc import Callable

from django.db import connection
from django.utils import timezone

from rabta.force.access import system
from rabta.journey import watch
from rabta.outbox import receipts

PARTITIONED = ("intake_journal", "outbox_delivery", "cases_event")


def pass_on_undelivered() -> None:
    """Urgent orders that did not arrive go to the next post as well."""
    watch.pass_on_undelivered(now=timezone.now())


def extend_partitions() -> None:
    """Keep two empty ranges of ids ahead in every partitioned table."""
    with system("extending partitions"), connection.cursor() as cursor:
        for table in PARTITIONED:
            cursor.execute("SELECT rabta_extend(%s::regclass)", [table])


def settle_receipts() -> None:
    """Join receipts that came before the relay had stored its result."""
    with system("joining receipts"):
        receipts.settle_parked(timezone.now())


SWEEPS: tuple[tuple[str, float, Callable[[], None]], ...] = (
    ("pass on undelivered orders", 10, pass_on_undelivered),
    ("join receipts", 2, settle_receipts),
    ("extend partitions", 3600, extend_partitions),
)

"""What is done again and again: a name, the seconds between two turns, and a function that is told `now`."""

from datetime import datetime
from typing import Protocol

from django.db import connection


class Sweep(Protocol):
    """Periodic work; it opens its own `access.system(reason)`."""

    def __call__(self, *, now: datetime) -> object: ...


PARTITIONED = ("intake_journal", "outbox_delivery", "cases_event")


def extend_partitions(*, now: datetime) -> None:
    """Keep two empty ranges of ids ahead in every partitioned table."""
    with connection.cursor() as cursor:
        for table in PARTITIONED:
            cursor.execute("SELECT rabta_extend(%s::regclass)", [table])


SWEEPS: tuple[tuple[str, float, Sweep], ...] = (("partitions", 3600.0, extend_partitions),)

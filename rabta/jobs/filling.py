"""What newer searches need of rows from before: filled from the newest on, some at a time, once.

How far it is stands in `jobs_filling`, so that a worker that starts goes on where the last one ended.
"""

from collections.abc import Callable

from django.db import connection, transaction

from rabta.cases.models import Case
from rabta.force.access import system
from rabta.people import naming
from rabta.people.models import Handle

AT_ONCE = 500
_FAR = "SELECT below FROM jobs_filling WHERE name = %s FOR UPDATE SKIP LOCKED"


def fill() -> int:
    """Some more of each; returns how many rows were looked at: none when all is done or another worker is at it."""
    return sum(
        _some(name, model, one) for name, model, one in (("said", Case, _say), ("names", Handle, _name))
    )


def _some(name: str, model: type[Case] | type[Handle], one: Callable[[list[int]], None]) -> int:
    with system("filling searches"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FAR, [name])
        far = cursor.fetchone()
        if not far or far[0] == 0:
            return 0
        rows = model.objects.filter(pk__lt=far[0]).order_by("-pk").values_list("pk", flat=True)[:AT_ONCE]
        found = list(rows)
        if found:
            one(found)
        cursor.execute("UPDATE jobs_filling SET below = %s WHERE name = %s", [min(found, default=0), name])
        return len(found)


def _say(cases: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_say_again(%s)", [cases])


def _name(handles: list[int]) -> None:
    rows = Handle.objects.filter(pk__in=handles, shown__isnull=False)
    naming.give_keys(list(rows.select_for_update()))

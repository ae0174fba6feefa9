"""Keeping `visible_to` true: the rule is `rabta.rules.visibility`, one SQL function writes it to all rows of a case."""

from collections.abc import Iterable

from django.db import connection

from rabta.cases.models import Case, Withheld
from rabta.force.directory import Directory
from rabta.rules.visibility import Facts, units_that_see


def seen_by(case: Case, *, tasked: Iterable[int], directory: Directory) -> list[int]:
    """Ids of the units that may see the case, given the units tasked with it."""
    facts = Facts(
        desk=directory.path(case.desk_unit_id),
        withheld=bool(case.withheld),
        accusation=case.withheld == Withheld.ACCUSATION,
        accused=directory.path(case.accused_unit_id) if case.accused_unit_id else (),
        tasked=tuple(directory.path(unit) for unit in tasked),
    )
    return sorted(units_that_see(facts))


def show(case: Case, *, directory: Directory) -> None:
    """Work out anew who sees the case, and write it."""
    case.visible_to = seen_by(case, tasked=case.orders.values_list("unit_id", flat=True), directory=directory)
    write(case)


def write(case: Case) -> None:
    """Write `visible_to` to the case, its messages, orders and deliveries: also out of the writer's own sight."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_show_case(%s, %s)", [case.pk, case.visible_to])

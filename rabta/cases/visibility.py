"""Keeping `visible_to` and `hidden_from` true: the rule is `rabta.rules.visibility`, one SQL function writes them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from rabta.cases.models import Case, Order, Withheld
from rabta.force.access import Guarded
from rabta.force.directory import Directory
from rabta.rules.visibility import Facts, hidden_from, may_be_told, units_that_see

# Orders that went to somebody else.
GONE = (Order.State.REPLACED, Order.State.PASSED, Order.State.WITHDRAWN)
_WRITE = """
    SELECT rabta_show_case(shown.id, shown.units, shown.hidden)
    FROM jsonb_to_recordset(%s::jsonb) AS shown(id bigint, units bigint[], hidden bigint[])
"""


@dataclass(frozen=True)
class Sight:
    """Who sees a row and from whom it is hidden."""

    visible_to: list[int]
    hidden_from: list[int]


def sight_of(
    case: Case, *, tasked: Iterable[int], directory: Directory, inquirers: Iterable[int] = ()
) -> Sight:
    """Who may see the case, as it stands and given the units tasked with it."""
    facts = _facts(case, tasked=tasked, directory=directory, inquirers=inquirers)
    return Sight(sorted(units_that_see(facts)), sorted(hidden_from(facts)))


def work_out(
    case: Case, *, tasked: Iterable[int], directory: Directory, inquirers: Iterable[int] = ()
) -> None:
    """Put onto the case who may see it and from whom it is hidden. Save it by `write` only: it may go out of sight."""
    sight = sight_of(case, tasked=tasked, directory=directory, inquirers=inquirers)
    case.visible_to, case.hidden_from = sight.visible_to, sight.hidden_from


def _facts(case: Case, *, tasked: Iterable[int], directory: Directory, inquirers: Iterable[int]) -> Facts:
    accused = {case.accused_unit_id} if case.accused_unit_id else set()
    for (
        officer
    ) in case.accused_officers:  # wherever they serve today; who serves at the top shuts nobody else out
        posts = directory.posts_of(officer)
        accused |= {post.unit_id for post in posts if not directory.is_top(post.unit_id)}
    return Facts(
        desk=directory.path(case.desk_unit_id),
        withheld=bool(case.withheld),
        accusation=case.withheld == Withheld.ACCUSATION,
        accused=directory.path(case.accused_unit_id) if case.accused_unit_id else (),
        below=frozenset().union(*map(directory.below, accused)),
        accused_officers=tuple(case.accused_officers),
        tasked=tuple(directory.path(unit) for unit in tasked),
        named=tuple(case.named_officers),
        inquirers=tuple(inquirers),
    )


def hears(officer_id: int, row: Guarded, *, directory: Directory) -> bool:
    """Whether somebody who holds an ordered post may be told of a case, its order or a message of it."""
    return may_be_told(
        officer_id,
        shut_out_as=directory.shut_out_as(officer_id),
        visible_to=row.visible_to,
        hidden_from=row.hidden_from,
    )


def seen_by(case: Case, *, tasked: Iterable[int], directory: Directory) -> list[int]:
    """Ids of the units that may see the case; from whom it is hidden is put onto it by the way."""
    work_out(case, tasked=tasked, directory=directory)
    return case.visible_to


def show(case: Case, *, directory: Directory) -> None:
    """Work out anew who sees the case, and write it. From an accusation whoever has it no more is shut out."""
    orders = case.orders.all()
    if case.withheld == Withheld.ACCUSATION:
        orders = orders.exclude(state__in=GONE)
    tasked = list(orders.values_list("unit_id", "given_to_id"))
    inquirers = [officer for _unit, officer in tasked if officer]
    work_out(case, tasked=[unit for unit, _officer in tasked], inquirers=inquirers, directory=directory)
    write([case])


def write(cases: Sequence[Case]) -> None:
    """Write who sees them to the cases, their messages, orders and deliveries: also out of the writer's own sight."""
    if not cases:
        return
    rows = json.dumps(
        [{"id": case.pk, "units": case.visible_to, "hidden": case.hidden_from} for case in cases]
    )
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [rows])

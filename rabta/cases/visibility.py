"""Keeping `visible_to` and `hidden_from` true: the rule is `rabta.rules.visibility`, one SQL function writes them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from rabta.cases.models import Case, Order, Withheld
from rabta.force.access import Guarded
from rabta.force.directory import Directory
from rabta.force.models import Posting
from rabta.rules.visibility import Facts, hidden_from, may_be_told, units_that_see

MOST_SERVED = 500
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
    below = frozenset[int]().union(*map(directory.below, accused))
    accusation = case.withheld == Withheld.ACCUSATION
    return Facts(
        desk=directory.path(case.desk_unit_id),
        withheld=bool(case.withheld),
        accusation=accusation,
        accused=directory.path(case.accused_unit_id) if case.accused_unit_id else (),
        below=below,
        accused_officers=tuple(case.accused_officers),
        served=_served(accused, below, case, directory) if accusation else (),
        tasked=tuple(directory.path(unit) for unit in tasked),
        named=tuple(case.named_officers),
        inquirers=tuple(inquirers),
    )


def _served(
    accused: Iterable[int], below: frozenset[int], case: Case, directory: Directory
) -> tuple[int, ...]:
    """The officers who served in these units on the day when the case came, where they may serve by now.

    Of more than `MOST_SERVED` only those of the accused units' own offices, who command the others. Nobody of a force
    that is accused as a whole: whoever is transferred stays in it.
    """
    if not below or any(directory.is_top(unit) for unit in below):
        return ()
    day = timezone.localdate(case.opened_at)
    rows = Posting.objects.filter(Q(ends=None) | Q(ends__gte=day), starts__lte=day).order_by()
    officers = rows.values_list("officer_id", flat=True).distinct()
    found = tuple(officers.filter(post__unit__in=below)[: MOST_SERVED + 1])
    return found if len(found) <= MOST_SERVED else tuple(officers.filter(post__unit__in=accused))


def serves_under_shut_out(unit_id: int, sight: Guarded, *, directory: Directory) -> bool:
    """Whether somebody from whom the case is kept heads the unit or one above it, the top left out."""
    heads = (directory.head(unit) for unit in directory.path(unit_id) if not directory.is_top(unit))
    holders = (holder for head in heads if head for holder in directory.holders(head.pk))
    hidden = frozenset(sight.hidden_from)
    return any(hidden & directory.shut_out_as(holder.officer_id) for holder in holders)


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
    """Work out anew who sees the case and what is part of it, and write it."""
    parts = list(Case.objects.filter(part_of=case))
    _by_orders([case, *parts], directory=directory)
    head = Case.objects.filter(pk=case.part_of_id).first() if case.part_of_id else None
    if head:
        as_its_head(case, head)
    for part in parts:
        as_its_head(part, case)
    write([case, *parts])


def is_shown_as(case: Case, *, directory: Directory) -> bool:
    """Whether the case, which is part of no other, is shown to whom it should be today."""
    before = case.visible_to, case.hidden_from
    _by_orders([case], directory=directory)
    after, (case.visible_to, case.hidden_from) = (case.visible_to, case.hidden_from), before
    return after == before or case.part_of_id is not None


def _by_orders(cases: Sequence[Case], *, directory: Directory) -> None:
    """Put who sees them onto the cases. From an accusation whoever has it no more is shut out."""
    tasked: dict[int, list[tuple[int, int | None, str]]] = {}
    rows = Order.objects.filter(case__in=[case.pk for case in cases])
    for pk, unit, officer, state in rows.values_list("case_id", "unit_id", "given_to_id", "state"):
        tasked.setdefault(pk, []).append((unit, officer, state))
    for case in cases:
        mine = tasked.get(case.pk, [])
        if case.withheld == Withheld.ACCUSATION:
            mine = [one for one in mine if one[2] not in GONE]
        inquirers = [officer for _unit, officer, _state in mine if officer]
        units = [unit for unit, _officer, _state in mine]
        work_out(case, tasked=units, inquirers=inquirers, directory=directory)


def as_its_head(part: Case, head: Case) -> None:
    """Whoever sees the head sees the part too; of a head that is kept from most of the force nobody else does."""
    if head.withheld or head.named_officers:
        part.visible_to, part.hidden_from = head.visible_to, head.hidden_from
    elif not (part.withheld or part.named_officers):
        part.visible_to = sorted({*part.visible_to, *head.visible_to})


def write(cases: Sequence[Case]) -> None:
    """Write who sees them to the cases, their messages, orders and deliveries: also out of the writer's own sight."""
    if not cases:
        return
    rows = json.dumps(
        [{"id": case.pk, "units": case.visible_to, "hidden": case.hidden_from} for case in cases]
    )
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [rows])

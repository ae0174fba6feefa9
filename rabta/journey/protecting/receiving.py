"""Which desks may receive an accusation, and who reads it at each: said before anybody presses the button.

The rule (`rules.visibility.desk_for_accusation`) proposes one. A case never goes down from the desk that holds it, to a
superior of the accused, without a person having said so by name: it may also stay, or go to whoever is set up to
receive what is said against a unit.
"""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass

from django.utils.translation import gettext as _

from rabta.cases.models import Case, Order, Withheld
from rabta.cases.refusal import Refused
from rabta.cases.visibility import GONE, hears, serves_under_shut_out, sight_of
from rabta.force.directory import Directory
from rabta.force.models import Officer, Unit
from rabta.force.names import listed
from rabta.journey.arriving import judge
from rabta.rules.visibility import within


@dataclass(frozen=True, kw_only=True)
class Receiving:
    """A desk that may receive the case: `unit` is the unit whose desk it is, `readers` the units that read it there."""

    unit: Unit
    readers: Sequence[Unit]
    proposed: bool  # by the rule
    stays: bool  # the case is there already
    down: bool  # it lies below the desk that holds the case: nearer to the accused


def unit_of(officers: Iterable[int], directory: Directory) -> Unit | None:
    """The unit in which the first of the accused serves today; none when that is the top of the force."""
    served = (post.unit_id for officer in officers for post in directory.posts_of(officer))
    below_top = (unit for unit in served if not directory.is_top(unit))
    return next((directory.all_units[unit] for unit in below_top), None)


def desks(
    case: Case, *, accused_unit: Unit | None, accused_officers: Iterable[Officer], directory: Directory
) -> list[Receiving]:
    """The desks among which one may choose when these are accused, the proposed one first; one if nobody is named."""
    asked = _as_accused(case, accused_unit, accused_officers, directory)
    proposed = judge.accusation_desk(asked, directory=directory)
    possible = {proposed: None}
    if asked.accused_unit:
        path = directory.path(asked.accused_unit.pk)
        named = [directory.receivers[unit] for unit in reversed(path) if unit in directory.receivers]
        outside = [one for one in [directory.path(case.desk_unit_id), *named] if not within(one, path)]
        possible |= dict.fromkeys(outside)
    return [_receiving(case, asked, one, proposed, directory) for one in possible]


def chosen(
    case: Case,
    wanted: str,
    *,
    accused_unit: Unit | None,
    accused_officers: Iterable[Officer],
    directory: Directory,
) -> Unit:
    """The unit with this public id among `desks`; without one the proposed, unless the case would go down to it."""
    found = desks(case, accused_unit=accused_unit, accused_officers=accused_officers, directory=directory)
    if wanted:
        for one in found:
            if one.unit.public_id == wanted:
                return one.unit
        raise Refused(_("That desk does not receive this case. Choose one of those that are offered."))
    if found[0].down:
        names = listed(one.unit for one in found)
        raise Refused(
            _(
                "The case would go down to %(unit)s, a superior of the accused. Say which desk receives it: %(names)s."
            )
            % {"unit": found[0].unit, "names": names}
        )
    return found[0].unit


def _as_accused(case: Case, unit: Unit | None, officers: Iterable[Officer], directory: Directory) -> Case:
    """The case as it would stand; nothing is saved."""
    asked = copy(case)
    asked.accused_officers = sorted({officer.pk for officer in officers})
    asked.accused_unit = unit or unit_of(asked.accused_officers, directory)
    asked.withheld = Withheld.ACCUSATION
    return asked


def _receiving(
    case: Case, asked: Case, path: tuple[int, ...], proposed: tuple[int, ...], directory: Directory
) -> Receiving:
    asked.desk_unit_id = path[-1]
    ended = ends(asked, directory=directory)
    tasked = [order.unit_id for order in case.orders.exclude(state__in=GONE) if not ended(order)]
    seen_by = sight_of(asked, tasked=tasked, directory=directory).visible_to
    readers = sorted((unit for unit in seen_by if unit > 0), key=lambda unit: -len(directory.path(unit)))
    holds = directory.path(case.desk_unit_id)
    return Receiving(
        unit=directory.all_units[path[-1]],
        readers=[directory.all_units[unit] for unit in readers],
        proposed=path == proposed,
        stays=path == holds,
        down=path != holds and within(path, holds),
    )


def ends(case: Case, *, directory: Directory) -> Callable[[Order], bool]:
    """Tells of an order whether it ends, because it went too near to the accused; while he is unknown all do."""
    sight = sight_of(case, tasked=case.orders.values_list("unit_id", flat=True), directory=directory)
    accused = tuple(case.accused_unit.path) if case.accused_unit else ()
    desk, known = directory.path(case.desk_unit_id), bool(accused or case.accused_officers)

    def of(order: Order) -> bool:
        unit = directory.path(order.unit_id)
        near = within(unit, accused) or (within(accused, unit) and not within(desk, unit))
        near = near or serves_under_shut_out(order.unit_id, sight, directory=directory)
        holders = directory.holders(order.post_id)
        return not known or near or not any(hears(h.officer_id, sight, directory=directory) for h in holders)

    return of

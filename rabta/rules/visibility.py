"""Who may see a case, and who must not, whatever else he may. Stored with the case and enforced by the database.

Two sets of numbers are kept with every row: `visible_to` says who sees it, `hidden_from` who does not although a post
of his would let him. A unit stands in them by its id, an officer by his id with a minus sign (`person`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Path = tuple[int, ...]  # unit ids from the force down to the unit itself
ANYBODY = (
    0  # in `hidden_from`: whoever serves outside the highest desk, as long as nobody knows who is accused
)


def person(officer_id: int) -> int:
    """How an officer stands among units."""
    return -officer_id


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The units that a case touches, each with its path from the force down, and the officers that it names."""

    desk: Path  # the unit whose desk handles the case
    withheld: bool  # a possible accusation, a tip or a restricted matter that nobody has released yet
    accusation: bool
    accused: Path = ()  # empty: nobody knows yet which unit is accused
    below: frozenset[int] = frozenset()  # ids of the accused unit and all units below it
    accused_officers: tuple[int, ...] = ()
    served: tuple[
        int, ...
    ] = ()  # officers who served in these units when it came, wherever they serve by now
    tasked: tuple[Path, ...] = ()  # lead, support and informed units
    named: tuple[int, ...] = ()  # officers of a confidential inquiry: nobody else sees it
    inquirers: tuple[int, ...] = ()  # officers of tasked units to whom an order was given on, by name


def units_that_see(facts: Facts) -> frozenset[int]:
    """The ids of the units whose officers may see the case; of a confidential one, the named officers alone.

    An ordinary case is seen by the desk, by the tasked units, and by everybody above them. A withheld one is seen by
    its desk's chain and by whoever was tasked by hand. An accusation is seen by the desk that handles it and those
    above it, and by the tasked units themselves; never by the accused unit or by units between it and that desk. As
    long as the accused is unknown, nobody but the desk sees it. An officer to whom an order was given on sees that case
    beside the units: his post alone lets him see none.
    """
    if facts.named:
        return frozenset(person(officer) for officer in facts.named)
    by_name = frozenset(person(officer) for officer in facts.inquirers)
    if not facts.accusation:
        return by_name.union(facts.desk, *facts.tasked)
    if not facts.accused and not facts.accused_officers:
        return frozenset(facts.desk[-1:])
    outside = (path[-1] for path in facts.tasked if not within(path, facts.accused))
    return by_name.union(facts.desk, outside) - facts.below - hidden_from(facts)


def hidden_from(facts: Facts) -> frozenset[int]:
    """Who must not see the case through any post, wherever else he serves.

    The accused unit and all below it, whoever served there when the case came, and the accused officers themselves.
    As long as the accused is unknown it may be anybody who serves outside the highest unit's desk; a receiver below
    that is trusted as it was chosen.
    """
    if not facts.accusation:
        return frozenset()
    officers = frozenset(person(officer) for officer in (*facts.accused_officers, *facts.served))
    below = facts.below | frozenset(facts.accused[-1:])
    return below | officers or frozenset({ANYBODY} if len(facts.desk) == 1 else ())


def may_be_told(
    officer_id: int, *, shut_out_as: frozenset[int], visible_to: Iterable[int], hidden_from: Iterable[int]
) -> bool:
    """Whether an officer who holds an ordered post may hear of the case: not shut out, and named where names decide.

    Names decide where no unit stands beside them.
    """
    seen_by = frozenset(visible_to)
    known = person(officer_id) in seen_by or not names_decide(seen_by)
    return not shut_out_as.intersection(hidden_from) and known


def names_decide(visible_to: Iterable[int]) -> bool:
    """Whether only officers who are named see it: names stand there and no unit beside them."""
    seen_by = frozenset(visible_to)
    return bool(seen_by) and all(one < 0 for one in seen_by)


def within(path: Path, unit: Path) -> bool:
    """Whether `path` is the unit itself or lies below it."""
    return bool(unit) and path[: len(unit)] == unit


def desk_for_accusation(
    *, receiving: Path, accused: Path, desks: Iterable[Path], receivers: Mapping[int, Path] | None = None
) -> Path:
    """The unit whose desk gets a possible accusation.

    `receivers` says who receives what is said against a unit and those below it; the nearest to the accused that lies
    outside it counts. Where nothing is said, it is the nearest desk above the accused unit that is not itself accused.
    With the accused unknown it is whoever receives for the whole force, else the highest desk: the receiving one may
    be the accused's own.
    """
    for unit in reversed(accused or receiving[:1]):
        receiver = (receivers or {}).get(unit)
        if receiver and not within(receiver, accused):
            return receiver
    by_height = sorted(set(desks), key=len)
    if not accused:
        return by_height[0]
    above = [desk for desk in by_height if within(accused, desk) and desk != accused]
    return above[-1] if above else by_height[0]

"""Whether two cases may become one, and what becomes of the orders of the one that is absorbed.

Source: one matter that came over two channels is one case. What is kept from most of the force must not come into
sight by it, and whoever reads a case already must not be able to tell that it touches a hidden one:

1. The kept case is open and stands by itself; the absorbed one is open.
2. Two cases with the same secrecy (the same reason, the same accused, the same named officers) may be merged.
3. A case that is kept closer is never absorbed by one that more people read.
4. A case that more people read may be absorbed by one that is kept closer, as long as no unit was ordered: from then
   on it is kept as close. A unit that has an order would see it go.
5. A report that waits for a decision is decided first.
6. An open order goes on in the kept case: as the lead's if that has none, else in support. Where its post has an open
   order there already it ends, for that one shows everything. What was for information ends.
"""

from dataclasses import dataclass
from enum import StrEnum

# From what everybody concerned reads to what few read.
_CLOSENESS = ("", "restricted", "tip", "accusation", "confidential")


def is_closer(withheld: str, *, than: str) -> bool:
    """Whether what is withheld for the one reason is read by fewer than what is withheld for the other."""
    return _CLOSENESS.index(withheld) > _CLOSENESS.index(than)


class WhyNot(StrEnum):
    """Why two cases stay two."""

    SAME = "same"
    KEPT_CLOSED = "kept_closed"
    KEPT_IS_PART = "kept_is_part"
    ABSORBED_CLOSED = "absorbed_closed"
    INTO_OPEN = "into_open"
    OTHERS_READ_IT = "others_read_it"
    OTHER_SECRET = "other_secret"  # noqa: S105 (no password)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A case as far as it matters here. `ordered`: some unit has or had an order. `part`: it is part of another."""

    id: int
    open: bool = True
    part: bool = False
    withheld: str = ""
    named: frozenset[int] = frozenset()
    accused: frozenset[int] = frozenset()
    ordered: bool = False

    @property
    def closeness(self) -> int:
        """How close it is kept: the higher, the fewer read it."""
        return _CLOSENESS.index("confidential" if self.named else self.withheld)


def why_not(*, kept: Standing, absorbed: Standing) -> WhyNot | None:
    """Why `absorbed` may not become part of `kept`; None when it may."""
    if kept.id == absorbed.id:
        return WhyNot.SAME
    if not kept.open:
        return WhyNot.KEPT_CLOSED
    if kept.part:
        return WhyNot.KEPT_IS_PART
    if not absorbed.open:
        return WhyNot.ABSORBED_CLOSED
    if absorbed.closeness > kept.closeness:
        return WhyNot.INTO_OPEN
    if absorbed.closeness < kept.closeness:
        return WhyNot.OTHERS_READ_IT if absorbed.ordered else None
    same = (kept.withheld, kept.named, kept.accused) == (absorbed.withheld, absorbed.named, absorbed.accused)
    return None if same else WhyNot.OTHER_SECRET


class Carry(StrEnum):
    """What becomes of an order of the absorbed case."""

    STAYS = "stays"  # it is over already
    STOPS = "stops"  # nothing is merged before somebody has decided on its report
    ENDS = "ends"
    LEADS = "leads"  # goes on in the kept case, as the lead's
    SUPPORTS = "supports"  # goes on there, in support


def carry(*, part: str, state: str, post_has_one: bool, kept_is_led: bool) -> Carry:
    """What becomes of one order. `post_has_one`: its post has an open order in the kept case."""
    if state not in ("issued", "accepted", "reported"):
        return Carry.STAYS
    if part == "inform":
        return Carry.ENDS
    if state == "reported":
        return Carry.STOPS
    if post_has_one:
        return Carry.ENDS
    return Carry.LEADS if part == "lead" and not kept_is_led else Carry.SUPPORTS

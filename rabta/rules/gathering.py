"""Which new cases are gathered under an earlier one in a surge: many people write about one matter within a short time.

1. What puts a life in danger, what is withheld, and what happens to one person alone (a theft, a dispute, violence at
   home) always stand by themselves, and gather nothing: of two victims with the same words each needs an order.
2. A text that is nearly the same (two bands of four) within two hours is about the same matter; so is what happens to
   everybody at one place (traffic, nuisance, a rumour) in the same category, within 300 metres and half an hour.
3. Two of a kind are suggested to the desk. From the third on they are gathered under the earliest, which stands for
   the incident at the desk; once something is gathered there, more join at once.
4. When that begins, those that waited beside the earliest are taken along, unless somebody works on one already.
5. Nobody is gathered under his own case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

FROM = 3  # so many of a kind are a surge
TEXT_WITHIN, SPOT_WITHIN = timedelta(hours=2), timedelta(minutes=30)
SAME_TEXT = 2  # bands
HAPPENS_TO_ALL = frozenset({"traffic", "nuisance", "communal_rumour"})
ALONE = frozenset(
    {
        "domestic_violence", "theft", "property", "personal_dispute", "cyber_fraud", "fir_refusal", "extortion",
        "sexual_offence", "child_offence", "against_police", "verification", "crime_tip",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Told:
    """A case that was opened. `by` stands for its writer."""

    by: int
    at: datetime
    category: str
    urgency: int
    withheld: bool


@dataclass(frozen=True, kw_only=True)
class Like:
    """An open case that stands by itself and is like a new one. `bands`: how many of its text agree."""

    id: int
    told: Told
    bands: int
    same_spot: bool
    gathers: bool  # others are gathered under it already
    waits: bool  # nobody works on it by itself


def may_gather(told: Told) -> bool:
    """Whether the case may stand under another, or others under it."""
    return told.urgency > 0 and not told.withheld and told.category not in ALONE


def gathered_under(new: Told, *, likes: Sequence[Like]) -> int | None:
    """The id of the case under which a new one is gathered; None when it stands by itself."""
    same = _same_matter(new, likes)
    heads = [one for one in same if one.gathers]
    if not heads and len(same) < FROM - 1:
        return None
    return min(heads or same, key=lambda one: (one.told.at, one.id)).id


def taken_along(new: Told, *, likes: Sequence[Like]) -> list[int]:
    """The ids of those that go under the same head with a new one: with the first that is gathered, what waited."""
    under, same = gathered_under(new, likes=likes), _same_matter(new, likes)
    if under is None or any(one.gathers for one in same):
        return []
    head = next(one for one in same if one.id == under)
    return [one.id for one in same if one is not head and one.waits and one.told.by != head.told.by]


def _same_matter(new: Told, likes: Sequence[Like]) -> list[Like]:
    if not may_gather(new):
        return []
    return [one for one in likes if may_gather(one.told) and one.told.by != new.by and _same(new, one)]


def _same(new: Told, one: Like) -> bool:
    age = abs(new.at - one.told.at)
    if one.bands >= SAME_TEXT and age <= TEXT_WITHIN:
        return True
    to_all = new.category == one.told.category and new.category in HAPPENS_TO_ALL
    return one.same_spot and to_all and age <= SPOT_WITHIN

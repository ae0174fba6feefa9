"""What a citizen is asked by button or list, and what an answer means.

Asked is only what the machine could not decide by itself and what would spare a wait: each question once in a case, one
in a letter, and none where a person reads first anyway, where a letter could endanger, or where life is in danger.
Source: safe contact (decision 0022); accusations (0007); what stands in public (0026).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rabta.kit import scripts
from rabta.rules.jurisdiction import NamedPlace, Unit

PREFIX = "ask"
LONGEST = 40  # characters of an answer in words; whoever writes more is telling something
MOST = 9  # choices in one question, so that one digit names each


class Question(StrEnum):
    """What can be asked."""

    LANGUAGE = "language"
    CATEGORY = "category"
    PLACE = "place"


OTHER = "other"  # the choice that says: none of these
PLACES = ("no_place", "ambiguous_place", "two_places", "outside")  # why a case waits for its place


@dataclass(frozen=True, kw_only=True)
class Situation:
    """All that is looked at before something is asked."""

    waiting: str  # the code of why no order went out; "" when one did
    urgency: int = 3
    careful: bool = False  # withheld, confidential, protected, or said STOP
    private: bool = True  # words reach the writer where nobody else reads them
    officer: bool = False  # an officer of the force wrote
    police_named: bool = False  # a person reads it before a station does, whatever is answered
    in_hand: bool = False  # a person has the case or has written
    language: str = ""
    language_sure: bool = True
    asked: Collection[str] = field(default=frozenset())


def next_question(now: Situation) -> Question | None:
    """The one thing to ask now, or None."""
    if now.careful or not now.private or now.officer or now.in_hand or now.police_named or now.urgency <= 1:
        return None
    for question in _needed(now):
        if question not in now.asked:
            return question
    return None


def _needed(now: Situation) -> Iterator[Question]:
    """What is missing, what holds up the most first. Without any language the other questions could not be read."""
    if not now.language:
        yield Question.LANGUAGE
    if now.waiting == "no_category":
        yield Question.CATEGORY
    elif now.waiting in PLACES:
        yield Question.PLACE
    if not now.language_sure:
        yield Question.LANGUAGE


@dataclass(frozen=True)
class Spot:
    """A place that may be meant: its name as the words gave it, and the station in whose area one of that name lies."""

    name: str
    station: int


def places_to_choose(named: Sequence[NamedPlace], *, units: Collection[int] | dict[int, Unit]) -> list[Spot]:
    """The places that the words leave open; none when there are too many, or only one.

    Of one name in several areas, each area; of several names, each whose area is clear.
    """
    clear = [Spot(place.name, place.stations[0]) for place in named if len(place.stations) == 1]
    if not clear and named:
        fewest = min(named, key=lambda place: len(place.stations))
        clear = [Spot(fewest.name, station) for station in fewest.stations]
    found = [spot for spot in dict.fromkeys(clear) if spot.station in units]
    return found if 1 < len(found) < MOST else []


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """What a button says: the case in which was asked, what, and which choice (from 0)."""

    case: str
    question: Question
    choice: int


def key_of(pressed: Pressed) -> str:
    """What stands behind a button."""
    return f"{PREFIX}:{pressed.case}:{pressed.question.value}:{pressed.choice}"


def of_key(key: str) -> Pressed | None:
    """What `key_of` made; None for anything else."""
    parts = key.split(":")
    if len(parts) != 4 or parts[0] != PREFIX or len(key) > 60:
        return None
    _, case, question, choice = parts
    if question not in set(Question) or not (choice.isascii() and choice.isdigit() and len(choice) < 3):
        return None
    return Pressed(case=case, question=Question(question), choice=int(choice))


def chosen(text: str, *, titles: Sequence[Collection[str]], numbers: bool = True) -> int | None:
    """Which choice (from 0) a text names: by its number, by its title in any language, or by both; None for neither.

    `titles` holds for each choice all its names. `numbers`: a number alone can be meant for nothing else.
    """
    if len(text) > LONGEST:
        return None
    said = scripts.words(text)
    number = int(said[0]) if said and said[0].isascii() and said[0].isdigit() and len(said[0]) < 3 else 0
    if numbers and len(said) == 1 and 0 < number <= len(titles):
        return number - 1
    for at, names in enumerate(titles):
        spelt = [scripts.words(name) for name in names]
        if said in spelt or (number == at + 1 and said[1:] in spelt):
            return at
    return None

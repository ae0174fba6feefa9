"""Finding cases by a name and words together, and by a place in the script of whoever looks for it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rabta.cases import searching
from rabta.cases.models import Case, Message
from rabta.force import directory
from rabta.force.access import Scope
from rabta.kit import scripts

MOST_WORDS = 6
AMONG = 300  # newest cases of people of that name, in which the words are looked for
MOST_PLACES = 3  # of one name
Before = tuple[datetime, int] | None


def name_and_words(text: str, *, scope: Scope, since: datetime, before: Before) -> list[int]:
    """Ids of cases of people who bear some of these names, in which all other words were said."""
    words = scripts.words(text)
    if not 2 <= len(words) <= MOST_WORDS:
        return []
    names = [word for word in words if searching.by_name(word, since=since, before=before, most=1)]
    ways = [names] if len(names) < len(words) else []
    ways += [[name] for name in names if [name] not in ways]
    found: list[int] = []
    for way in ways:
        theirs = searching.by_name(" ".join(way), since=since, before=before, most=AMONG) if way else []
        rest = [word for word in words if word not in way]
        found += _in_which(theirs, rest, scope=scope) if theirs else []
    return list(dict.fromkeys(found))


def names_of_place(text: str, *, now: datetime) -> list[str]:
    """The names under which cases have this place, when the text is that place in another script or spelling."""
    force, said = directory.current(now=now), " ".join(scripts.words(text))
    spots = [
        force.spot(named=place.name, station=station)
        for place in force.places_in(text)
        if place.name == said
        for station in place.stations[:MOST_PLACES]
    ]
    names = {spot.name for spot in spots if spot}
    return sorted(name for name in names if " ".join(scripts.words(name)) != said)


def _in_which(ids: Sequence[int], words: Iterable[str], *, scope: Scope) -> list[int]:
    """Those of the cases in which each word begins a word of subject, place or messages that the officer may see."""
    said: dict[int, set[str]] = {}
    for pk, subject, place in Case.objects.filter(scope.visible(), pk__in=ids).values_list(
        "pk", "subject", "place"
    ):
        said.setdefault(pk, set()).update(scripts.words(f"{subject} {place}"))
    texts = Message.objects.filter(scope.visible(), case__in=list(said)).values_list("case", "text")
    for pk, text in texts:
        said[pk].update(scripts.words(text))
    return [pk for pk in ids if all(any(one.startswith(word) for one in said.get(pk, ())) for word in words)]

"""Units as a sentence names them: by their own name or a post's, a place on their ground, or an account's @name."""

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from rabta.force.directory import Directory
from rabta.force.models import Named
from rabta.kit import scripts
from rabta.kit.mentions import mentioned
from rabta.rules.phrases import PhraseTable

_tables: WeakKeyDictionary[Directory, PhraseTable[int]] = WeakKeyDictionary()


def units_named(text: str, *, directory: Directory, accounts: Mapping[str, int]) -> list[frozenset[int]]:
    """For each name in the text the units that it fits. `accounts`: units by their @names, in small letters."""
    found = [frozenset({accounts[name]}) for name in mentioned(text) if name in accounts]
    by_words: dict[tuple[int, int], set[int]] = {}
    for one in _table(directory).find_longest(scripts.words(text)):
        by_words.setdefault((one.start, one.end), set()).add(one.value)
    found += [frozenset(units) for units in by_words.values()]
    found += [frozenset(place.stations) for place in directory.places_in(text)]
    return found


def _table(directory: Directory) -> PhraseTable[int]:
    """Names of units and of posts that a unit has for itself."""
    if directory not in _tables:
        table: PhraseTable[int] = PhraseTable()
        for unit in directory.all_units.values():
            for name in _names(unit):
                table.add(phrase=name, value=unit.pk)
        for post in directory.posts.values():
            for name in _names(post):
                table.add(phrase=name, value=post.unit_id)
        _tables[directory] = table
    return _tables[directory]


def _names(named: Named) -> set[str]:
    return {name for name in (named.name, named.name_hi, named.name_ur) if name}

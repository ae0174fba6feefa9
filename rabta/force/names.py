"""The names of units, posts and places in the reader's language, where the English ones were stored."""

from collections.abc import Iterable
from functools import lru_cache
from time import monotonic

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rabta.force.models import PlaceName, Post, Unit

FRESH = 60.0  # seconds


def localised(name: str) -> str:
    """The name in the language of the reader; as it is when it is unknown or has no translation."""
    language = (get_language() or "en")[:2]
    return name if language == "en" else _names(language, int(monotonic() / FRESH)).get(name, name)


def listed(names: Iterable[object]) -> str:
    """Names, or other short words, one behind the other with the comma of the reader's language."""
    return _(", ").join(map(str, names))


@lru_cache(maxsize=4)
def _names(language: str, _minute: int) -> dict[str, str]:
    column = f"name_{language}"
    named = (PlaceName.objects, Unit.objects, Post.objects)
    return {
        pair[0]: pair[1]
        for each in named
        for pair in each.exclude(**{column: ""}).values_list("name", column)
    }

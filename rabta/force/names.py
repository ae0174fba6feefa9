"""The names of units and posts in the reader's language, for sentences that were stored with the English ones."""

from functools import lru_cache
from time import monotonic

from django.utils.translation import get_language

from rabta.force.models import Post, Unit

FRESH = 60.0  # seconds


def localised(name: str) -> str:
    """The name in the language of the reader; as it is when it is unknown or has no translation."""
    language = (get_language() or "en")[:2]
    return name if language == "en" else _names(language, int(monotonic() / FRESH)).get(name, name)


@lru_cache(maxsize=4)
def _names(language: str, _minute: int) -> dict[str, str]:
    column = f"name_{language}"
    pairs = [*Unit.objects.values_list("name", column), *Post.objects.values_list("name", column)]
    return {name: translated for name, translated in pairs if translated}

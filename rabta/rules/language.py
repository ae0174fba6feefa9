"""Which language a message is in: English, Hindi, Urdu, Pashto, or Urdu/Hindi in Latin letters (`roman`)."""

from collections.abc import Mapping, Set

from rabta.kit import scripts

# Letters that Pashto has and Urdu has not.
_PASHTO = set("ټډړږښځڅګڼېۍۀ")


def language_of(text: str, *, words: Mapping[str, Set[str]]) -> str:
    """`en`, `hi`, `ur`, `ps`, `roman`, or `` when there is no letter to judge by.

    `words` holds frequent words by language, normalised; they decide where the script does not.
    """
    script = scripts.script_of(text)
    if script == "devanagari":
        return "hi"
    if script == "arabic":
        return "ps" if _PASHTO & set(text) else _likelier(text, "ps", "ur", words)
    if script == "latin":
        return _likelier(text, "roman", "en", words)
    return ""


def is_sure(text: str, *, words: Mapping[str, Set[str]]) -> bool:
    """Whether the text itself says which language it is in: by its letters, or by more words of one than of the other.

    Where it does not, `language_of` gives the likelier of two.
    """
    script = scripts.script_of(text)
    if script == "arabic":
        return bool(_PASHTO & set(text)) or _score(text, "ps", "ur", words) != 0
    return script == "devanagari" or (script == "latin" and _score(text, "roman", "en", words) != 0)


def _likelier(text: str, first: str, otherwise: str, words: Mapping[str, Set[str]]) -> str:
    """`first` when more of its words than of the other's are in the text."""
    return first if _score(text, first, otherwise, words) > 0 else otherwise


def _score(text: str, first: str, otherwise: str, words: Mapping[str, Set[str]]) -> int:
    said = scripts.words(text)
    for_first, against = (words.get(language, frozenset()) for language in (first, otherwise))
    return sum(map(for_first.__contains__, said)) - sum(map(against.__contains__, said))

"""`@names` in public posts: whom a post is addressed to is no part of what it says."""

import re

_FIRST = re.compile(r"(?:\s*[@＠]\w{1,50}\b[\s,:]*)+")
_WHOLE = re.compile(r"[@＠]\w{1,50}\b")
_NAME = re.compile(r"[@＠](\w{1,50})")


def without_mentions(text: str) -> str:
    """The text without the names that it begins and ends with; those within a sentence stay."""
    first = _FIRST.match(text)
    rest = text[first.end() :] if first else text
    return rest[: _end(rest)].strip()


def _end(text: str) -> int:
    """Where the names begin that a text ends with. They are gone through from the last one: one pattern for all of
    them would take for ever where something stands behind."""
    end = len(text)
    for name in reversed(list(_WHOLE.finditer(text))):
        between = text[name.end() : end]
        if (between if end == len(text) else between.replace(",", " ")).strip():
            break
        end = name.start()
    return end if end == len(text) else len(text[:end].replace(",", " ").rstrip())


def mentioned(text: str) -> list[str]:
    """The names in a text, in small letters and without the sign."""
    return [name.lower() for name in _NAME.findall(text)]

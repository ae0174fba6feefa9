"""`@names` in public posts: whom a post is addressed to is no part of what it says."""

import re

_AROUND = re.compile(r"^(?:\s*[@＠]\w{1,50}\b[\s,:]*)+|(?:[\s,]*[@＠]\w{1,50}\b\s*)+$")
_NAME = re.compile(r"[@＠](\w{1,50})")


def without_mentions(text: str) -> str:
    """The text without the names that it begins and ends with; those within a sentence stay."""
    return _AROUND.sub("", text).strip()


def mentioned(text: str) -> list[str]:
    """The names in a text, in small letters and without the sign."""
    return [name.lower() for name in _NAME.findall(text)]

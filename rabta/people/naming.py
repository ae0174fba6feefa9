"""How a name is found again in any spelling and script, without being kept: by HMACs of its keys (`kit.names`)."""

from rabta import keys
from rabta.kit.names import name_keys

MOST_WORDS = 8


def keys_of(name: str) -> list[int]:
    """A number for each word of a name; what only looks like one (a telephone number) has none."""
    return [_number(key) for key in name_keys(name)[:MOST_WORDS]]


def _number(key: str) -> int:
    return int.from_bytes(keys.digest("name", key)[:8], "big", signed=True)

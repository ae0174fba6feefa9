"""How a name is found again in any spelling and script, without being kept: by HMACs of its keys (`kit.names`)."""

import json
from collections.abc import Sequence

from rabta import keys
from rabta.kit.names import joined_keys, name_keys
from rabta.people.models import Handle

MOST_WORDS = 8


def keys_of(name: str) -> list[int]:
    """Numbers of a name to keep: for each word, and for each two as if written in one. A telephone number has none."""
    found = [*name_keys(name)[:MOST_WORDS], *joined_keys(name)[:MOST_WORDS]]
    return [_number(key) for key in dict.fromkeys(found)]


def wanted(text: str) -> list[list[int]]:
    """What to ask for when these names are looked for: all numbers of one of the lists."""
    apart, together = name_keys(text)[:MOST_WORDS], joined_keys(text)
    ways = [apart] if len(together) != 1 or together == apart else [apart, together]
    return [[_number(key) for key in way] for way in ways if way]


def give_keys(handles: Sequence[Handle]) -> None:
    """Find these by name too: handles that are shown and came before there were keys."""
    fernet = keys.fernet("desk")
    for handle in handles:
        handle.name_keys = keys_of(json.loads(fernet.decrypt(bytes(handle.shown or b"")))["name"])
    Handle.objects.bulk_update([handle for handle in handles if handle.name_keys], ["name_keys"])


def _number(key: str) -> int:
    return int.from_bytes(keys.digest("name", key)[:8], "big", signed=True)

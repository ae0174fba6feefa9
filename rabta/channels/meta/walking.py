"""Taking a hook's body apart, for Facebook and Instagram: `entry → changes, messaging, standby`, or a flat entry.

`count` and `read` walk separately, so that a mistake in one shows against the other. An entry's id is the account.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import orjson

from rabta.channels.contract import Ignored, Read, Unreadable
from rabta.channels.shapes import Json, Misshapen, load, named, text_of

LISTS = ("changes", "messaging", "standby")
Reader = Callable[[str, Json], Read]


def count(raw: bytes) -> Counter[str]:
    """Items by the account that their entry names. A wrong shape counts one, at the level where it is wrong."""
    try:
        entries = load(raw).get("entry")
    except ValueError:
        return Counter({"": 1})
    found: Counter[str] = Counter()
    for entry in entries if isinstance(entries, list) and entries else [None]:
        if not isinstance(entry, dict):
            found[""] += 1
            continue
        items = 0
        for name in LISTS:
            value = entry.get(name)
            if isinstance(value, list):
                items += sum(map(_weight, value)) if name == "messaging" else len(value)
            elif value is not None:
                items += 1
        found[named(entry.get("id"))] += items or 1
    return found


def _weight(event: object) -> int:
    """One event is one item; the word that several messages arrived is one for each."""
    delivery = event.get("delivery") if isinstance(event, dict) else None
    mids = delivery.get("mids") if isinstance(delivery, dict) else None
    return len(mids) if isinstance(mids, list) and mids else 1


def read(raw: bytes, *, change: Reader, event: Reader) -> list[Read]:
    """Every item of the body, in order: `change` reads one of `changes`, `event` one of `messaging`.

    Raises ValueError when the body is no JSON object.
    """
    entries = load(raw).get("entry")
    listed = entries if isinstance(entries, list) and entries else [None]
    return [item for entry in listed for item in _entry(entry, change, event)]


def _entry(entry: object, change: Reader, event: Reader) -> Iterator[Read]:
    if not isinstance(entry, dict):
        yield Unreadable(account="", key="", reason="an entry that is no object")
        return
    account, empty = named(entry.get("id")), True
    readers = {"changes": change, "messaging": event, "standby": _standby}
    for name in LISTS:
        items = entry.get(name)
        if items is None:
            continue
        for item in items if isinstance(items, list) else [None]:
            for part in _apart(item) if name == "messaging" else [item]:
                empty = False
                yield _carefully(account, part, readers[name])
    if not empty:
        return
    if "field" in entry and "value" in entry and not any(entry.get(name) is not None for name in LISTS):
        yield _carefully(account, entry, change)
    else:
        yield Ignored(account=account, key="", reason="empty")


def _apart(event: Any) -> list[Any]:
    """One event for each message that a delivery names."""
    delivery = event.get("delivery") if isinstance(event, dict) else None
    mids = delivery.get("mids") if isinstance(delivery, dict) else None
    if not (isinstance(delivery, dict) and isinstance(mids, list) and len(mids) > 1):
        return [event]
    return [event | {"delivery": delivery | {"mids": [mid]}} for mid in mids]


def _standby(account: str, _item: Json) -> Read:
    """Another app of the force holds the talk at the moment; it hands it over when it is done."""
    return Ignored(account=account, key="", reason="standby")


def _carefully(account: str, item: object, reader: Reader) -> Read:
    """One item, or why it could not be read. The key of a broken one is its content."""
    if not isinstance(item, dict):
        return Unreadable(account=account, key="", reason="an item that is no object")
    try:
        return reader(account, item)
    except Misshapen as trouble:
        reason = str(trouble)
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as trouble:
        reason = f"unexpected shape ({type(trouble).__name__})"
    return Unreadable(account=account, key=_key_of_broken(item), reason=reason)


def _key_of_broken(item: Json) -> str:
    try:
        return "broken:" + sha256(orjson.dumps(item, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except (TypeError, ValueError, RecursionError):
        return ""


def ignored_field(account: str, change: Json) -> Ignored:
    """A change of a field that says nothing to us, by the field's name."""
    field = text_of(change, "field", longest=40)
    return Ignored(
        account=account, key="", reason=field if re.fullmatch(r"[a-z_]+", field) else "unknown field"
    )

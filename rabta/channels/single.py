"""Bodies of ours that hold one item and the account that it belongs to: a form, a unit of a message centre, a mail."""

from collections import Counter
from collections.abc import Callable

from rabta.channels.items import Read, Unreadable
from rabta.channels.shapes import Json, Misshapen, load, named


def count(raw: bytes) -> Counter[str]:
    """One, by the account it names; by none when the body has no shape."""
    try:
        return Counter({named(load(raw).get("account")): 1})
    except Misshapen:
        return Counter({"": 1})


def read_with(item: Callable[[str, Json], Read], raw: bytes) -> list[Read]:
    """What `item(account, body)` makes of the body, or that it can't be read. Raises ValueError for no JSON object."""
    body = load(raw)
    account = named(body.get("account"))
    try:
        return [item(account, body)]
    except Misshapen as trouble:
        reason = str(trouble)
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError) as trouble:
        reason = f"unexpected shape ({type(trouble).__name__})"
    return [Unreadable(account=account, key="", reason=reason)]

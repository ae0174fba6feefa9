"""For which of our addresses a message was, where several arrive in one mailbox."""

from collections.abc import Sequence
from email.parser import BytesHeaderParser
from email.utils import getaddresses

from rabta.channels.email.mime import headers

LONGEST = 64 * 1024
_SAY = ("x-original-to", "delivered-to", "envelope-to", "to", "cc", "resent-to")


def account_for(raw: bytes, own: Sequence[str]) -> str:
    """The first of our addresses (`own`, not empty) that a header names, the surest header first; else the first one.

    What follows a plus sign in the name is not part of it.
    """
    if len(own) == 1:
        return own[0]
    known = {address.casefold(): address for address in own}
    message = BytesHeaderParser().parsebytes(raw[:LONGEST])
    for name in _SAY:
        for line in headers(message, name):
            for address in _addresses(line):
                if address in known:
                    return known[address]
    return own[0]


def _addresses(line: str) -> list[str]:
    try:
        found = [address.casefold() for _name, address in getaddresses([line])]
    except (RecursionError, ValueError, TypeError, IndexError):
        return []
    return found + [_without_plus(address) for address in found]


def _without_plus(address: str) -> str:
    name, at, domain = address.rpartition("@")
    return f"{name.partition('+')[0]}{at}{domain}"

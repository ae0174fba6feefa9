"""Guessing receipt codes is hopeless (10^16 of them); this makes it slow too. Addresses are counted, not kept."""

from django.core.cache import cache
from django.http import HttpRequest

from rabta import keys
from rabta.web.visitor import address_of

WRONG_CODES = 10
SECONDS = 15 * 60


def exhausted(request: HttpRequest) -> bool:
    """Whether too many wrong codes came from this address in the last quarter of an hour."""
    return cache.get(_key(request), 0) >= WRONG_CODES


def count_wrong(request: HttpRequest) -> None:
    """Remember one more wrong code."""
    key = _key(request)
    if not cache.add(key, 1, SECONDS):
        try:
            cache.incr(key)
        except ValueError:  # it ended just now
            cache.set(key, 1, SECONDS)


def _key(request: HttpRequest) -> str:
    return f"wrong-codes:{keys.digest('address', address_of(request)).hex()}"

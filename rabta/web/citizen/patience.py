"""Guessing receipt codes is hopeless (10^15 of them); this makes it slow too. Addresses are counted, not kept."""

from allauth.core.internal.ratelimit import truncate_ip
from django.core.cache import cache
from django.http import HttpRequest

from rabta import keys
from rabta.web.visitor import address_of

WRONG_CODES = 10
SECONDS = 15 * 60
MOST_SENT = 60
SENT_SECONDS = 10 * 60


def exhausted(request: HttpRequest) -> bool:
    """Whether too many wrong codes came from this address in the last quarter of an hour."""
    return cache.get(_key(request), 0) >= WRONG_CODES


def count_wrong(request: HttpRequest) -> None:
    """Remember one more wrong code."""
    _count(_key(request), SECONDS)


def _count(key: str, seconds: int) -> None:
    if not cache.add(key, 1, seconds):
        try:
            cache.incr(key)
        except ValueError:  # it ended just now
            cache.set(key, 1, seconds)


def crowded(request: HttpRequest) -> bool:
    """Whether very many messages came through the form from this address. Whole towns may share one."""
    return cache.get(_sent_key(request), 0) >= MOST_SENT


def count_sent(request: HttpRequest) -> None:
    """Remember one more message. Counted when it is handed in, so that nobody waits for anybody's pictures."""
    _count(_sent_key(request), SENT_SECONDS)


def _sent_key(request: HttpRequest) -> str:
    return f"sent:{_source(request)}"


def _key(request: HttpRequest) -> str:
    return f"wrong-codes:{_source(request)}"


def _source(request: HttpRequest) -> str:
    """One line: of IPv6 a line has a whole network (/64), out of which it may take any address."""
    return keys.digest("address", truncate_ip(address_of(request))).hex()

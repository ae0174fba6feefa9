"""Fetching files that people sent, from the provider's own servers: the hook gives an address that lives some days."""

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from rabta.channels.contract import AccountFacts, Session, Trouble, TroubleCode
from rabta.channels.meta import graph

MB = 1024 * 1024
LARGEST = {"image": 8 * MB, "audio": 25 * MB, "video": 25 * MB, "document": 25 * MB}
CHUNK = 64 * 1024
# Where the provider keeps files. No other address is asked: it would be one that a person wrote.
_OURS = re.compile(
    r"(?:[a-z0-9-]+\.)+(?:fbcdn\.net|fbsbx\.com|cdninstagram\.com|facebook\.com|instagram\.com)"
)


async def fetch(session: Session, account: AccountFacts, ref: str) -> AsyncIterator[bytes]:
    """The bytes behind the address, in pieces. Raises Trouble MEDIA when there are too many or none any more.

    The address carries its own signature: no bearer is sent along.
    """
    url, size = _checked(account, ref), 0
    request = session.get(url, timeout=graph.timeout(total=300), allow_redirects=False)
    async with graph.failing_as(TroubleCode.UNREACHABLE), request as answer:
        if answer.status in (403, 404, 410):
            raise Trouble(TroubleCode.MEDIA, "the provider has it no longer")
        if answer.status != 200:
            raise Trouble(TroubleCode.MEDIA, f"HTTP {answer.status}", retry=answer.status >= 429)
        async for chunk in answer.content.iter_chunked(CHUNK):
            size += len(chunk)
            if size > max(LARGEST.values()):
                raise Trouble(TroubleCode.MEDIA, "too many bytes")
            yield chunk


def _checked(account: AccountFacts, url: str) -> str:
    """The address, if it is one of the provider's servers over TLS, or the very server that we ask."""
    try:
        given, ours = urlsplit(url), urlsplit(graph.api_url(account))
        same_server = (given.scheme, given.netloc) == (ours.scheme, ours.netloc)
        theirs = (
            given.scheme == "https" and given.port in (None, 443) and _OURS.fullmatch(given.hostname or "")
        )
    except ValueError:
        same_server, theirs = False, None
    if not (same_server or theirs):
        raise Trouble(TroubleCode.MEDIA, "no address of the provider's")
    return url

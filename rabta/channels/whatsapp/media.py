"""Fetching what a person sent: the media id gives an address for five minutes, the address gives the bytes."""

import base64
import hashlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from rabta.channels.contract import AccountFacts, Session, Trouble, TroubleCode
from rabta.channels.shapes import Json, text_of
from rabta.channels.whatsapp import graph

MB = 1024 * 1024
LARGEST = {"image": 5 * MB, "audio": 16 * MB, "video": 16 * MB, "document": 100 * MB}
CHUNK = 64 * 1024


async def fetch(session: Session, account: AccountFacts, ref: str) -> AsyncIterator[bytes]:
    """The bytes behind a media id, in pieces. Raises Trouble MEDIA when they are too many or not the announced ones."""
    facts = await graph.get(session, graph.address(account, ref), account)
    url, largest = _checked(account, text_of(facts, "url")), _largest(facts)
    request = session.get(
        url, headers=graph.bearer(account), timeout=graph.timeout(total=300), allow_redirects=False
    )
    digest, size = hashlib.sha256(), 0
    async with graph.failing_as(TroubleCode.UNREACHABLE), request as answer:
        if answer.status in (404, 410):
            raise Trouble(TroubleCode.MEDIA, "the provider has it no longer")
        if answer.status != 200:
            graph.understood(answer.status, await answer.content.read(CHUNK), "", TroubleCode.UNREACHABLE)
        async for chunk in answer.content.iter_chunked(CHUNK):
            size += len(chunk)
            if size > largest:
                raise Trouble(TroubleCode.MEDIA, f"more than {largest} bytes")
            digest.update(chunk)
            yield chunk
    announced = text_of(facts, "sha256", longest=64)
    if announced and announced not in (digest.hexdigest(), base64.b64encode(digest.digest()).decode()):
        raise Trouble(TroubleCode.MEDIA, "the bytes are not the announced ones", retry=True)


def _largest(facts: Json) -> int:
    """The limit for this type of file; stickers count as pictures, whatever is unknown as a document."""
    return LARGEST.get(text_of(facts, "mime_type", longest=100).partition("/")[0], LARGEST["document"])


def _checked(account: AccountFacts, url: str) -> str:
    """The address, if the bearer may be sent there: over TLS, or to the very server that we asked."""
    given, ours = urlsplit(url), urlsplit(graph.api_url(account))
    same_server = (given.scheme, given.netloc) == (ours.scheme, ours.netloc)
    if not given.hostname or not (given.scheme == "https" or same_server):
        raise Trouble(TroubleCode.MEDIA, "no usable address for the media")
    return url

"""Fetching what a person sent: the file's id gives a path for an hour, the path gives the bytes."""

import re
from collections.abc import AsyncIterator

from rabta.channels.contract import AccountFacts, Session, Trouble, TroubleCode
from rabta.channels.meta.graph import failing_as, timeout
from rabta.channels.shapes import text_of
from rabta.channels.telegram import api

LARGEST = 20 * 1024 * 1024  # that bots may fetch
CHUNK = 64 * 1024


async def fetch(session: Session, account: AccountFacts, ref: str) -> AsyncIterator[bytes]:
    """The bytes behind a file's id, in pieces. Raises Trouble MEDIA for more than bots may fetch."""
    given = {"file_id": ref}
    facts = await api.call(session, account, "getFile", given, broken=TroubleCode.UNREACHABLE)
    path = text_of(facts, "file_path", longest=300) if isinstance(facts, dict) else ""
    if not re.fullmatch(r"(?:[A-Za-z0-9_-][A-Za-z0-9_.-]*/)*[A-Za-z0-9_-][A-Za-z0-9_.-]*", path):
        raise Trouble(TroubleCode.MEDIA, "no usable path of the file")
    url = f"{api.base(account)}/file/bot{api.token(account)}/{path}"
    request, size = session.get(url, timeout=timeout(total=300), allow_redirects=False), 0
    async with failing_as(TroubleCode.UNREACHABLE), request as answer:
        if answer.status != 200:
            raise Trouble(TroubleCode.MEDIA, f"HTTP {answer.status}", retry=answer.status not in (403, 410))
        async for chunk in answer.content.iter_chunked(CHUNK):
            size += len(chunk)
            if size > LARGEST:
                raise Trouble(TroubleCode.MEDIA, f"more than {LARGEST} bytes")
            yield chunk

"""Private talks of Messenger and Instagram since some time, as bodies of the hook's own shape."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime

import orjson

from rabta.channels.contract import AccountFacts
from rabta.channels.meta.paging import Pages, listed, seconds
from rabta.channels.shapes import Json, optional

MOST_PAGES = 4


async def talks_since(
    pages: Pages,
    account: AccountFacts,
    since: datetime,
    *,
    fields: str,
    object_name: str,
    read: Callable[[str, Json], Json | None],
    platform: str = "",
) -> AsyncIterator[bytes]:
    """Messages of people in talks that moved since then; `read` makes an event of one. Raises Trouble."""
    params = {"fields": fields, "limit": "25"} | ({"platform": platform} if platform else {})
    async for talks in pages.of((account.external_id, "conversations"), params, most=MOST_PAGES):
        moved = [talk for talk in talks if (seconds(talk.get("updated_time")) or 0) >= since.timestamp()]
        messages = [one for talk in moved for one in listed(optional(talk, "messages"))]
        new = [one for one in messages if (seconds(one.get("created_time")) or 0) >= since.timestamp()]
        events = [event for one in reversed(new) if (event := read(account.external_id, one))]
        if events:
            entry = {"id": account.external_id, "messaging": events}
            yield orjson.dumps({"object": object_name, "entry": [entry]})
        if len(moved) < len(talks):  # the newest come first: all further ones are older
            return

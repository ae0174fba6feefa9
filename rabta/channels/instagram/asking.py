"""Asking Instagram for the text of a mention, and for what hooks did not bring, as bodies of the hook's own shape."""

from collections.abc import AsyncIterator
from datetime import datetime

import orjson

from rabta.channels.contract import AccountFacts, Session, Trouble, TroubleCode
from rabta.channels.meta import graph
from rabta.channels.meta.paging import Pages, listed, milliseconds, seconds
from rabta.channels.meta.talks import talks_since
from rabta.channels.meta.troubles import GRAPH
from rabta.channels.shapes import Json, optional, text_of

COMMENT = "id,text,timestamp,username,from,parent_id"
TALKS = "updated_time,messages.limit(25){id,created_time,from,message}"


async def complete(session: Session, account: AccountFacts, ask: str) -> bytes:
    """A body with the text of a mention (`media:comment`, or `media:` for one in a caption). Raises Trouble."""
    media, _, comment = ask.partition(":")
    if not media.isdigit() or not (comment.isdigit() or not comment):
        raise Trouble(TroubleCode.REFUSED, "an id with characters that no id has")
    fields = (
        f"mentioned_comment.comment_id({comment}){{timestamp,text,username,media{{permalink}}}}"
        if comment
        else f"mentioned_media.media_id({media}){{timestamp,caption,username,permalink}}"
    )
    answer = await GRAPH.get(session, graph.address(account, account.external_id), account, fields=fields)
    found = optional(answer, "mentioned_comment" if comment else "mentioned_media")
    value = {
        "media_id": media,
        "text": text_of(found, "text" if comment else "caption"),
        "username": text_of(found, "username", longest=60),
        "timestamp": seconds(found.get("timestamp")),
        "permalink": text_of(optional(found, "media") if comment else found, "permalink", longest=500),
    } | ({"comment_id": comment} if comment else {})
    return _body(account, [{"field": "mentions", "value": value}])


async def poll(session: Session, account: AccountFacts, since: datetime) -> AsyncIterator[bytes]:
    """Comments under our newest pictures, and private messages, since then. Raises Trouble."""
    pages = Pages(session, account)
    comments = f"comments.limit(50){{{COMMENT},replies.limit(50){{{COMMENT}}}}}"
    params = {"fields": f"id,permalink,timestamp,{comments}", "limit": "25"}
    async for media in pages.of((account.external_id, "media"), params, most=2):
        changes = [change for one in media for change in _comments(one, since)]
        if changes:
            yield _body(account, changes)
    async for body in talks_since(
        pages, account, since, fields=TALKS, object_name="instagram", read=_message, platform="instagram"
    ):
        yield body


def _body(account: AccountFacts, changes: list[Json]) -> bytes:
    entry = {"id": account.external_id, "changes": changes}
    return orjson.dumps({"object": "instagram", "entry": [entry]})


def _comments(media: Json, since: datetime) -> list[Json]:
    """New comments under a picture, and new replies under those, as changes."""
    changes = []
    for comment in listed(optional(media, "comments")):
        for one in (comment, *listed(optional(comment, "replies"))):
            at = seconds(one.get("timestamp"))
            if at is not None and at >= since.timestamp():
                parent = one.get("parent_id") or (comment.get("id") if one is not comment else None)
                value = {name: one.get(name) for name in ("id", "text", "from", "username")}
                value |= {"media": {"id": media.get("id"), "permalink": media.get("permalink")}}
                value |= {"timestamp": at} | ({"parent_id": parent} if parent else {})
                changes.append({"field": "comments", "value": value})
    return changes


def _message(account: str, message: Json) -> Json | None:
    """A message of a talk as an event; None for ours and for what has no text (files come by hook only)."""
    writer, text = optional(message, "from").get("id"), text_of(message, "message")
    if not writer or writer == account or not text:
        return None
    return {
        "sender": {"id": writer},
        "recipient": {"id": account},
        "timestamp": milliseconds(message.get("created_time")),
        "message": {"mid": message.get("id"), "text": text},
    }

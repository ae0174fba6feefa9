"""Asking a Page's provider: for what a hook only pointed to, and for whatever hooks did not bring.

The answers are put into bodies of the hook's own shape, so that they are journalled and read like every other and an
item that came before is a duplicate.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import orjson

from rabta.channels.contract import AccountFacts, Session
from rabta.channels.meta import graph
from rabta.channels.meta.paging import Pages, listed, milliseconds, seconds
from rabta.channels.meta.talks import talks_since
from rabta.channels.meta.troubles import GRAPH
from rabta.channels.shapes import Json, optional, text_of

POST = "id,message,from,created_time,permalink_url,full_picture"
COMMENT = "id,message,from,created_time,parent{id},attachment{media,type},permalink_url"
FILES = "attachments{mime_type,image_data,video_data,file_url}"
TALKS = f"updated_time,messages.limit(25){{id,created_time,from,message,{FILES}}}"


async def complete(session: Session, account: AccountFacts, ask: str) -> bytes:
    """A body with the whole of a post or comment (`post:…`, `comment:…`) that mentioned us. Raises Trouble."""
    kind, _, name = ask.partition(":")
    fields = COMMENT if kind == "comment" else POST
    found = await GRAPH.get(session, graph.address(account, name), account, fields=fields)
    value = _comment(found | {"id": name}, {}) if kind == "comment" else _post(found | {"id": name})
    return _body(account, [{"field": "mention", "value": value}])


async def poll(session: Session, account: AccountFacts, since: datetime) -> AsyncIterator[bytes]:
    """Posts on the page, comments under them and private messages since then, oldest page last. Raises Trouble."""
    pages = Pages(session, account)
    comments = f"comments.filter(stream).order(reverse_chronological).limit(100){{{COMMENT}}}"
    # A comment of today may stand under a post of long ago, so the newest posts are asked for whatever their age.
    params = {"fields": f"{POST},{comments}", "limit": "25"}
    async for posts in pages.of((account.external_id, "feed"), params, most=2):
        changes = [change for post in posts for change in _feed(post, since)]
        if changes:
            yield _body(account, changes)
    async for body in talks_since(pages, account, since, fields=TALKS, object_name="page", read=_message):
        yield body


def _body(account: AccountFacts, changes: list[Json]) -> bytes:
    entry = {"id": account.external_id, "changes": changes}
    return orjson.dumps({"object": "page", "entry": [entry]})


def _feed(post: Json, since: datetime) -> list[Json]:
    """The post itself, if it is new, and the new comments under it, as changes of the feed."""
    values = [_post(post)] if _is_new(post, since) else []
    values += [_comment(one, post) for one in listed(optional(post, "comments")) if _is_new(one, since)]
    return [{"field": "feed", "value": value} for value in values]


def _is_new(one: Json, since: datetime) -> bool:
    at = seconds(one.get("created_time"))
    return at is not None and at >= since.timestamp()


def _post(post: Json) -> Json:
    picture = text_of(post, "full_picture", longest=4000)
    return {
        "item": "photo" if picture else "status",
        "verb": "add",
        "post_id": post.get("id"),
        "from": post.get("from"),
        "message": text_of(post, "message"),
        "created_time": seconds(post.get("created_time")),
        "permalink_url": post.get("permalink_url"),
    } | ({"link": picture} if picture else {})


def _comment(comment: Json, post: Json) -> Json:
    value: Json = {
        "item": "comment",
        "verb": "add",
        "comment_id": comment.get("id"),
        "from": comment.get("from"),
        "message": text_of(comment, "message"),
        "created_time": seconds(comment.get("created_time")),
        "permalink_url": comment.get("permalink_url"),
        "parent_id": optional(comment, "parent").get("id") or post.get("id"),
        "post_id": post.get("id"),
    }
    attachment = optional(comment, "attachment")
    source = text_of(optional(optional(attachment, "media"), "image"), "src", longest=4000)
    return value | ({"photo": source} if source and attachment.get("type") == "photo" else {})


def _message(account: str, message: Json) -> Json | None:
    """A message of a talk as an event of `messaging`; None for what was not said by a person."""
    writer = optional(message, "from").get("id")
    if not writer or writer == account:
        return None
    inner: Json = {"mid": message.get("id"), "text": text_of(message, "message")}
    attachments = [_attachment(one) for one in listed(optional(message, "attachments"))]
    if attachments:
        inner["attachments"] = attachments
    return {
        "sender": {"id": writer},
        "recipient": {"id": account},
        "timestamp": milliseconds(message.get("created_time")),
        "message": inner,
    }


def _attachment(one: Json) -> dict[str, Any]:
    kind, source = "file", one.get("file_url")
    for name, what in (("image_data", "image"), ("video_data", "video")):
        if isinstance(one.get(name), dict):
            kind, source = what, optional(one, name).get("url")
    if kind == "file" and text_of(one, "mime_type").startswith("audio/"):
        kind = "audio"
    return {"type": kind, "payload": {"url": source}}

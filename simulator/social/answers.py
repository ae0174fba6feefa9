"""What pages and Instagram accounts ask for: their posts, talks, mentions, and containers of pictures and films."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from simulator.errors import GraphError, no_such_object
from simulator.ids import media_id
from simulator.loopback import check_address
from simulator.media import MB
from simulator.social import shapes
from simulator.social.asked import Asked
from simulator.store import Row

Json = dict[str, Any]
MOST = {"image": 8 * MB, "video": 100 * MB}


def _paged(asked: Asked, rows: list[Any]) -> tuple[list[Any], Json]:
    """One page of a list, and where the next begins."""
    query = asked.request.query
    limit, start = min(int(query.get("limit", 25)), 100), int(query.get("after") or 0)
    paging: Json = {"cursors": {"before": str(start), "after": str(start + limit)}}
    if start + limit < len(rows):
        paging["next"] = str(asked.request.url.update_query(after=str(start + limit)))
    return rows[start : start + limit], paging


async def get_feed(asked: Asked) -> Json:
    """GET /{page}/feed: posts, newest first, with their comments."""
    page = asked.page()
    below = _by_root(asked, page)
    posts, paging = _paged(asked, [rows[0] for rows in below if not rows[0]["parent"]])
    comments = {rows[0]["id"]: rows[1:] for rows in below}
    people = asked.people
    data = [
        shapes.feed_post(
            page, post, author=people.author(page, post["author"]), photo=people.photo_url(post),
            comments=[
                shapes.feed_comment(page, one, author=people.author(page, one["author"]), photo=people.photo_url(one))
                for one in reversed(comments[post["id"]])
            ],
        )
        for post in posts
    ]  # fmt: skip
    return {"data": data, "paging": paging}


def _by_root(asked: Asked, page: Row) -> list[list[Row]]:
    """Posts that stand on the page, each with what is under it; the newest post first."""
    found: dict[str, list[Row]] = {}
    for row in asked.square.wall(page["id"]):
        if not row["removed"] and not row["elsewhere"]:
            found.setdefault(row["root"], []).append(row)
    return list(found.values())


async def get_media(asked: Asked) -> Json:
    """GET /{account}/media: pictures with comments and the replies to those."""
    page = asked.page()
    below = _by_root(asked, page)
    shown, paging = _paged(asked, [rows for rows in below if not rows[0]["parent"]])
    return {"data": [_picture(asked, page, rows) for rows in shown], "paging": paging}


def _picture(asked: Asked, page: Row, rows: list[Row]) -> Json:
    root, under = rows[0], rows[1:]

    def comment(row: Row) -> Json:
        found = shapes.instagram_comment(row, author=asked.people.author(page, row["author"]))
        replies = [comment(one) for one in under if one["parent"] == row["id"]]
        return found | ({"replies": {"data": replies}} if replies else {})

    comments = [comment(row) for row in under if row["parent"] == root["id"]]
    shown = {"id": root["id"], "permalink": shapes.permalink(page, root), "timestamp": shapes.iso(root["at"])}
    return shown | ({"comments": {"data": comments}} if comments else {})


async def get_conversations(asked: Asked) -> Json:
    """GET /{page}/conversations: talks, the one that moved last first, with their newest messages."""
    page = asked.page()
    rows = asked.square.store.all(
        "SELECT phone, max(at) AS at FROM talks WHERE page = ? GROUP BY phone ORDER BY at DESC", page["id"]
    )
    talks, paging = _paged(asked, rows)
    return {"data": [_talk(asked, page, row) for row in talks], "paging": paging}


def _talk(asked: Asked, page: Row, row: Row) -> Json:
    people = asked.people
    messages = [
        shapes.talk_message(
            one,
            sender=people.author(page, one["phone"] if one["author"] == "person" else "page"),
            photo=people.photo_url(one),
        )
        for one in reversed(asked.square.talk(page["id"], row["phone"]))
        if not one["unsent"]
    ]
    return {
        "id": f"t_{row['phone']}",
        "updated_time": shapes.iso(row["at"]),
        "messages": {"data": messages[:25]},
    }


async def get_object(asked: Asked) -> Json:
    """GET /{id}: a container, the mentions of an account, the facts of a page, or a post."""
    container = asked.square.store.one("SELECT * FROM containers WHERE id = ?", asked.name)
    if container is not None:
        return {
            "id": asked.name,
            "status_code": _state(container),
        }
    own = next((page for page in asked.pages if page["id"] == asked.name), None)
    if own is not None:
        return _mentioned(asked, own) or {"id": own["id"], "name": own["name"]}
    post = asked.square.needed_post(asked.name)
    page = asked.square.needed_page(post["page"])
    author, photo = asked.people.author(page, post["author"]), asked.people.photo_url(post)
    if post["parent"]:
        return shapes.feed_comment(page, post, author=author, photo=photo)
    if page["kind"] == "instagram":
        return {"id": post["id"], "permalink": shapes.permalink(page, post)}
    return shapes.feed_post(page, post, author=author, photo=photo, comments=[])


def _mentioned(asked: Asked, page: Row) -> Json:
    """The text of a mention, if that is asked for."""
    wanted = re.match(
        r"mentioned_(comment|media)\.(?:comment|media)_id\((\d+)\)", asked.request.query.get("fields", "")
    )
    if not wanted:
        return {}
    post = asked.square.needed_post(wanted[2])
    if post["page"] != page["id"] or not post["elsewhere"]:
        raise no_such_object(wanted[2])
    writer = asked.people.author(page, post["author"])["username"]
    found = {"username": writer, "timestamp": shapes.iso(post["at"]), "id": post["id"]}
    link = shapes.permalink(page, post)
    if wanted[1] == "comment":
        found |= {"text": post["text"], "media": {"permalink": link}}
    else:
        found |= {"caption": post["text"], "permalink": link}
    return {f"mentioned_{wanted[1]}": found, "id": page["id"]}


async def post_media(asked: Asked) -> Json:
    """POST /{account}/media: a container for a picture or a film (reel), which is fetched from its address."""
    kind, what = ("video", "video_url") if asked.body.get("media_type") == "REELS" else ("image", "image_url")
    page, address = asked.page(), asked.body.get(what)
    if page["kind"] != "instagram" or not isinstance(address, str):
        raise GraphError(100, f"The parameter {what} is required")
    try:
        check_address(address, what=what)
    except ValueError as error:
        raise GraphError(100, str(error)) from None
    name, photo = f"18{media_id()}", await _fetched(asked, address, kind)
    body = json.dumps(asked.body | {"photo": photo})
    row = {"id": name, "page": page["id"], "body": body, "at": time.time()}
    asked.square.store.insert("containers", row)
    return {"id": name}


async def _fetched(asked: Asked, address: str, kind: str) -> str:
    """The picture or film at the address, as the provider's own copy; empty when there is none."""
    try:
        async with (
            ClientSession(trust_env=False, timeout=ClientTimeout(total=10)) as client,
            client.get(address, allow_redirects=False) as answer,
        ):
            if answer.status != 200 or not answer.content_type.startswith(f"{kind}/"):
                return ""
            saved = await asked.people.world.media.save(
                answer.content.iter_chunked(64 * 1024), account=asked.name, filename=kind,
                limit=MOST[kind], days=30, mime_type=answer.content_type,
            )  # fmt: skip
    except (ClientError, TimeoutError, OSError):
        return ""
    return str(saved["id"])


def _state(container: Row) -> str:
    """How far a container is: a picture that could not be fetched is never finished."""
    if not json.loads(container["body"])["photo"]:
        return "ERROR"
    return "FINISHED" if time.time() - container["at"] > 0.1 else "IN_PROGRESS"


async def media_publish(asked: Asked) -> Json:
    """POST /{account}/media_publish: the container becomes a picture of the account."""
    page = asked.page()
    found = asked.square.store.one(
        "SELECT * FROM containers WHERE id = ? AND page = ?", str(asked.body.get("creation_id")), page["id"]
    )
    if found is None:
        raise GraphError(100, "The creation_id is unknown")
    body = json.loads(found["body"])
    if _state(found) != "FINISHED":
        raise GraphError(9007, "The media is not ready for publishing")
    made = asked.square.add_post(
        page, author="page", text=str(body.get("caption") or ""), photo=body["photo"]
    )
    asked.people.show(page)
    return {"id": made["id"]}


EDGES = {
    ("GET", "feed"): get_feed, ("GET", "media"): get_media, ("GET", "conversations"): get_conversations,
    ("GET", ""): get_object, ("POST", "media"): post_media, ("POST", "media_publish"): media_publish,
}  # fmt: skip

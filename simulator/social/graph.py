"""The Graph API for pages and Instagram accounts. Who asks is told by the access token."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import BodyPartReader, web

from simulator.errors import GraphError, no_such_object
from simulator.graph import bearer
from simulator.media import MB
from simulator.social import answers
from simulator.social.asked import Asked
from simulator.social.people import People
from simulator.store import Row
from simulator.world import world_of

Json = dict[str, Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Edge = Callable[[Asked], Awaitable[Json]]
SOCIAL: web.AppKey[People] = web.AppKey("social", People)
DAY = 86_400
MID = re.compile(r"m_[\w-]+")


@web.middleware
async def for_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what is asked with a page's token; all else goes its way."""
    matched = re.fullmatch(r"/(v\d+\.\d+)/([\w:.-]+)(?:/(\w+))?", request.path)
    people = request.app[SOCIAL]
    people.base = str(request.url.origin())
    if not matched or "Authorization" not in request.headers:
        return await handler(request)
    pages = people.square.by_token(bearer(request))
    if not pages:
        return await handler(request)
    name = pages[0]["id"] if matched[2] == "me" else matched[2]
    edge = EDGES.get((request.method, matched[3] or ""))
    if edge is None:
        raise no_such_object(name, verb=request.method.lower())
    asked = Asked(request, people, pages, name)
    await _bad_day(request)
    await _read(asked)
    answer = await edge(asked)
    world = people.world
    world.note("graph", what=f"{request.method} {request.path}", answer="200")
    if request.method == "POST" and world.faults.happens(world.faults.lost_response) and request.transport:
        world.note("graph", what="response lost", answer="connection cut")
        request.transport.abort()
    return web.json_response(answer, headers={"X-App-Usage": json.dumps({"call_count": 3, "total_time": 1})})


async def _bad_day(request: web.Request) -> None:
    """Be slow, refuse or fail as the switches say, before anything was accepted."""
    faults = world_of(request).faults
    if faults.api_delay_ms:
        await asyncio.sleep(faults.api_delay_ms / 1000)
    if faults.happens(faults.http_429):
        raise GraphError(613, "Calls to this api have exceeded the rate limit.")
    if faults.happens(faults.http_5xx):
        raise GraphError(2)


async def _read(asked: Asked) -> None:
    request = asked.request
    if request.content_type.startswith("multipart/"):
        async for item in await request.multipart():
            if isinstance(item, BodyPartReader) and item.name in ("filedata", "source"):
                saved = await asked.people.world.media.save(
                    _chunks(item), account=asked.name, filename=item.filename or "", limit=25 * MB, days=30,
                    mime_type=item.headers.get("Content-Type", "application/octet-stream"),
                )  # fmt: skip
                asked.file = saved["id"]
            elif isinstance(item, BodyPartReader) and item.name:
                asked.body[item.name] = await item.text()
    elif request.method == "POST":
        try:
            body = json.loads(await request.read())
        except ValueError:
            raise GraphError(100, "The body is not JSON.") from None
        if not isinstance(body, dict):
            raise GraphError(100, "The body is not a JSON object.")
        asked.body = body


async def _chunks(item: BodyPartReader) -> Any:
    while chunk := await item.read_chunk(64 * 1024):
        yield chunk


async def messages(asked: Asked) -> Json:
    """A private message of the page: checked, written down, echoed, delivered."""
    page, body = asked.page(), asked.body
    phone, comment = _recipient(asked, page)
    text, photo = _content(asked, page)
    if comment is None:
        _check_window(asked, page, phone)
    else:
        asked.square.change_post(comment["id"], answered=1)
    sent = asked.square.say(page["id"], phone, author="page", text=text, photo=photo, body=body)
    inner = {"mid": sent["id"], "is_echo": True, "app_id": 1} | ({"text": text} if text else {})
    metadata = (body.get("message") or {}).get("metadata")
    inner |= {"metadata": metadata} if metadata and page["kind"] == "page" else {}
    asked.people.event(page, phone, "echo", {"message": inner}, ours=True)
    asked.people.world.later(
        asked.people.world.faults.status_delay_ms / 1000, _arrive, asked.people, page, sent["id"]
    )
    return {"recipient_id": asked.square.scoped_id(page["id"], phone), "message_id": sent["id"]}


def _arrive(people: People, page: Row, name: str) -> None:
    """The message reaches the person's phone; Messenger says so."""
    message = people.square.needed_message(name)
    if message["status"] == "sent":
        people.square.store.run("UPDATE talks SET status = 'delivered' WHERE id = ?", name)
        if page["kind"] == "page":
            word = {"delivery": {"mids": [name], "watermark": int(time.time() * 1000)}}
            people.event(page, message["phone"], "delivery", word)
        people.show(page)


def _recipient(asked: Asked, page: Row) -> tuple[str, Row | None]:
    """Whom it goes to, and the comment that it answers privately: that is possible once and for seven days."""
    given = asked.body.get("recipient")
    given = given if isinstance(given, dict) else {}
    name = given.get("comment_id") or given.get("post_id")
    if name:
        post = asked.square.needed_post(str(name), verb="post")
        if post["page"] != page["id"] or post["author"] == "page":
            raise GraphError(10903, "This user can't reply to this activity")
        if post["answered"]:
            raise GraphError(10900, "Activity already replied to")
        if time.time() - post["at"] > 7 * DAY:
            raise GraphError(10901, "Activity is too old to reply to")
        return post["author"], post
    if not given.get("id"):
        raise GraphError(100, "The parameter recipient is required")
    return asked.square.phone_of(page["id"], str(given["id"])), None


def _content(asked: Asked, page: Row) -> tuple[str, str]:
    """(text, media id) of the message."""
    message = asked.body.get("message")
    message = message if isinstance(message, dict) else {}
    text, attachment = message.get("text"), message.get("attachment")
    if isinstance(attachment, dict):
        name = str((attachment.get("payload") or {}).get("attachment_id") or "")
        if asked.people.world.media.find(name, account=page["id"]) is None:
            raise GraphError(100, "Invalid attachment ID", subcode=2018074, status=400)
        return "", name
    too_long = len(str(text).encode()) > 1000 if page["kind"] == "instagram" else len(str(text)) > 2000
    if not isinstance(text, str) or not text.strip() or too_long:
        raise GraphError(100, "Length of param message[text] must be less than or equal to the limit")
    return text, ""


def _check_window(asked: Asked, page: Row, phone: str) -> None:
    """24 hours after the person's last private message; seven days with the tag of a human agent."""
    last, now = asked.square.last_word(page["id"], phone), time.time()
    tagged = asked.body.get("messaging_type") == "MESSAGE_TAG" and asked.body.get("tag") == "HUMAN_AGENT"
    if asked.people.world.person(phone)["state"] == "unreachable":
        raise GraphError(551, "This person isn't available right now")
    if last is None or now - last > (7 * DAY if tagged else DAY):
        text = "This message is sent outside of allowed window."
        raise GraphError(10, text, subcode=2018278, status=400)


async def message_attachments(asked: Asked) -> Json:
    """An upload for a private message."""
    asked.page()
    if not asked.file:
        raise GraphError(100, "Upload attachment failure", subcode=2018047, status=400)
    return {"attachment_id": asked.file}


async def comments(asked: Asked) -> Json:
    """The page answers in public: its own comment comes back as a hook."""
    page, post = asked.post()
    made = asked.square.add_post(page, author="page", text=asked.text(), parent=post)
    asked.people._tell(page, made, verb="add", given={})
    return {"id": made["id"]}


async def mentions(asked: Asked) -> Json:
    """An Instagram account answers where it was mentioned."""
    page = asked.page()
    post = asked.square.needed_post(
        str(asked.body.get("comment_id") or asked.body.get("media_id")), verb="post"
    )
    made = asked.square.add_post(page, author="page", text=asked.text(limit=2200), parent=post, elsewhere=1)
    asked.people.show(page)
    return {"id": made["id"]}


async def feed(asked: Asked) -> Json:
    """The page posts."""
    page = asked.page()
    made = asked.square.add_post(page, author="page", text=asked.text(limit=60_000))
    asked.people._tell(page, made, verb="add", given={})
    return {"id": made["id"]}


async def videos(asked: Asked) -> Json:
    """The page posts a film."""
    page = asked.page()
    if not asked.file:
        raise GraphError(100, "The parameter source is required")
    made = asked.square.add_post(
        page, author="page", text=str(asked.body.get("description") or ""), photo=asked.file
    )
    asked.people._tell(page, made, verb="add", given={})
    return {"id": made["id"].rpartition("_")[2]}


async def photos(asked: Asked) -> Json:
    """The page posts a photo."""
    page = asked.page()
    if not asked.file:
        raise GraphError(100, "The parameter source is required")
    made = asked.square.add_post(
        page, author="page", text=str(asked.body.get("caption") or ""), photo=asked.file
    )
    asked.people._tell(page, made, verb="add", given={})
    return {"id": made["id"].rpartition("_")[2], "post_id": made["id"]}


EDGES: dict[tuple[str, str], Edge] = {
    ("POST", "messages"): messages, ("POST", "message_attachments"): message_attachments,
    ("POST", "comments"): comments, ("POST", "replies"): comments, ("POST", "mentions"): mentions,
    ("POST", "feed"): feed, ("POST", "photos"): photos, ("POST", "videos"): videos,
    **answers.EDGES,
}  # fmt: skip

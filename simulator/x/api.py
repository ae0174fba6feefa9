"""The X API v2: posts, direct messages, uploads. Every request must be signed in an account's name (OAuth 1.0a)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import re
import time
from io import BytesIO
from typing import Any
from urllib.parse import quote, unquote

from aiohttp import web

from simulator.store import Row, Store
from simulator.world import world_of
from simulator.x.hooks import Events
from simulator.x.square import Square

X: web.AppKey[Square] = web.AppKey("x", Square)
EVENTS: web.AppKey[Events] = web.AppKey("x_events", Events)
DAY = 24 * 3600
QUARTER, POSTS, MESSAGES = 900, 100, 15
routes = web.RouteTableDef()
Json = dict[str, Any]


class Problem(web.HTTPException):
    """An answer in the form of X's problems."""

    def __init__(self, status: int, detail: str, **more: str) -> None:
        self.status_code = status
        body = {"title": detail, "detail": detail, "status": status, "type": "about:blank"} | more
        headers = {"x-rate-limit-reset": str(int(time.time()) + 60)} if status == 429 else None
        super().__init__(text=json.dumps(body), content_type="application/json", headers=headers)


def account_of(request: web.Request) -> Row:
    """The account whose token and signature the request carries; 401 otherwise."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    values = {k: unquote(v) for k, v in re.findall(r'(\w+)="([^"]*)"', given)} if scheme == "OAuth" else {}
    store = request.app[X].store
    account = store.one("SELECT * FROM x_accounts WHERE token = ?", values.get("oauth_token", ""))
    if account is None or not hmac.compare_digest(
        _signature(request, values, account), values["oauth_signature"]
    ):
        raise Problem(401, "Unauthorized")
    return account


def _signature(request: web.Request, values: dict[str, str], account: Row) -> str:
    """RFC 5849, 3.4: method, address, and all parameters but the signature, under both secrets."""
    parts = {k: v for k, v in values.items() if k != "oauth_signature" and k.startswith("oauth_")}
    pairs = sorted((_coded(k), _coded(v)) for k, v in [*parts.items(), *request.query.items()])
    url = f"{request.scheme}://{request.host}{request.path}"
    base = "&".join([request.method, _coded(url), _coded("&".join(f"{k}={v}" for k, v in pairs))])
    key = f"{_coded(account['consumer_secret'])}&{_coded(account['token_secret'])}"
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


def _coded(text: str) -> str:
    return quote(text, safe="-._~")


async def bad_day(request: web.Request, *, account: str, posts: bool) -> None:
    """Be slow, refuse or fail as the switches say, before anything was accepted; and count."""
    faults = world_of(request).faults
    if faults.api_delay_ms:
        await asyncio.sleep(faults.api_delay_ms / 1000)
    lately = request.app[X].lately(account, posts=posts, since=time.time() - QUARTER)
    if faults.happens(faults.http_429) or (faults.limits and lately >= (POSTS if posts else MESSAGES)):
        raise Problem(429, "Too Many Requests")
    if faults.happens(faults.http_5xx):
        raise Problem(503, "Service Unavailable")


def _maybe_lost(request: web.Request) -> None:
    faults = world_of(request).faults
    if faults.happens(faults.lost_response) and request.transport is not None:
        request.transport.abort()


async def _body(request: web.Request) -> Json:
    try:
        body = json.loads(await request.read())
    except ValueError:
        raise Problem(400, "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise Problem(400, "The body is not an object.")
    return body


@routes.post("/2/tweets")
async def tweets(request: web.Request) -> web.Response:
    """A post, or a reply where X allows it."""
    account, square = account_of(request), request.app[X]
    await bad_day(request, account=account["id"], posts=True)
    body = await _body(request)
    text = body.get("text")
    if not isinstance(text, str) or not text.strip() or len(text) > 560:
        raise Problem(400, "A post needs a text of at most 280 characters.")
    target = (
        body.get("reply", {}).get("in_reply_to_tweet_id", "") if isinstance(body.get("reply"), dict) else ""
    )
    other = square.post(str(target)) if target else None
    if target and other is None:
        raise Problem(404, "There is no such post.")
    if other and not square.may_reply(account=account["id"], other=other):
        raise Problem(403, "Reply to this conversation is not allowed: you were not mentioned or quoted.")
    same = "SELECT 1 FROM x_posts WHERE author = ? AND text = ? AND deleted = 0 AND at > ?"
    if square.store.value(same, account["id"], text, time.time() - DAY):
        raise Problem(403, "You are not allowed to create a Tweet with duplicate content.")
    relation = "reply" if other else ""
    attached = _attached(square, body.get("media"))
    made = square.add(author=account["id"], text=text, relation=relation, other=str(target), media=attached)
    request.app[EVENTS].posted(made)
    _maybe_lost(request)
    return web.json_response({"data": {"id": made["id"], "text": text}}, status=201)


def _attached(square: Square, given: Any) -> list[str]:
    """The media of a post; each must have been brought and be ready."""
    wanted = [str(one) for one in given.get("media_ids", [])] if isinstance(given, dict) else []
    for one in wanted:
        if square.store.value("SELECT state FROM x_media WHERE id = ?", one) != "succeeded":
            raise Problem(400, "Your media IDs are invalid.")
    return wanted


@routes.get("/2/users/me")
async def me(request: web.Request) -> web.Response:
    """Whose token it is."""
    account = account_of(request)
    user = request.app[X].user(account["id"])
    return web.json_response({"data": {name: user[name] for name in ("id", "name", "username")}})


@routes.post("/2/dm_conversations/with/{person}/messages")
async def messages(request: web.Request) -> web.Response:
    """A direct message, where that person lets the account write."""
    account, square = account_of(request), request.app[X]
    await bad_day(request, account=account["id"], posts=False)
    body, person = await _body(request), request.match_info["person"]
    text = body.get("text") or ("(picture)" if body.get("attachments") else "")
    if not isinstance(text, str) or not text.strip():
        raise Problem(400, "A message needs a text.")
    if square.store.value("SELECT 1 FROM x_users WHERE id = ?", person) is None:
        raise Problem(404, "There is nobody with this number.")
    if not square.may_write(account=account["id"], person=person):
        raise Problem(403, "You are not permitted to send a Direct Message to this user.")
    made = square.tell(account=account["id"], person=person, author=account["id"], text=text)
    message = square.store.one("SELECT * FROM x_messages WHERE id = ?", made["id"]) or {}
    request.app[EVENTS].told(message)
    _maybe_lost(request)
    data = {"dm_event_id": made["id"], "dm_conversation_id": f"{account['id']}-{person}"}
    return web.json_response({"data": data}, status=201)


@routes.post("/2/media/upload")
async def upload(request: web.Request) -> web.Response:
    """A picture in one request, or a film by INIT, APPEND and FINALIZE."""
    account_of(request)
    form, store, commands = await request.post(), request.app[X].store, ("INIT", "APPEND", "FINALIZE")
    command = str(form.get("command") or "")
    if command in commands and command != "INIT":
        return _piece(store, command, form)
    media = form.get("media")
    if command != "INIT" and not isinstance(media, web.FileField):
        raise Problem(400, "There is no media.")
    content = media.file.read() if isinstance(media, web.FileField) else b""
    made = request.app[X].new_id()
    row: Json = {
        "id": made,
        "mime": str(form.get("media_type") or ""),
        "content": content,
        "state": "succeeded",
    }
    if command == "INIT":
        row |= {"state": "pending", "total": int(str(form.get("total_bytes") or 0))}
    store.insert("x_media", row)
    return web.json_response({"data": {"id": made, "media_key": f"3_{made}"}})


def _piece(store: Store, command: str, form: Any) -> web.Response:
    """The next piece of a film, or its end. After the end it takes one question until it is ready."""
    row = store.one("SELECT * FROM x_media WHERE id = ?", str(form.get("media_id") or ""))
    if row is None:
        raise Problem(400, "There is no such media.")
    if command == "APPEND":
        if int(str(form.get("segment_index") or 0)) != row["pieces"]:
            raise Problem(400, "The pieces come in their order.")
        more = "UPDATE x_media SET content = ?, pieces = pieces + 1 WHERE id = ?"
        store.run(more, row["content"] + form["media"].file.read(), row["id"])
        return web.Response(status=204)
    if len(row["content"]) != row["total"]:
        raise Problem(400, "Some of it is missing.")
    info = {"state": "pending", "check_after_secs": 1}
    return web.json_response({"data": {"id": row["id"], "processing_info": info}})


@routes.get("/2/media/upload")
async def upload_state(request: web.Request) -> web.Response:
    """How far a film is: whoever asks makes it ready."""
    account_of(request)
    store, made = request.app[X].store, request.query.get("media_id", "")
    store.run("UPDATE x_media SET state = 'succeeded' WHERE id = ?", made)
    return web.json_response({"data": {"id": made, "processing_info": {"state": "succeeded"}}})


@routes.post("/2/media/metadata")
async def metadata(request: web.Request) -> web.Response:
    """What is on a picture, for those who can't see it."""
    account_of(request)
    body = await _body(request)
    words = str(body["metadata"]["alt_text"]["text"])
    request.app[X].store.run("UPDATE x_media SET alt = ? WHERE id = ?", words, str(body["id"]))
    return web.json_response({"data": {"id": str(body["id"])}})


@routes.get("/x/media/{made}")
async def media(request: web.Request) -> web.Response:
    """What was brought, for the page."""
    row = request.app[X].store.one("SELECT * FROM x_media WHERE id = ?", request.match_info["made"])
    if row is None:
        raise web.HTTPNotFound
    return web.Response(body=BytesIO(row["content"]), content_type=row["mime"] or "application/octet-stream")

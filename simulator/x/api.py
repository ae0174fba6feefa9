"""The X API v2: posts, direct messages, uploads. Every request must be signed in an account's name (OAuth 1.0a)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import re
import time
from typing import Any
from urllib.parse import quote, unquote

from aiohttp import web

from simulator.store import Row
from simulator.world import world_of
from simulator.x.hooks import Events
from simulator.x.square import Square

X: web.AppKey[Square] = web.AppKey("x", Square)
EVENTS: web.AppKey[Events] = web.AppKey("x_events", Events)
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
    same = "SELECT 1 FROM x_posts WHERE author = ? AND text = ? AND other = ? AND deleted = 0"
    if square.store.value(same, account["id"], text, str(target)):
        raise Problem(403, "You are not allowed to create a Tweet with duplicate content.")
    relation = "reply" if other else ""
    made = square.add(author=account["id"], text=text, relation=relation, other=str(target))
    request.app[EVENTS].posted(made)
    _maybe_lost(request)
    return web.json_response({"data": {"id": made["id"], "text": text}}, status=201)


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
    """A picture for the next post."""
    account_of(request)
    form = await request.post()
    if "media" not in form:
        raise Problem(400, "There is no media.")
    return web.json_response({"data": {"id": request.app[X].new_id(), "media_key": "3_1"}})

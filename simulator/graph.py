"""The Graph API: sending messages."""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import time
from typing import Any

from aiohttp import web

from simulator.errors import GraphError, no_such_object
from simulator.ids import digits, wamid
from simulator.outgoing import part, shown_of
from simulator.store import Row
from simulator.world import World, world_of

Json = dict[str, Any]
routes = web.RouteTableDef()
VERSION = r"/{version:v\d+\.\d+}"


def bearer(request: web.Request) -> str:
    """The access token; GraphError 190 when there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise GraphError(190)
    return token.strip()


def account_of(request: web.Request) -> Row:
    """The business number of the address, if the token is its own."""
    world, token = world_of(request), bearer(request)
    if not world.store.value("SELECT 1 FROM accounts WHERE access_token = ?", token):
        raise GraphError(190)
    name = request.match_info["object_id"]
    account = world.account(name)
    if account is None or not hmac.compare_digest(account["access_token"], token):
        raise no_such_object(name, verb=request.method.lower())
    return account


async def bad_day(world: World) -> None:
    """Be slow, refuse or fail as the switches say, before anything was accepted."""
    faults = world.faults
    if faults.api_delay_ms:
        await asyncio.sleep(faults.api_delay_ms / 1000)
    if faults.happens(faults.http_429):
        raise GraphError(130429, "Rate limit hit (provider switch).")
    if faults.happens(faults.http_5xx):
        raise GraphError(2 if faults.random.random() < 0.5 else 131000)


@routes.post(VERSION + r"/{object_id}/messages")
async def post_messages(request: web.Request) -> web.Response:
    """Accept a message, or mark one of a person as read."""
    world = world_of(request)
    account = account_of(request)
    await bad_day(world)
    body = await json_body(request)
    if body.get("messaging_product") != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    if body.get("status") == "read":
        answer: Json = mark_read(world, account=account, body=body)
    else:
        answer = accept(world, account=account, body=body)
    if world.faults.happens(world.faults.lost_response) and request.transport is not None:
        world.note("graph", account=account["phone_number_id"], what="response lost", answer="connection cut")
        request.transport.abort()
    return web.json_response(answer, headers={"facebook-api-version": request.match_info["version"]})


async def json_body(request: web.Request) -> Json:
    raw = await request.read()
    try:
        body = json.loads(raw)
    except ValueError:
        raise GraphError(100, "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise GraphError(100, "The body is not a JSON object.")
    return body


def accept(world: World, *, account: Row, body: Json) -> Json:
    """Check and write down a message to a person, and start its journey; the provider's answer."""
    number, now = account["phone_number_id"], time.time()
    given, phone = _recipient(world, body)
    shown = shown_of(body, world=world, account=number)
    callback_data = body.get("biz_opaque_callback_data")
    if callback_data is not None and (not isinstance(callback_data, str) or len(callback_data) > 512):
        raise GraphError(100, "Param biz_opaque_callback_data must be at most 512 characters long.")
    if world.faults.dedupe and callback_data is not None:
        earlier = world.chats.by_callback(account=number, callback_data=callback_data)
        if earlier is not None:
            return _accepted(given, earlier)
    if world.faults.limits:
        world.limits.check(account=number, per_second=account["per_second"], phone=phone, now=now)
    trouble = _trouble(world, account=number, phone=phone, shown=shown, now=now)
    if trouble == 131047 and world.faults.fail_sync_131047:
        raise GraphError(131047)
    message = world.chats.add(
        id=wamid(phone=phone, outbound=True),
        account=number,
        phone=phone,
        author="business",
        type=body.get("type", "text"),
        body=body,
        shown=shown,
        context_id=_context(body),
        callback_data=callback_data,
        at=now,
        status="accepted",
        fails_with=trouble,
    )
    world.remember_user_id(account, phone)
    world.note(
        "graph", account=number, what=f"message {message['type']}", message_id=message["id"], answer="200"
    )
    if shown["kind"] == "reaction" and not trouble:
        _react(world, target=shown["target"], emoji=shown["emoji"])
    world.later(world.faults.status_delay_ms / 2000, world.carry, message["id"])
    return _accepted(given, message)


def _accepted(given: str, message: Row) -> Json:
    return {
        "messaging_product": "whatsapp",
        "contacts": [{"input": given, "wa_id": message["phone"]}],
        "messages": [
            {"id": message["id"]} | ({"message_status": "accepted"} if message["type"] == "template" else {})
        ],
    }


def _recipient(world: World, body: Json) -> tuple[str, str]:
    """What the caller gave, and the phone it means: `to` is a number, `recipient` a business-scoped user id."""
    if body.get("recipient_type", "individual") != "individual":
        raise GraphError(100, "Param recipient_type: only individual is known here.")
    if body.get("to"):
        given = str(body["to"])
        phone = digits(given)
        if not re.fullmatch(r"\d{7,15}", phone):
            raise GraphError(100, f"The parameter to is not a phone number: {given!r}")
        return given, phone
    if body.get("recipient"):
        given = str(body["recipient"])
        found = world.store.value("SELECT phone FROM user_ids WHERE user_id = ?", given)
        if found is None:
            raise GraphError(131026, "The recipient is not known.")
        return given, str(found)
    raise GraphError(100, "The parameter to is required.")


def _context(body: Json) -> str | None:
    context = body.get("context")
    if context is None:
        return None
    if not isinstance(context, dict) or not isinstance(context.get("message_id"), str):
        raise GraphError(100, "The parameter context['message_id'] is required.")
    return str(context["message_id"])


def _trouble(world: World, *, account: str, phone: str, shown: Json, now: float) -> int:
    """The code with which this message will fail later, 0 when it will arrive."""
    if world.person(phone)["state"] == "unreachable":
        return 131026
    if shown["kind"] != "template":
        closes = world.chats.window_closes(account=account, phone=phone)
        if closes is None or closes <= now:
            return 131047
    # Links are not fetched: nothing here may leave the machine, and the product uploads its media.
    return 131053 if "link" in shown else 0


def _react(world: World, *, target: str, emoji: str) -> None:
    message = world.chats.find(target)
    if message is not None:
        reactions = {**message["reactions"], "business": emoji}
        world.store.run("UPDATE messages SET reactions = ? WHERE id = ?", json.dumps(reactions), target)
        world.tell(world.chats.get(target))


def mark_read(world: World, *, account: Row, body: Json) -> Json:
    """Blue ticks for the person's message and those before it; optionally "typing" for a while."""
    message = world.chats.find(str(body.get("message_id", "")))
    number = account["phone_number_id"]
    if message is None or message["author"] != "person" or message["account"] != number:
        raise GraphError(100, "Param message_id is not an id of a message that was received by this number.")
    now = time.time()
    for row in world.store.all(
        "SELECT * FROM messages WHERE account = ? AND phone = ? AND author = 'person' AND seq <= ? "
        "AND status IN ('sent', 'delivered')",
        number,
        message["phone"],
        message["seq"],
    ):
        if world.chats.advance(row, "read", now=now):
            world.tell(row, "status")
    if "typing_indicator" in body:
        part(body, "typing_indicator")
        world.hub.publish({"kind": "typing", "account": number, "phone": message["phone"]})
    return {"success": True}

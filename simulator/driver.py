"""/sim: what tests and the demo drive the simulator with. No authentication: it answers on loopback only."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from simulator.ids import digits, wamid
from simulator.inbound import MEDIA_KINDS, read_send, truth
from simulator.media import MB, TooLarge
from simulator.payloads import encode, message_item, message_payload
from simulator.store import Row
from simulator.templates import body_parameters
from simulator.world import World, world_of

Json = dict[str, Any]
routes = web.RouteTableDef()
MOST = 100 * MB
JSON_FIELDS = ("contacts", "button_reply", "list_reply")


@routes.post("/sim/send")
async def send(request: web.Request) -> web.Response:
    """A person writes to a business number: queue the webhook, answer with the message's id."""
    world = world_of(request)
    given, upload = await _read_send(request)
    account = world.account(str(given.get("account", "")))
    if account is None:
        raise ValueError(f"account: no business number {given.get('account')!r} (PUT /sim/accounts first)")
    phone = digits(given.get("from"))
    if not 7 <= len(phone) <= 15:
        raise ValueError(f"from: {given.get('from')!r} is not a phone number")
    media = None
    if given.get("type", "text") in MEDIA_KINDS and upload is not None:
        data, mime_type, filename = upload
        try:
            media = await world.media.save(
                _pieces(data),
                account=account["phone_number_id"],
                mime_type=mime_type,
                filename=filename,
                limit=MOST,
                days=7,
            )
        except TooLarge:
            raise ValueError("media: more than 100 MB") from None
    message = person_writes(world, account=account, phone=phone, given=given, media=media)
    return web.json_response({"id": message["id"], "seq": message["seq"]})


async def _read_send(request: web.Request) -> tuple[Json, tuple[Any, str, str] | None]:
    """The fields, and the upload as (bytes or open file, MIME type, name), from a form or from JSON."""
    if request.content_type.startswith("multipart/"):
        form = await request.post()
        given: Json = {k: v for k, v in form.items() if isinstance(v, str)}
        for key in JSON_FIELDS:
            if key in given:
                given[key] = json.loads(given[key])
        file = form.get("media")
        if isinstance(file, FileField):
            return given, (file.file, given.get("mime_type") or file.content_type, file.filename)
        return given, None
    given = await json_object(request)
    media = given.get("media")
    if media is None:
        return given, None
    if isinstance(media, str):
        media = {"data": media}
    try:
        data = base64.b64decode(media["data"], validate=True)
    except (KeyError, TypeError, binascii.Error):
        raise ValueError("media: base64 text, or {data, mime_type, filename}") from None
    mime_type = media.get("mime_type") or given.get("mime_type") or "application/octet-stream"
    return given, (data, mime_type, str(media.get("filename") or given.get("filename") or ""))


async def _pieces(data: Any) -> AsyncIterator[bytes]:
    if isinstance(data, bytes):
        yield data
        return
    while piece := data.read(256 * 1024):
        yield piece


def person_writes(world: World, *, account: Row, phone: str, given: Json, media: Row | None) -> Row:
    """Write the person's message down, show it on the phone, queue its webhook (unless `deliver` is false)."""
    content, shown = read_send(given, media)
    kind = str(given.get("type", "text"))
    number = account["phone_number_id"]
    context, forwarded = _context(world, account=account, phone=phone, given=given)
    at = float(given.get("timestamp") or time.time())
    deliver = truth(given.get("deliver", True))
    message = world.chats.add(
        id=str(given.get("id") or wamid(phone=phone, outbound=False)),
        account=number,
        phone=phone,
        author="person",
        type=kind,
        body=content,
        shown=shown,
        context_id=given.get("context_id") or None,
        forwarded=forwarded,
        at=at,
        status="sent" if deliver else "read",
    )
    world.remember_user_id(account, phone)
    changed = _change(world, message)
    item = message_item(
        account, phone=phone, message_id=message["id"], kind=kind, content=content, at=at, context=context
    )
    if truth(given.get("hide_phone")):
        # A person with a user name may keep the number from the business: only the BSUID is there then.
        del item["from"]
    if deliver:
        name = str(given.get("profile") or world.person(phone)["name"])
        world.courier.hand_over(
            account=number,
            body=encode(message_payload(account, item, name=name)),
            kind=f"message {kind}",
            message_id=message["id"],
        )
    for row in (message, *changed):
        world.tell(row)
    return message


@routes.post("/sim/history")
async def history(request: web.Request) -> web.Response:
    """Fill chats with what was said before, without any webhook; an id that exists already is left alone.

    A list of `{id?, account, phone, author: person|business, text, timestamp}`; a person's entry may be of any
    type that /sim/send takes.
    """
    world, added = world_of(request), 0
    for entry in await request.json():
        account = world.account(str(entry.get("account", "")))
        phone = digits(entry.get("phone"))
        if account is None or not phone:
            raise ValueError(f"history: {entry!r} needs a known account and a phone")
        if entry.get("id") and world.chats.find(entry["id"]):
            continue
        if entry.get("author") == "business":
            _business_wrote(world, account=account, phone=phone, entry=entry)
        else:
            person_writes(world, account=account, phone=phone, given=entry | {"deliver": False}, media=None)
        added += 1
    return web.json_response({"added": added})


def _business_wrote(world: World, *, account: Row, phone: str, entry: Json) -> None:
    text = str(entry["text"])
    world.chats.add(
        id=entry.get("id") or wamid(phone=phone, outbound=True),
        account=account["phone_number_id"],
        phone=phone,
        author="business",
        type="text",
        body={"type": "text", "text": {"body": text}},
        shown={"kind": "text", "text": text},
        at=float(entry["timestamp"]),
        status="read",
    )


def _context(world: World, *, account: Row, phone: str, given: Json) -> tuple[Json | None, int]:
    """The provider's context object and how often the message was forwarded (0, 1 = once, 2 = many times)."""
    if truth(given.get("frequently_forwarded")):
        return {"frequently_forwarded": True, "forwarded": True}, 2
    if truth(given.get("forwarded")):
        return {"forwarded": True}, 1
    if given.get("context_id"):
        quoted = world.chats.find(str(given["context_id"]))
        author = phone if quoted and quoted["author"] == "person" else digits(account["display_phone_number"])
        return {"from": author, "id": str(given["context_id"])}, 0
    return None, 0


def _change(world: World, message: Row) -> list[Row]:
    """What this message changes in an earlier one of the same chat: edit, revoke, reaction, new number."""
    shown, run = message["shown"], world.store.run
    if message["type"] == "system":
        if not shown["text"].rsplit(" ", 1)[-1].isdigit():
            return []
        person = world.person(message["phone"])
        new = person | {"phone": digits(shown["text"].rsplit(" ", 1)[-1])}
        world.store.insert("people", new) if not world.store.one(
            "SELECT 1 FROM people WHERE phone = ?", new["phone"]
        ) else None
        return []
    target = world.chats.find(shown.get("target", ""))
    if target is None:
        return []
    if shown["kind"] == "edit":
        text = json.dumps({**target["shown"], "text": shown["text"]}, ensure_ascii=False)
        run("UPDATE messages SET shown = ?, edited = 1 WHERE id = ?", text, target["id"])
    elif shown["kind"] == "revoke":
        run("UPDATE messages SET revoked = 1 WHERE id = ?", target["id"])
    elif shown["kind"] == "reaction":
        reactions = json.dumps({**target["reactions"], "person": shown["emoji"]}, ensure_ascii=False)
        run("UPDATE messages SET reactions = ? WHERE id = ?", reactions, target["id"])
    return [world.chats.get(target["id"])]


async def json_object(request: web.Request) -> Json:
    """The JSON object of the request; ValueError otherwise."""
    given = await request.json()
    if not isinstance(given, dict):
        raise ValueError("a JSON object is needed")
    return given


@routes.post("/sim/raw")
async def raw(request: web.Request) -> web.Response:
    """Deliver any body to an account's webhook.

    `{account, body, signature: good|bad|none, queue: bool}`; a string body goes out as it is (it need not be JSON).
    At once by default, with the receiver's status as the answer; `queue` makes it a webhook with retries.
    """
    world = world_of(request)
    given = await json_object(request)
    account = world.account(str(given.get("account", "")))
    if account is None or "body" not in given:
        raise ValueError("account (a known phone_number_id) and body are needed")
    body = given["body"].encode() if isinstance(given["body"], str) else encode(given["body"])
    if truth(given.get("queue", False)):
        world.courier.hand_over(account=account["phone_number_id"], body=body, kind="raw")
        return web.json_response({"queued": True})
    status, answer = await world.courier.post(account, body=body, sign=str(given.get("signature", "good")))
    return web.json_response({"status": status, "answer": answer})


@routes.get("/sim/outbox")
async def outbox(request: web.Request) -> web.Response:
    """All that the businesses sent, oldest first: ?phone= &account= &after=seq &limit=."""
    world, query = world_of(request), request.query
    where, values = ["author = 'business'", "seq > ?"], [int(query.get("after", 0))]
    for column, value in (("phone", digits(query.get("phone"))), ("account", query.get("account"))):
        if value:
            where.append(f"{column} = ?")
            values.append(value)  # type: ignore[arg-type]
    rows = world.store.all(
        f"SELECT * FROM messages WHERE {' AND '.join(where)} ORDER BY seq LIMIT ?",
        *values,
        int(query.get("limit", 10_000)),
    )
    return web.json_response({"messages": [_outbox_entry(world, row) for row in rows]})


def _outbox_entry(world: World, row: Row) -> Json:
    body = json.loads(row["body"])
    entry = {
        key: row[key]
        for key in (
            "seq",
            "id",
            "account",
            "phone",
            "type",
            "callback_data",
            "status",
            "at",
            "context_id",
            "shown",
        )
    }
    entry |= {"text": row["shown"].get("text", ""), "statuses": world.chats.statuses(row["id"]), "body": body}
    if row["type"] == "template":
        template = body["template"]
        entry["template"] = {
            "name": template["name"],
            "language": template["language"]["code"],
            "params": body_parameters(template.get("components") or []),
        }
    return entry


@routes.get("/sim/log")
async def log(request: web.Request) -> web.Response:
    """What happened in this run, newest 5000: Graph calls and webhook attempts; ?after=seq &kind=."""
    world, after, kind = world_of(request), int(request.query.get("after", 0)), request.query.get("kind")
    entries = [e for e in world.log if e["seq"] > after and kind in (None, e["kind"])]
    return web.json_response({"entries": entries, "pending_webhooks": world.courier.pending()})

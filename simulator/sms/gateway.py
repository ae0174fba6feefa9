"""An HTTP gateway in the manner of Kannel: `sendsms`, and what people write and reports as GET to the business."""

from __future__ import annotations

import asyncio
import time
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from simulator.driver import json_object
from simulator.ids import digits
from simulator.loopback import check_address
from simulator.sms.centre import is_on, waiting_for
from simulator.store import Row, Store
from simulator.world import World, world_of

TABLES = """
CREATE TABLE IF NOT EXISTS kannel_users (
    username TEXT NOT NULL, password TEXT NOT NULL, number TEXT PRIMARY KEY, name TEXT NOT NULL,
    get_url TEXT NOT NULL, secret TEXT NOT NULL);
"""
DELIVERED, AT_CENTRE = 1, 8
routes = web.RouteTableDef()


def define(store: Store) -> None:
    """The table of logins. The messages themselves are in the message centre's."""
    store.define(TABLES)


@routes.put("/sim/kannel")
async def put_users(request: web.Request) -> web.Response:
    """`{users: [{username, password, number, name, get_url, secret}]}`: who may send for which numbers."""
    given, store = await json_object(request), world_of(request).store
    names = ("username", "password", "number", "name", "get_url", "secret")
    rows = [{name: str(one[name]) for name in names} for one in given["users"]]
    for row in rows:
        check_address(row["get_url"], what="get_url")
    store.run("DELETE FROM kannel_users")
    for row in rows:
        store.insert("kannel_users", row)
    return web.json_response({"ok": True, "users": len(rows)})


def numbers(store: Store) -> list[Row]:
    """The numbers that can be written to."""
    return store.all("SELECT number, name FROM kannel_users ORDER BY rowid")


def has(store: Store, number: str) -> bool:
    """Whether the number is one of this gateway's."""
    return store.one("SELECT 1 FROM kannel_users WHERE number = ?", number) is not None


def write(world: World, *, phone: str, number: str, text: str) -> int:
    """Somebody writes an SMS to a number of the gateway's: it goes to the `get-url`, until that answers 200."""
    row = {"number": number, "phone": phone, "author": "person", "text": text, "at": time.time()}
    seq = world.store.insert("sms", row | {"status": "sent"})
    user = _user(world.store, number)
    coding = "0" if text.isascii() else "2"
    query = {"secret": user["secret"], "kind": "mo", "from": f"+{phone}", "to": number, "coding": coding}
    query |= {"charset": "UTF-8", "id": f"sim-{seq}", "text": text}
    query |= {"time": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())}
    _hand_over(world, number, urlencode(query), kind="sms", message_id=str(seq))
    return int(seq)


def _hand_over(world: World, number: str, query: str, *, kind: str, message_id: str | None = None) -> None:
    world.courier.hand_over(account=f"kannel:{number}", body=query.encode(), kind=kind, message_id=message_id)


def _user(store: Store, number: str) -> Row:
    user = store.one("SELECT * FROM kannel_users WHERE number = ?", number)
    if user is None:
        raise ValueError(f"nobody has the number {number!r}")
    return user


@routes.get("/cgi-bin/sendsms")
async def sendsms(request: web.Request) -> web.Response:
    """The password first, as the real one; then 202 with `0: Accepted for delivery`, and reports to the `dlr-url`."""
    world, query = world_of(request), request.query
    faults = world.faults
    if faults.api_delay_ms:
        await asyncio.sleep(faults.api_delay_ms / 1000)
    login = (query.get("username", ""), query.get("password", ""))
    user = world.store.one("SELECT * FROM kannel_users WHERE username = ? AND password = ?", *login)
    if user is None:
        return _said(world, 403, "Authorization failed for sendsms")
    if not query.get("to") or query.get("text") is None:
        return _said(world, 400, "Missing receiver and/or text")
    if faults.happens(faults.http_429):
        return _said(world, 503, "Temporal failure, try again later.")
    if faults.happens(faults.http_5xx):
        return _said(world, 500, "Internal failure")
    number = query.get("from", "")
    row: dict[str, Any] = {"number": number if has(world.store, number) else user["number"]}
    row |= {"phone": digits(query["to"]), "author": "force", "text": query["text"], "at": time.time()}
    seq = world.store.insert("sms", row | {"status": "sent", "waiting": query.get("dlr-url", "")})
    world.later(faults.status_delay_ms / 1000, _carry, world, seq)
    if faults.happens(faults.lost_response) and request.transport is not None:
        world.note("kannel", what="response lost", answer="connection cut")
        request.transport.abort()
    return _said(world, 202, "0: Accepted for delivery")


def _carry(world: World, seq: int) -> None:
    """The centre has it; then the phone, if it is on."""
    row = world.store.one("SELECT * FROM sms WHERE seq = ?", seq)
    assert row is not None
    _report(world, row, AT_CENTRE)
    if is_on(world.store, row["phone"]):
        _deliver(world, row)


def switched_on(world: World, phone: str) -> None:
    """What waited for this phone arrives."""
    for row in waiting_for(world.store, phone, numbers="kannel_users"):
        _deliver(world, row)


def _deliver(world: World, row: Row) -> None:
    world.store.run("UPDATE sms SET status = 'delivered' WHERE seq = ?", row["seq"])
    _report(world, row, DELIVERED)


def _report(world: World, row: Row, status: int) -> None:
    """How far it is, to the address that came with the message, if one did."""
    query = row["waiting"].partition("?")[2].replace("%d", str(status)).replace("%A", "")
    if query:
        _hand_over(world, row["number"], query, kind="report")


def _said(world: World, status: int, text: str) -> web.Response:
    world.note("kannel", what="sendsms", answer=f"HTTP {status} {text}")
    return web.Response(status=status, text=text)

"""The phone page: what it shows, what it asks, and the live stream."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

from aiohttp import web

from simulator.driver import json_object
from simulator.events import Event
from simulator.ids import digits
from simulator.store import Row
from simulator.world import World, for_phone, world_of

HERE = Path(__file__).parent
PAGE = HERE / "templates" / "phone.html"
KEEP_ALIVE = 25
INLINE = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "audio/",
    "video/",
    "application/pdf",
    "text/plain",
)
SEEN = "(author = 'person' OR status IN ('delivered', 'read', 'failed'))"
Json = dict[str, Any]
routes = web.RouteTableDef()
routes.static("/static", HERE / "static")


@routes.get("/")
async def page(request: web.Request) -> web.FileResponse:
    """The page itself; its scripts fetch everything else."""
    return web.FileResponse(PAGE)


@routes.get("/phone/setup")
async def setup(request: web.Request) -> web.Response:
    """Numbers, people, places and switches. No secrets."""
    world = world_of(request)
    everyone = world.store.all("SELECT phone, name, kind, role, state FROM people ORDER BY position, name")
    known = {person["phone"] for person in everyone}
    strangers = world.store.all("SELECT DISTINCT phone FROM messages ORDER BY phone")
    everyone += [world.person(row["phone"]) for row in strangers if row["phone"] not in known]
    accounts = world.store.all(
        "SELECT phone_number_id AS id, display_phone_number AS number, name FROM accounts ORDER BY position"
    )
    return web.json_response(
        {
            "accounts": accounts,
            "people": everyone,
            "faults": world.faults.as_dict(),
            "places": world.store.setting("places", []),
        }
    )


@routes.get("/phone/chats")
async def chats(request: web.Request) -> web.Response:
    """One line per business number for a person: the last message and the unread count."""
    world, phone = world_of(request), digits(request.query.get("phone"))
    lines = []
    for row in world.chats.overview(phone=phone):
        last = world.store.one(
            f"SELECT * FROM messages WHERE account = ? AND phone = ? AND {SEEN} AND type NOT IN "
            "('reaction', 'edit', 'revoke') AND status != 'failed' ORDER BY seq DESC LIMIT 1",
            row["account"],
            phone,
        )
        lines.append({"account": row["account"], "unread": row["unread"], "last": last and for_phone(last)})
    return web.json_response({"chats": lines})


@routes.get("/phone/messages")
async def messages(request: web.Request) -> web.Response:
    """The newest 200 messages of a chat (?before=seq for older ones) and when free text to the person ends."""
    world, query = world_of(request), request.query
    phone, account = digits(query.get("phone")), query.get("account", "")
    rows = world.chats.history(
        account=account, phone=phone, before=int(query.get("before", 2**60)), limit=200
    )
    seen = [
        for_phone(row)
        for row in rows
        if row["author"] == "person" or row["status"] not in ("accepted", "sent")
    ]
    return web.json_response({"messages": seen, **_window(world, account=account, phone=phone)})


def _window(world: World, *, account: str, phone: str) -> Json:
    return {"window_closes": world.chats.window_closes(account=account, phone=phone)}


@routes.post("/phone/read")
async def read(request: web.Request) -> web.Response:
    """The chat is open on the screen: `read` statuses for what arrived."""
    given = await json_object(request)
    world = world_of(request)
    count = world.opened(account=str(given.get("account")), phone=digits(given.get("phone")))
    return web.json_response({"read": count})


@routes.post("/phone/clock")
async def clock(request: web.Request) -> web.Response:
    """Move a chat into the past: the person's last message becomes `hours` (25) old, so the window is closed."""
    given = await json_object(request)
    world, account, phone = world_of(request), str(given.get("account")), digits(given.get("phone"))
    moved = world.chats.rewind(account=account, phone=phone, hours=float(given.get("hours", 25)))
    world.hub.publish({"kind": "clock", "account": account, "phone": phone})
    return web.json_response({"moved": moved, **_window(world, account=account, phone=phone)})


@routes.get("/phone/media/{media}")
async def media(request: web.Request) -> web.StreamResponse:
    """The bytes for the page itself. What could be active content is only ever downloaded."""
    world = world_of(request)
    found: Row | None = world.store.one("SELECT * FROM media WHERE id = ?", request.match_info["media"])
    if found is None:
        raise web.HTTPNotFound
    kind = "inline" if found["mime_type"].startswith(INLINE) else "attachment"
    headers = {
        "Content-Type": found["mime_type"],
        "Cache-Control": "private, max-age=86400",
        "Content-Disposition": f'{kind}; filename="{found["id"]}"',
    }
    return web.FileResponse(world.media.path(found["id"]), headers=headers)


@routes.get("/phone/live")
async def live(request: web.Request) -> web.StreamResponse:
    """Server-sent events: every message, status and change of the set-up."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    # A page that was closed shows only when writing to it.
    with world_of(request).hub.listening() as queue, contextlib.suppress(ConnectionError):
        await response.write(b"retry: 1000\n: hello\n\n")
        while (line := await _next_line(queue)) is not None:
            await response.write(line)
    return response


async def _next_line(queue: asyncio.Queue[Event | None]) -> bytes | None:
    try:
        event = await asyncio.wait_for(queue.get(), KEEP_ALIVE)
    except TimeoutError:
        return b": still here\n\n"
    return None if event is None else b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n"

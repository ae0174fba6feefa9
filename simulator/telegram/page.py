"""/telegram: the chats of a person, with a bot and in a group; and setting the stand-in up."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from simulator.driver import json_object
from simulator.store import Row
from simulator.telegram.api import TG, UPDATES, keep
from simulator.telegram.square import Square
from simulator.world import world_of

PAGE = Path(__file__).parents[1] / "templates" / "telegram.html"
SHOWN = 80
Json = dict[str, Any]
routes = web.RouteTableDef()


@routes.get("/telegram")
async def page(request: web.Request) -> web.FileResponse:
    """The page itself; its script fetches everything else."""
    return web.FileResponse(PAGE)


@routes.put("/sim/telegram")
async def put_all(request: web.Request) -> web.Response:
    """People, bots with their tokens, groups, and the past of chats that are still empty. Safe to repeat."""
    given, square = await json_object(request), request.app[TG]
    store = square.store
    for position, user in enumerate(given.get("users", [])):
        row = {"id": int(user["id"]), "first_name": str(user["first_name"]), "position": position}
        row |= {"username": str(user.get("username", "")), "language": str(user.get("language", "en"))}
        store.run("DELETE FROM tg_users WHERE id = ?", row["id"])
        store.insert("tg_users", row)
    for bot in given.get("bots", []):
        row = {"id": int(bot["id"])} | {name: str(bot[name]) for name in ("token", "username", "name")}
        store.run("DELETE FROM tg_bots WHERE id = ?", row["id"])
        store.insert("tg_bots", row)
    for group in given.get("groups", []):
        row = {"id": int(group["id"]), "title": str(group["title"]), "bot": int(group["bot"])}
        store.run("DELETE FROM tg_groups WHERE id = ?", row["id"])
        store.insert("tg_groups", row | {"kind": str(group.get("kind", "supergroup"))})
    past = given.get("messages", [])
    empty = {(m["bot"], m["chat"]) for m in past if not square.talk(bot=m["bot"], chat=m["chat"], most=1)}
    for message in past:
        if (message["bot"], message["chat"]) in empty:
            _remember(square, message)
    return web.json_response({"users": store.value("SELECT count(*) FROM tg_users")})


def _remember(square: Square, given: Json) -> None:
    """A message of the past, about which nobody is told."""
    bot, chat, author = int(given["bot"]), int(given["chat"]), int(given["by"])
    row = {
        "bot": bot,
        "chat": chat,
        "number": int(given["number"]),
        "author": author,
        "at": float(given["at"]),
    }
    square.store.insert("tg_messages", row | {"content": {"text": str(given["text"])}})
    if chat > 0 and not square.state(person=chat, bot=bot):
        square.set_state(person=chat, bot=bot, state="started")


@routes.get("/telegram/state")
async def state(request: web.Request) -> web.Response:
    """What the page shows: people, bots, groups, and the chat `?chat=` of `?as=` with the bot `?bot=`."""
    square = request.app[TG]
    me, bot, chat = (int(request.query.get(name) or 0) for name in ("as", "bot", "chat"))
    facts = {
        "users": square.store.all("SELECT * FROM tg_users ORDER BY position"),
        "bots": square.store.all("SELECT id, username, name FROM tg_bots ORDER BY id"),
        "groups": square.store.all("SELECT * FROM tg_groups ORDER BY title"),
        "standing": square.state(person=me, bot=bot),
        "messages": square.talk(bot=bot, chat=chat or me, most=SHOWN),
    }
    return web.json_response(facts)


@routes.get("/telegram/file/{name}")
async def file(request: web.Request) -> web.FileResponse:
    """A picture or another file of a chat."""
    media = world_of(request).media
    row = media.find(request.match_info["name"])
    if row is None:
        raise web.HTTPNotFound
    return web.FileResponse(media.path(row["id"]), headers={"Content-Type": row["mime_type"]})


@routes.post("/telegram/write")
async def write(request: web.Request) -> web.Response:
    """Write as somebody: text, a photo or another file, a point. In a form or as JSON."""
    square = request.app[TG]
    given = await _given(request)
    me, bot = int(given["as"]), int(given["bot"])
    chat = int(given.get("chat") or me)
    square.user(me)
    if chat == me:
        _start(request, me, bot)
    content = await _content(request, given)
    answers = int(given.get("answers") or 0)
    made = square.add(bot=bot, chat=chat, author=me, content=content, answers=answers)
    request.app[UPDATES].wrote(made)
    return web.json_response(made, status=201)


async def _given(request: web.Request) -> Json:
    if request.content_type == "application/json":
        return await json_object(request)
    return dict(await request.post())


async def _content(request: web.Request, given: Json) -> Json:
    text, attached = str(given.get("text") or "").strip(), given.get("file")
    forwarded: Json = {"forward_date": int(time.time())} if given.get("forwarded") else {}
    if isinstance(attached, FileField) and attached.filename:
        field = "photo" if attached.content_type.startswith("image/") else "document"
        return await keep(request, attached, field) | ({"caption": text} if text else {}) | forwarded
    if given.get("latitude"):
        point = {"latitude": float(given["latitude"]), "longitude": float(given["longitude"])}
        return {"location": point} | forwarded
    if not text:
        raise ValueError("telegram: write something")
    return {"text": text} | forwarded


def _start(request: web.Request, me: int, bot: int) -> None:
    """Writing to a bot starts it; one that was stopped hears first that it may write again."""
    square = request.app[TG]
    before = square.state(person=me, bot=bot)
    square.set_state(person=me, bot=bot, state="started")
    if before == "stopped":
        request.app[UPDATES].member(person=me, bot=bot, status="member")


@routes.post("/telegram/press")
async def press(request: web.Request) -> web.Response:
    """Press a button under a message of the bot."""
    given, square = await json_object(request), request.app[TG]
    message = square.message(int(given["message"]))
    pressed = secrets.token_hex(9)
    square.store.insert("tg_pressed", {"id": pressed, "bot": message["bot"]})
    request.app[UPDATES].pressed(
        person=int(given["as"]), message=message, data=str(given["data"]), pressed=pressed
    )
    return web.json_response({"pressed": pressed}, status=201)


@routes.get("/telegram/pressed/{id}")
async def answered(request: web.Request) -> web.Response:
    """Whether the bot has let a pressed button rest."""
    sql = "SELECT answered FROM tg_pressed WHERE id = ?"
    found = request.app[TG].store.value(sql, request.match_info["id"])
    return web.json_response({"answered": bool(found)})


@routes.post("/telegram/edit")
async def edit(request: web.Request) -> web.Response:
    """Word a message of one's own anew."""
    given, square = await json_object(request), request.app[TG]
    message = _own(square, given)
    name = "caption" if "photo" in message["content"] else "text"
    content = message["content"] | {name: str(given["text"])}
    changed = square.change(message["seq"], content=content, edited=time.time())
    request.app[UPDATES].wrote(changed, kind="edited_message")
    return web.json_response(changed)


@routes.post("/telegram/react")
async def react(request: web.Request) -> web.Response:
    """Put an emoji on a message; an empty one takes it away."""
    given, square = await json_object(request), request.app[TG]
    changed = square.change(int(given["message"]), reaction=str(given["emoji"])[:8])
    request.app[UPDATES].reacted(person=int(given["as"]), message=changed, emoji=changed["reaction"])
    return web.json_response(changed)


@routes.post("/telegram/stop")
async def stop(request: web.Request) -> web.Response:
    """Stop the bot: it may not write any more."""
    given = await json_object(request)
    me, bot = int(given["as"]), int(given["bot"])
    request.app[TG].set_state(person=me, bot=bot, state="stopped")
    request.app[UPDATES].member(person=me, bot=bot, status="kicked")
    return web.json_response({"stopped": True})


@routes.post("/telegram/grow")
async def grow(request: web.Request) -> web.Response:
    """A group becomes a large one, under another number; the bot is told in both."""
    given, square = await json_object(request), request.app[TG]
    old, new = int(given["group"]), int(given["becomes"])
    row = square.group(old)
    if row is None:
        raise ValueError("telegram: no such group")
    square.store.insert("tg_groups", row | {"id": new, "kind": "supergroup"})
    me, bot = int(given["as"]), row["bot"]
    for chat, content in ((old, {"migrate_to_chat_id": new}), (new, {"migrate_from_chat_id": old})):
        made = square.add(bot=bot, chat=chat, author=me, content=content)
        request.app[UPDATES].wrote(made)
    return web.json_response({"group": new})


def _own(square: Square, given: Json) -> Row:
    found = square.message(int(given["message"]))
    if found["author"] != int(given["as"]):
        raise ValueError("telegram: that is no message of yours")
    return found

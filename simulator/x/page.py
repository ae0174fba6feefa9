"""/x: the timeline, where one writes as a citizen or as a commander; and setting the stand-in up."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from aiohttp import web

from simulator.driver import json_object
from simulator.loopback import check_address
from simulator.store import Row
from simulator.world import world_of
from simulator.x.api import EVENTS, X

PAGE = Path(__file__).parents[1] / "templates" / "x.html"
SHOWN = 80
Json = dict[str, Any]
routes = web.RouteTableDef()


@routes.get("/x")
async def page(request: web.Request) -> web.FileResponse:
    """The page itself; its script fetches everything else."""
    return web.FileResponse(PAGE)


@routes.put("/sim/x")
async def put_all(request: web.Request) -> web.Response:
    """People, the force's accounts with their hooks and tokens, and whose posts an account follows. Safe to repeat."""
    given, store = await json_object(request), request.app[X].store
    for position, user in enumerate(given.get("users", [])):
        row = {name: str(user[name]) for name in ("id", "username", "name", "kind")}
        store.run("DELETE FROM x_users WHERE id = ?", row["id"])
        store.insert("x_users", row | {"open_to": user.get("open_to", "all"), "position": position})
    for account in given.get("accounts", []):
        names = ("id", "webhook_url", "consumer_key", "consumer_secret", "token", "token_secret")
        row = {name: str(account[name]) for name in names}
        check_address(row["webhook_url"], what="webhook_url")
        store.run("DELETE FROM x_accounts WHERE id = ?", row["id"])
        store.insert("x_accounts", row)
    for person, account in given.get("follows", []):
        store.run("INSERT OR IGNORE INTO x_follows VALUES (?, ?)", str(person), str(account))
    for post in given.get("posts", []):
        request.app[X].remember(post)
    if "older" in given:
        store.set_setting("x_older", bool(given["older"]))
    return web.json_response({"users": store.value("SELECT count(*) FROM x_users")})


@routes.post("/sim/x/{account}/subscribe")
async def subscribe(request: web.Request) -> web.Response:
    """The challenge (CRC) to the hook; 502 with the reason when it was not answered rightly."""
    row = request.app[X].store.one("SELECT * FROM x_accounts WHERE id = ?", request.match_info["account"])
    if row is None:
        raise web.HTTPNotFound(text="no such account")
    proved, reason = await world_of(request).courier.challenge_of_x(row)
    return web.json_response({"subscribed": proved, "reason": reason}, status=200 if proved else 502)


@routes.get("/x/state")
async def state(request: web.Request) -> web.Response:
    """What the page shows: people, the newest posts, and the direct messages of `?as=`."""
    square, me = request.app[X], request.query.get("as", "")
    users = square.store.all("SELECT * FROM x_users ORDER BY position")
    posts = square.store.all(
        "SELECT * FROM x_posts WHERE deleted = 0 ORDER BY at DESC, seq DESC LIMIT ?", SHOWN
    )
    seen = "SELECT id, mime, alt FROM x_media WHERE post = ? ORDER BY id"
    posts = [post | {"media": square.store.all(seen, post["id"])} for post in posts]
    private = square.store.all(
        "SELECT * FROM x_messages WHERE person = ? OR account = ? ORDER BY seq DESC LIMIT ?", me, me, SHOWN
    )
    accounts = [row["id"] for row in square.accounts()]
    facts = {
        "users": users,
        "accounts": accounts,
        "posts": posts,
        "private": private[::-1],
        "now": time.time(),
    }
    return web.json_response(facts)


@routes.post("/x/post")
async def post(request: web.Request) -> web.Response:
    """Write, reply, quote or repost as somebody."""
    given, square = await json_object(request), request.app[X]
    made = square.add(
        author=str(given["as"]),
        text=str(given.get("text", "")),
        relation=str(given.get("relation", "")),
        other=str(given.get("other", "")),
    )
    request.app[EVENTS].posted(made)
    return web.json_response(made, status=201)


@routes.post("/x/edit")
async def edit(request: web.Request) -> web.Response:
    """Word a post anew: a new version, with the ids of both."""
    given, square = await json_object(request), request.app[X]
    old = _own(request, given)
    made = square.add(
        author=old["author"],
        text=str(given["text"]),
        relation=old["relation"],
        other=old["other"],
        first=old["first"],
    )
    square.remove(old["id"])
    request.app[EVENTS].posted(made)
    return web.json_response(made, status=201)


@routes.post("/x/delete")
async def delete(request: web.Request) -> web.Response:
    """Take a post away."""
    old = _own(request, await json_object(request))
    request.app[X].remove(old["id"])
    request.app[EVENTS].deleted(old)
    return web.json_response({"deleted": old["id"]})


@routes.post("/x/message")
async def message(request: web.Request) -> web.Response:
    """Write privately to one of the force's accounts."""
    given, square = await json_object(request), request.app[X]
    person, account = str(given["as"]), str(given["to"])
    square.user(person)
    made = square.tell(account=account, person=person, author=person, text=str(given["text"]))
    request.app[EVENTS].told(square.store.one("SELECT * FROM x_messages WHERE id = ?", made["id"]) or {})
    return web.json_response(made, status=201)


def _own(request: web.Request, given: Json) -> Row:
    found = request.app[X].post(str(given["post"]))
    if found is None or found["author"] != str(given["as"]):
        raise ValueError("x: that is no post of yours")
    return found

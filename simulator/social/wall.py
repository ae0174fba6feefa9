"""The wall page: what a page shows to everybody, and a private talk with it, to act as any person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web

from simulator.ids import digits
from simulator.social.graph import SOCIAL
from simulator.social.people import People
from simulator.store import Row

Json = dict[str, Any]
routes = web.RouteTableDef()
PAGE = Path(__file__).parent.parent / "templates" / "wall.html"


@routes.get("/wall")
async def page(request: web.Request) -> web.FileResponse:
    """The page itself; its script fetches everything else."""
    return web.FileResponse(PAGE)


@routes.get("/wall/setup")
async def setup(request: web.Request) -> web.Response:
    """Pages and people to choose from. No secrets."""
    people = request.app[SOCIAL]
    store = people.square.store
    pages = store.all("SELECT id, kind, name FROM pages ORDER BY position")
    everyone = store.all("SELECT phone, name, kind, role FROM people ORDER BY position, name")
    return web.json_response({"pages": pages, "people": everyone, "faults": people.world.faults.as_dict()})


@routes.get("/wall/shown")
async def shown(request: web.Request) -> web.Response:
    """The wall (?page=) and the talk of a person with it (&by=)."""
    people = request.app[SOCIAL]
    found = people.square.needed_page(request.query.get("page", ""))
    phone = digits(request.query.get("by"))
    posts = [_post(people, row) for row in people.square.wall(found["id"])]
    talk = [_message(row) for row in people.square.talk(found["id"], phone)] if phone else []
    return web.json_response(
        {"page": {"id": found["id"], "kind": found["kind"]}, "posts": posts, "talk": talk}
    )


def _post(people: People, row: Row) -> Json:
    name = "" if row["author"] == "page" else people.world.person(row["author"])["name"]
    names = (
        "id",
        "root",
        "parent",
        "author",
        "text",
        "photo",
        "elsewhere",
        "at",
        "edited_at",
        "removed",
        "hidden",
    )
    return {column: row[column] for column in names} | {"name": name, "film": _moves(people, row)}


def _moves(people: People, row: Row) -> bool:
    """Whether what stands with it is a film."""
    file = (
        people.square.store.one("SELECT mime_type FROM media WHERE id = ?", row["photo"])
        if row["photo"]
        else None
    )
    return file is not None and str(file["mime_type"]).startswith("video/")


def _message(row: Row) -> Json:
    names = ("id", "author", "text", "photo", "at", "edits", "unsent", "status", "reaction")
    return {column: row[column] for column in names}

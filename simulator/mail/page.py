"""The page where a citizen writes e-mails, and how a test or the demonstration sets the mail office up."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from simulator.driver import json_object
from simulator.mail import imap, smtp
from simulator.mail.office import OFFICE, Office
from simulator.store import Row
from simulator.world import WORLD, world_of

PAGE = Path(__file__).parent.parent / "templates" / "mail.html"
LONGEST, LARGEST = 20_000, 10_000_000
PORTS: web.AppKey[dict[str, int]] = web.AppKey("mail_ports", dict)
Serve = Callable[..., Awaitable[asyncio.Server]]
routes = web.RouteTableDef()


async def run(app: web.Application) -> AsyncIterator[None]:
    """Both servers listen as long as the simulator runs, on the ports of last time where they are free."""
    office = app[OFFICE] = Office(app[WORLD].store)
    servers = [
        await _listen(office, name, serve) for name, serve in (("imap", imap.serve), ("smtp", smtp.serve))
    ]
    app[PORTS] = {name: port for name, port, _server in servers}
    yield
    for _name, _port, server in servers:
        server.close()


async def _listen(office: Office, name: str, serve: Serve) -> tuple[str, int, asyncio.Server]:
    key = f"{name}_port"
    for port in (office.store.setting(key, 0), 0):
        with contextlib.suppress(OSError):
            server = await serve(office, port=port)
            found = server.sockets[0].getsockname()[1]
            office.store.set_setting(key, found)
            return name, found, server
    raise OSError("no port is free")


@routes.get("/mail")
async def page(request: web.Request) -> web.FileResponse:
    """A citizen's mail program."""
    return web.FileResponse(PAGE)


@routes.put("/sim/mail")
async def put(request: web.Request) -> web.Response:
    """`{boxes: [{username, password, address, name}], people: [{address, name}], letters: […]}`; answers the ports.

    Letters are what was said before; known ones are left alone.
    """
    given, store = await json_object(request), world_of(request).store
    boxes = [
        {name: str(one[name]) for name in ("username", "password", "address", "name")}
        for one in given["boxes"]
    ]
    people = [{name: str(one[name]) for name in ("address", "name")} for one in given["people"]]
    past = [_letter(one) for one in given.get("letters", [])]
    store.run("DELETE FROM mail_boxes")
    store.run("DELETE FROM mail_people")
    for row in boxes:
        store.insert("mail_boxes", row)
    for position, row in enumerate(people):
        store.insert("mail_people", row | {"position": position})
    for row in past:
        if store.one("SELECT 1 FROM mail_letters WHERE id = ?", row["id"]) is None:
            store.insert("mail_letters", row)
    return web.json_response(request.app[PORTS])


def _letter(one: Any) -> Row:
    row: Row = {name: str(one[name]) for name in ("box", "person", "author", "id", "subject", "text")}
    return row | {
        "answers": "",
        "file": "",
        "at": float(one["at"]),
        "automatic": int(bool(one.get("automatic"))),
    }


@routes.get("/phone/mail")
async def state(request: web.Request) -> web.Response:
    """People, mailboxes, and the letters between the chosen two."""
    office, query = request.app[OFFICE], request.query
    people = office.store.all("SELECT address, name FROM mail_people ORDER BY position")
    boxes = office.store.all("SELECT address, name FROM mail_boxes ORDER BY rowid")
    person, box = query.get("person", ""), query.get("box", "")
    letters = office.letters(person=person, box=box) if person and box else []
    return web.json_response({"people": people, "boxes": boxes, "letters": letters})


@routes.post("/sim/mail/send")
async def send(request: web.Request) -> web.Response:
    """`{from, to, subject, text, file?: {name, type, data in base64}}`: somebody writes an e-mail."""
    given = await json_object(request)
    subject, text = str(given.get("subject") or ""), str(given.get("text") or "")
    file = _file(given["file"]) if given.get("file") else None
    if not (subject.strip() or text.strip() or file) or len(subject) > 200 or len(text) > LONGEST:
        raise ValueError("a subject or a text is needed, of at most 200 and 20000 characters")
    id = request.app[OFFICE].write(
        person=str(given.get("from") or ""),
        box=str(given.get("to") or ""),
        subject=subject,
        text=text,
        file=file,
    )
    return web.json_response({"id": id})


def _file(given: Any) -> Row:
    try:
        data = base64.b64decode(str(given["data"]), validate=True)
    except binascii.Error:
        raise ValueError("the file is not in base64") from None
    if len(data) > LARGEST:
        raise ValueError("files have at most 10 MB")
    return {
        "name": str(given["name"])[:100],
        "type": str(given.get("type") or "application/octet-stream"),
        "data": data,
    }

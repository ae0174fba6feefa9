"""The page with an old phone, and how a test or the demonstration sets the centre up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from simulator.driver import json_object
from simulator.ids import digits
from simulator.sms import gateway
from simulator.sms.centre import CENTRE, Centre, chat, is_on
from simulator.world import WORLD, world_of

PAGE = Path(__file__).parent.parent / "templates" / "sms.html"
LONGEST = 1000
routes = web.RouteTableDef()


async def run(app: web.Application) -> AsyncIterator[None]:
    """The centre listens as long as the simulator runs."""
    world = app[WORLD]
    centre = app[CENTRE] = Centre(world.store)
    await centre.start()
    for row in world.store.all("SELECT DISTINCT phone FROM sms WHERE author = 'force' AND status = 'sent'"):
        if is_on(world.store, row["phone"]):  # it was on its way when the simulator ended
            switched_on(app, row["phone"])
    yield
    await centre.stop()


def switched_on(app: web.Application, phone: str) -> None:
    """SMS that waited for this phone arrive, whoever was to bring them."""
    app[CENTRE].switched_on(phone)
    gateway.switched_on(app[WORLD], phone)


@routes.get("/sms")
async def page(request: web.Request) -> web.FileResponse:
    """An old phone."""
    return web.FileResponse(PAGE)


@routes.put("/sim/sms")
async def put_logins(request: web.Request) -> web.Response:
    """`{logins: [{system_id, password, number, name}]}`: who may connect for which numbers; the answer is the port."""
    given, world = await json_object(request), world_of(request)
    rows = [
        {name: str(one[name]) for name in ("system_id", "password", "number", "name")}
        for one in given["logins"]
    ]
    world.store.run("DELETE FROM sms_logins")
    for row in rows:
        world.store.insert("sms_logins", row)
    return web.json_response({"port": request.app[CENTRE].port})


@routes.get("/phone/sms")
async def state(request: web.Request) -> web.Response:
    """People, numbers, and the talk between the chosen two."""
    world, query = world_of(request), request.query
    people = world.store.all("SELECT phone, name, kind, role FROM people ORDER BY position, name")
    numbers = world.store.all("SELECT number, name FROM sms_logins ORDER BY rowid")
    phone, number = digits(query.get("phone")), query.get("number", "")
    numbers += gateway.numbers(world.store)
    talk = chat(world.store, phone=phone, number=number) if phone and number else []
    return web.json_response({"people": people, "numbers": numbers, "messages": talk})


@routes.post("/sim/sms/send")
async def send(request: web.Request) -> web.Response:
    """`{from, to, text}`: somebody writes an SMS."""
    given = await json_object(request)
    text, phone, number = str(given.get("text") or ""), digits(given.get("from")), str(given.get("to") or "")
    if not text.strip() or len(text) > LONGEST or not phone:
        raise ValueError("a number and a text of at most 1000 characters are needed")
    if gateway.has(world_of(request).store, number):
        return web.json_response(
            {"id": gateway.write(world_of(request), phone=phone, number=number, text=text)}
        )
    if not world_of(request).store.one("SELECT 1 FROM sms_logins WHERE number = ?", number):
        raise ValueError(f"nobody has the number {number!r}")
    seq = request.app[CENTRE].write(phone=phone, number=number, text=text)
    return web.json_response({"id": seq})

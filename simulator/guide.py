"""What a newcomer does first: where the software answers, who may sign in, and messages to try."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from simulator.driver import json_object
from simulator.loopback import check_address
from simulator.world import world_of

Json = dict[str, Any]
ADDRESSES = ("desk", "review")
routes = web.RouteTableDef()


@routes.put("/sim/guide")
async def put_guide(request: web.Request) -> web.Response:
    """`{desk, review, logins: {desk, review}, password, officer, phones, samples: [{label, text}]}`.

    The addresses are on this machine; `phones` is the query of the first page, `officer` whose phone is the second.
    """
    given = await json_object(request)
    guide: Json = {name: str(given[name]) for name in (*ADDRESSES, "password", "officer", "phones")}
    for name in ADDRESSES:
        check_address(guide[name], what=name)
    guide["logins"] = {name: str(given["logins"][name]) for name in ADDRESSES}
    guide["samples"] = [{"label": str(one["label"]), "text": str(one["text"])} for one in given["samples"]]
    world = world_of(request)
    world.store.set_setting("guide", guide)
    world.hub.publish({"kind": "setup"})
    return web.json_response({"ok": True})


@routes.get("/phone/guide")
async def get_guide(request: web.Request) -> web.Response:
    """What was given; empty for a simulator that serves no demonstration."""
    return web.json_response(world_of(request).store.setting("guide", {}))

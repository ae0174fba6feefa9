"""/sim: setting the simulator up. Every PUT may be repeated and makes the list exactly what was given."""

from __future__ import annotations

import time
from typing import Any

from aiohttp import web

from simulator.driver import json_object
from simulator.ids import digits
from simulator.loopback import check_address
from simulator.sms import page as sms
from simulator.templates import check_template
from simulator.world import World, world_of

Json = dict[str, Any]
routes = web.RouteTableDef()
STATES = ("on", "off", "unreachable")
ACCOUNT_FIELDS = (
    "phone_number_id",
    "display_phone_number",
    "waba_id",
    "name",
    "webhook_url",
    "app_secret",
    "access_token",
    "verify_token",
)


async def _objects(request: web.Request) -> list[Json]:
    given = await request.json()
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise ValueError("a JSON list of objects is needed")
    return given


@routes.get("/sim/health")
async def health(request: web.Request) -> web.Response:
    """Whether it runs, and how much waits."""
    world = world_of(request)
    return web.json_response(
        {
            "status": "ok",
            "simulator": True,
            "time": time.time(),
            "pending_webhooks": world.courier.pending(),
            "accounts": world.store.value("SELECT count(*) FROM accounts"),
            "people": world.store.value("SELECT count(*) FROM people"),
            "templates": world.store.value("SELECT count(*) FROM templates"),
        }
    )


@routes.put("/sim/accounts")
async def put_accounts(request: web.Request) -> web.Response:
    """The business numbers; `per_second` (default 80) is an upgraded sending rate."""
    rows = []
    for position, item in enumerate(await _objects(request)):
        missing = [name for name in ACCOUNT_FIELDS if not isinstance(item.get(name), str | int)]
        if missing:
            raise ValueError(f"accounts: entry {position + 1} lacks {', '.join(missing)}")
        row: Json = {name: str(item[name]) for name in ACCOUNT_FIELDS}
        if not row["phone_number_id"].isdigit():
            raise ValueError(f"accounts: phone_number_id {row['phone_number_id']!r} is not numeric")
        check_address(row["webhook_url"], what="webhook_url")
        rows.append(row | {"per_second": int(item.get("per_second") or 80), "position": position})
    world = world_of(request)
    world.store.replace_all("accounts", rows)
    return _changed(world, accounts=len(rows))


@routes.post("/sim/accounts/{account}/subscribe")
async def subscribe(request: web.Request) -> web.Response:
    """The provider's GET handshake with the webhook address; 502 with the reason when it failed."""
    world = world_of(request)
    account = world.account(request.match_info["account"])
    if account is None:
        raise web.HTTPNotFound(text="no such account")
    proved, reason = await world.courier.handshake(account)
    world.note("handshake", account=account["phone_number_id"], answer=reason)
    return web.json_response({"subscribed": proved, "reason": reason}, status=200 if proved else 502)


@routes.put("/sim/people")
async def put_people(request: web.Request) -> web.Response:
    """Contacts to choose from on the phone page; people whom someone entered by hand stay."""
    rows = [_person(item) | {"position": i} for i, item in enumerate(await _objects(request))]
    world = world_of(request)
    world.store.replace_all("people", rows, keep="position >= 100000")
    return _changed(world, people=len(rows))


def _person(item: Json) -> Json:
    phone, name = digits(item.get("phone")), str(item.get("name") or "").strip()
    if not 7 <= len(phone) <= 15 or not name:
        raise ValueError(f"people: {item!r} needs a phone (7 to 15 digits) and a name")
    kind = item.get("kind") or "citizen"
    if kind not in ("citizen", "officer"):
        raise ValueError(f"people: kind is citizen or officer, not {kind!r}")
    return {"phone": phone, "name": name[:80], "kind": kind, "role": str(item.get("role") or "")[:120]}


@routes.post("/sim/people")
async def add_person(request: web.Request) -> web.Response:
    """One more person, as entered on the phone page."""
    world = world_of(request)
    row = _person(await json_object(request))
    if not world.store.one("SELECT 1 FROM people WHERE phone = ?", row["phone"]):
        world.store.insert("people", row | {"position": 100_000})
    _changed(world)
    return web.json_response(world.person(row["phone"]))


@routes.put("/sim/people/{phone}/state")
async def put_state(request: web.Request) -> web.Response:
    """`{state}`: on; off (all waits); unreachable (131026, but SMS arrive). Switching on delivers what waited."""
    world, phone = world_of(request), digits(request.match_info["phone"])
    state = (await json_object(request)).get("state")
    if state not in STATES:
        raise ValueError(f"state is one of {', '.join(STATES)}")
    person = world.person(phone) | {"state": state}
    world.store.run(
        "INSERT INTO people (phone, name, kind, role, state, position) VALUES (?, ?, ?, ?, ?, 100000) "
        "ON CONFLICT (phone) DO UPDATE SET state = excluded.state",
        phone,
        person["name"],
        person["kind"],
        person["role"],
        state,
    )
    if state == "on":
        world.switched_on(phone)
        sms.switched_on(request.app, phone)
    return _changed(world, state=state)


@routes.put("/sim/templates")
async def put_templates(request: web.Request) -> web.Response:
    """The approved templates: `{name, language, body, header?, footer?, buttons?, category?}`."""
    rows = [check_template(item) for item in await _objects(request)]
    world = world_of(request)
    world.store.replace_all(
        "templates", [{"name": row["name"], "language": row["language"], "definition": row} for row in rows]
    )
    return _changed(world, templates=len(rows))


@routes.put("/sim/places")
async def put_places(request: web.Request) -> web.Response:
    """Places offered in the location dialog: `{name, lat, lng}`."""
    places = [
        {"name": str(item["name"]), "lat": float(item["lat"]), "lng": float(item["lng"])}
        for item in await _objects(request)
    ]
    world = world_of(request)
    world.store.set_setting("places", places)
    return _changed(world, places=len(places))


@routes.get("/sim/faults")
async def get_faults(request: web.Request) -> web.Response:
    """The switches as they stand."""
    return web.json_response(world_of(request).faults.as_dict())


@routes.put("/sim/faults")
async def put_faults(request: web.Request) -> web.Response:
    """Change the switches that are given; the others stay. `{"reset": true}` puts all back first."""
    world, given = world_of(request), await json_object(request)
    if given.pop("reset", False):
        world.faults = type(world.faults)()
    world.set_faults(given)
    world.hub.publish({"kind": "setup"})
    return web.json_response(world.faults.as_dict())


def _changed(world: World, **facts: Any) -> web.Response:
    world.hub.publish({"kind": "setup"})
    return web.json_response({"ok": True, **facts})

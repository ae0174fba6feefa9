"""The Graph API's templates: the list in pages, handing one in, and the provider's decision on it."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from aiohttp import web

from simulator.driver import json_object
from simulator.errors import GraphError, no_such_object
from simulator.graph import VERSION, bearer, json_body
from simulator.payloads import encode
from simulator.store import Row
from simulator.templates import components_of, of_components
from simulator.world import World, world_of

Json = dict[str, Any]
routes = web.RouteTableDef()
STATES = ("APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED")
APPROVAL_SECONDS = 3.0
MOST = 100


def _business(request: web.Request) -> tuple[World, str]:
    """The business account of the address, if the token is one of its numbers'."""
    world, token, waba = world_of(request), bearer(request), request.match_info["object_id"]
    if not world.store.value("SELECT 1 FROM accounts WHERE waba_id = ? AND access_token = ?", waba, token):
        raise no_such_object(waba)
    return world, waba


@routes.get(VERSION + r"/{object_id:\d+}/message_templates")
async def message_templates(request: web.Request) -> web.Response:
    """The templates of a WhatsApp business account, page by page."""
    world, waba = _business(request)
    limit = min(MOST, max(1, int(request.query.get("limit") or 25)))
    rows = world.store.all("SELECT * FROM templates ORDER BY name, language")
    after = request.query.get("after")
    start = next((n for n, row in enumerate(rows, 1) if _cursor(row) == after), 0) if after else 0
    page = rows[start : start + limit]
    paging: Json = {"cursors": {"before": _cursor(page[0]), "after": _cursor(page[-1])}} if page else {}
    if start + limit < len(rows):
        query = {**request.query, "after": _cursor(page[-1])}
        paging["next"] = str(request.url.with_query(query))
    return web.json_response({"data": [_listed(row, waba) for row in page], "paging": paging})


def _cursor(row: Row) -> str:
    return b64encode(f"{row['name']}/{row['language']}".encode()).decode()


def _listed(row: Row, waba: str) -> Json:
    definition = row["definition"]
    return {
        "id": _id(row["name"], row["language"]),
        "name": row["name"],
        "language": row["language"],
        "status": definition.get("status", "APPROVED"),
        "category": definition["category"].upper(),
        "quality_score": {"score": definition.get("quality", "GREEN")},
        "rejected_reason": definition.get("reason", "NONE"),
        "components": components_of(definition),
    }


def _id(name: str, language: str) -> str:
    return str(int.from_bytes(f"{name}{language}".encode()[:7], "big"))


@routes.post(VERSION + r"/{object_id:\d+}/message_templates")
async def submit(request: web.Request) -> web.Response:
    """Take a template for approval; after a few seconds it is approved, and the webhook says so."""
    world, waba = _business(request)
    template = of_components(await json_body(request))
    name, language = template["name"], template["language"]
    if world.store.one("SELECT 1 FROM templates WHERE name = ? AND language = ?", name, language):
        raise GraphError(100, "There is already content in this language for this template.", subcode=2388024)
    world.store.insert("templates", {"name": name, "language": language, "definition": template})
    world.note("graph", what=f"template {name} ({language})", answer="pending")
    world.later(APPROVAL_SECONDS, _approve, world, waba, name, language)
    return web.json_response(
        {"id": _id(name, language), "status": "PENDING", "category": template["category"].upper()}
    )


def _approve(world: World, waba: str, name: str, language: str) -> None:
    row = world.store.one("SELECT * FROM templates WHERE name = ? AND language = ?", name, language)
    if row and row["definition"]["status"] == "PENDING":
        decide(world, waba=waba, row=row, status="APPROVED", reason="NONE")


def decide(world: World, *, waba: str, row: Row, status: str, reason: str) -> None:
    """Change a template's state, and tell the business by its webhook."""
    definition = row["definition"] | {"status": status, "reason": reason}
    world.store.run(
        "UPDATE templates SET definition = ? WHERE name = ? AND language = ?",
        json.dumps(definition, ensure_ascii=False),
        row["name"],
        row["language"],
    )
    value = {
        "event": status,
        "message_template_id": int(_id(row["name"], row["language"])),
        "message_template_name": row["name"],
        "message_template_language": row["language"],
        "reason": reason,
    }
    account = world.store.one("SELECT * FROM accounts WHERE waba_id = ? ORDER BY position", waba)
    if account is not None:
        change = {"value": value, "field": "message_template_status_update"}
        body = {"object": "whatsapp_business_account", "entry": [{"id": waba, "changes": [change]}]}
        world.courier.hand_over(
            account=account["phone_number_id"], body=encode(body), kind=f"template {status.lower()}"
        )
    world.hub.publish({"kind": "setup"})


@routes.get("/sim/templates")
async def get_states(request: web.Request) -> web.Response:
    """Every template with what the provider thinks of it: `[{name, language, status}]`."""
    rows = world_of(request).store.all("SELECT * FROM templates ORDER BY name, language")
    said = [row["definition"].get("status", "APPROVED") for row in rows]
    shown = [
        {"name": r["name"], "language": r["language"], "status": s} for r, s in zip(rows, said, strict=True)
    ]
    return web.json_response(shown)


@routes.put("/sim/templates/{name}/{language}/state")
async def put_state(request: web.Request) -> web.Response:
    """`{state, reason?}`: what the provider thinks of a template from now on."""
    world, given = world_of(request), await json_object(request)
    status = str(given.get("state", "")).upper()
    if status not in STATES:
        raise ValueError(f"state is one of {', '.join(STATES)}")
    name, language = request.match_info["name"], request.match_info["language"]
    row = world.store.one("SELECT * FROM templates WHERE name = ? AND language = ?", name, language)
    if row is None:
        raise ValueError(f"there is no template {name} in {language}")
    for waba in world.store.all("SELECT DISTINCT waba_id FROM accounts WHERE waba_id <> ''"):
        decide(world, waba=waba["waba_id"], row=row, status=status, reason=str(given.get("reason") or "NONE"))
    return web.json_response({"ok": True, "state": status})

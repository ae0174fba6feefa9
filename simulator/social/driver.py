"""/sim for pages: setting them up, and doing what people do there. The wall page uses the same requests."""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from simulator.driver import json_object
from simulator.ids import digits
from simulator.loopback import check_address
from simulator.social.graph import SOCIAL
from simulator.social.people import People
from simulator.store import Row

Json = dict[str, Any]
routes = web.RouteTableDef()
FIELDS = ("id", "kind", "name", "webhook_url", "app_secret", "access_token", "verify_token")
MOST = 25 * 1024 * 1024


@routes.put("/sim/pages")
async def put_pages(request: web.Request) -> web.Response:
    """The pages and accounts: a list of `{id, kind: page or instagram, name, webhook_url, secrets …}`."""
    given = await request.json()
    rows = []
    for position, item in enumerate(given):
        missing = [name for name in FIELDS if not isinstance(item.get(name), str | int)]
        if missing:
            raise ValueError(f"pages: entry {position + 1} lacks {', '.join(missing)}")
        row: Json = {name: str(item[name]) for name in FIELDS}
        if not row["id"].isdigit() or row["kind"] not in ("page", "instagram"):
            raise ValueError(f"pages: entry {position + 1} needs a numeric id, and page or instagram as kind")
        check_address(row["webhook_url"], what="webhook_url")
        rows.append(row | {"position": position})
    people = request.app[SOCIAL]
    people.square.store.replace_all("pages", rows)
    people.world.hub.publish({"kind": "wall"})
    return web.json_response({"ok": True, "pages": len(rows)})


@routes.post("/sim/pages/{page}/subscribe")
async def subscribe(request: web.Request) -> web.Response:
    """The provider's GET handshake; 502 with the reason when it failed."""
    people = request.app[SOCIAL]
    page = people.square.needed_page(request.match_info["page"])
    proved, reason = await people.world.courier.handshake(page)
    return web.json_response({"subscribed": proved, "reason": reason}, status=200 if proved else 502)


@routes.post("/sim/pages/{page}/{act}")
async def act(request: web.Request) -> web.Response:
    """A person does something: write, edit, remove, hide, react, say, unsend, edit-message, react-message, press, read.

    JSON or a form (with a file `photo`): `by` is the person's number; `post` or `message` what it is done to; `text`,
    `parent`, `elsewhere`, `hide_author`, `emoji`, `payload`, `envelope: flat`, `deliver: false` (the hook is lost).
    """
    people = request.app[SOCIAL]
    people.base = str(request.url.origin())
    page = people.square.needed_page(request.match_info["page"])
    given = await _given(request, people, page)
    return web.json_response(_done(people, page, request.match_info["act"], given))


def _done(people: People, page: Row, name: str, given: Json) -> Json:
    phone, photo = digits(given.get("by")), str(given.pop("photo", "") or "")
    if name in ("write", "say", "press", "read") and not 7 <= len(phone) <= 15:
        raise ValueError(f"by: {given.get('by')!r} is not a phone number")
    if name == "write":
        return {"id": people.write(page, phone=phone, given=given, photo=photo)["id"]}
    if name == "say":
        return {"id": people.say(page, phone=phone, given=given, photo=photo)["id"]}
    if name == "press":
        people.press(page, phone=phone, given=given)
        return {"ok": True}
    if name == "read":
        return {"read": people.read(page, phone=phone)}
    on_posts = {"edit": people.edit, "remove": people.remove, "hide": people.hide, "react": people.react}
    if name in on_posts:
        post = people.square.needed_post(str(given.get("post")))
        return {"id": on_posts[name](page, post, given)["id"]}
    on_messages = {
        "unsend": people.unsend, "edit-message": people.edit_message, "react-message": people.react_message,
    }  # fmt: skip
    if name not in on_messages:
        raise ValueError(f"no act {name!r}")
    message = people.square.needed_message(str(given.get("message")))
    return {"id": on_messages[name](page, message, given)["id"]}


async def _given(request: web.Request, people: People, page: Row) -> Json:
    """The fields; a picture is kept and its id stands under `photo`."""
    if request.content_type.startswith("multipart/"):
        form = await request.post()
        given: Json = {k: v for k, v in form.items() if isinstance(v, str)}
        file = form.get("photo")
        if isinstance(file, FileField):
            given["photo"] = await _keep(people, page, file.file.read(), file.content_type)
        return given
    given = await json_object(request)
    if given.get("photo"):
        try:
            data = base64.b64decode(given["photo"], validate=True)
        except (TypeError, binascii.Error):
            raise ValueError("photo: base64 text") from None
        given["photo"] = await _keep(people, page, data, str(given.get("mime") or "image/jpeg"))
    return given


async def _keep(people: People, page: Row, data: bytes, mime: str) -> str:
    async def pieces() -> AsyncIterator[bytes]:
        yield data

    saved = await people.world.media.save(
        pieces(), account=page["id"], mime_type=mime, filename="photo", limit=MOST, days=7
    )
    return str(saved["id"])


@routes.get("/social/files/{name}")
async def file(request: web.Request) -> web.StreamResponse:
    """The bytes of a picture: who has the address may fetch it, as at the provider."""
    media = request.app[SOCIAL].world.media
    found = media.find(request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    shown = found["mime_type"].startswith(("image/", "video/"))
    kind = found["mime_type"] if shown else "application/octet-stream"
    return web.FileResponse(media.path(found["id"]), headers={"Content-Type": kind})


@routes.post("/sim/social-history")
async def history(request: web.Request) -> web.Response:
    """Fill walls and talks without hooks: a list of `{id, page, by: number or page, as?, text, at, to?, under?}`.

    `as` is the id that the person has on this page, `to` makes it a private message of that person's talk, `under` is
    the id of the post that a comment stands under. What is there already is left alone.
    """
    people, added = request.app[SOCIAL], 0
    square = people.square
    for entry in await request.json():
        page, name, at = square.needed_page(entry["page"]), str(entry["id"]), float(entry["at"])
        by = "page" if entry["by"] == "page" else digits(entry["by"])
        if entry.get("as"):
            square.store.run("INSERT OR IGNORE INTO scoped VALUES (?, ?, ?)", entry["as"], page["id"], by)
        if square.store.value(
            "SELECT 1 FROM posts WHERE id = ? UNION SELECT 1 FROM talks WHERE id = ?", name, name
        ):
            continue
        added += 1
        if entry.get("to"):
            author, status = ("page", "read") if by == "page" else ("person", "sent")
            phone = digits(entry["to"])
            square.say(page["id"], phone, author=author, text=entry["text"], at=at, status=status, id=name)
        else:
            parent = square.needed_post(str(entry["under"])) if entry.get("under") else None
            square.add_post(page, author=by, text=entry["text"], parent=parent, at=at, id=name)
    return web.json_response({"added": added})

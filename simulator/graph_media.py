"""The Graph API: media up and down, and the facts of a number."""

from __future__ import annotations

import hmac
import time
from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, web

from simulator.errors import GraphError, no_such_object
from simulator.graph import VERSION, account_of, bad_day, bearer
from simulator.ids import trace_id
from simulator.media import LIMITS, TYPES, URL_LIFE, TooLarge, kind_of
from simulator.store import Row
from simulator.world import World, world_of

routes = web.RouteTableDef()


@routes.post(VERSION + r"/{object_id}/media")
async def post_media(request: web.Request) -> web.Response:
    """Take an upload (multipart: messaging_product, file, type); its media id."""
    world = world_of(request)
    account = account_of(request)
    await bad_day(world)
    if not request.content_type.startswith("multipart/"):
        raise GraphError(100, "The request must be multipart/form-data.")
    product, kind, saved = "", "", None
    reader = await request.multipart()
    async for item in reader:
        if not isinstance(item, BodyPartReader):
            continue
        if item.name == "file":
            saved = await _save_upload(world, account=account, item=item)
        elif item.name == "messaging_product":
            product = await item.text()
        elif item.name == "type":
            kind = await item.text()
    if saved is None:
        raise GraphError(100, "The parameter file is required.")
    if product != "whatsapp":
        raise GraphError(100, "The parameter messaging_product is required.")
    if kind and kind_of(kind) and kind.split(";")[0] != saved["mime_type"].split(";")[0]:
        raise GraphError(100, f"Param type ({kind}) differs from the file's ({saved['mime_type']}).")
    return web.json_response({"id": saved["id"]})


async def _save_upload(world: World, *, account: Row, item: BodyPartReader) -> Row:
    mime_type = item.headers.get("Content-Type", "application/octet-stream")
    kind = kind_of(mime_type)
    if kind is None:
        known = ", ".join(name for names in TYPES.values() for name in names)
        raise GraphError(
            100,
            f"Param file must be a file with one of the following types: {known}. "
            f"Received file of type '{mime_type}'.",
        )
    try:
        return await world.media.save(
            _chunks(item),
            account=account["phone_number_id"],
            mime_type=mime_type,
            filename=item.filename or "",
            limit=LIMITS[kind],
            days=30,
        )
    except TooLarge:
        raise GraphError(100, f"Param file exceeds {LIMITS[kind]} bytes for {kind}.") from None


async def _chunks(item: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await item.read_chunk(64 * 1024):
        yield chunk


def _media_of(request: web.Request) -> Row:
    """The media of the address, if it belongs to a number with this token."""
    world, token = world_of(request), bearer(request)
    if not world.store.value("SELECT 1 FROM accounts WHERE access_token = ?", token):
        raise GraphError(190)
    name = request.match_info["object_id"]
    media = world.media.find(name)
    owner = world.account(media["account"]) if media else None
    if media is None or owner is None or not hmac.compare_digest(owner["access_token"], token):
        raise no_such_object(name, verb=request.method.lower())
    return media


@routes.get(VERSION + r"/{object_id:\d+}")
async def get_object(request: web.Request) -> web.Response:
    """The facts of a business number or of a media id, with an address that lives five minutes."""
    world = world_of(request)
    if world.account(request.match_info["object_id"]):
        account = account_of(request)
        return web.json_response(
            {
                "verified_name": account["name"],
                "display_phone_number": account["display_phone_number"],
                "quality_rating": "GREEN",
                "platform_type": "CLOUD_API",
                "id": account["phone_number_id"],
                "throughput": {"level": "STANDARD" if account["per_second"] <= 80 else "HIGH"},
            }
        )
    media = _media_of(request)
    await bad_day(world)
    expires = int(time.time()) + URL_LIFE
    signed = world.media.signed(media["id"], expires=expires, secret=bearer(request))
    address = (
        request.url.origin()
        .with_path("/whatsapp_business/attachments/")
        .with_query(mid=media["id"], ext=str(expires), hash=signed)
    )
    return web.json_response(
        {
            "url": str(address),
            "mime_type": media["mime_type"],
            "sha256": media["sha256"],
            "file_size": media["size"],
            "id": media["id"],
            "messaging_product": "whatsapp",
        }
    )


@routes.delete(VERSION + r"/{object_id:\d+}")
async def delete_object(request: web.Request) -> web.Response:
    """Delete a media id."""
    world_of(request).media.delete(_media_of(request)["id"])
    return web.json_response({"success": True})


@routes.get("/whatsapp_business/attachments/")
async def download(request: web.Request) -> web.StreamResponse:
    """The bytes of a media, for the same bearer, while the address is fresh."""
    world, token = world_of(request), bearer(request)
    name, expires = request.query.get("mid", ""), request.query.get("ext", "0")
    media = world.media.find(name)
    fresh = expires.isdigit() and int(expires) > time.time()
    if media is None or not fresh:
        return web.json_response({"error": "URL signature expired", "fbtrace_id": trace_id()}, status=404)
    signed = world.media.signed(name, expires=int(expires), secret=token)
    if not hmac.compare_digest(signed, request.query.get("hash", "")):
        raise GraphError(190)
    await bad_day(world)
    return web.FileResponse(world.media.path(name), headers={"Content-Type": media["mime_type"]})

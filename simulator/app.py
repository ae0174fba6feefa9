"""The application: routes, the two middlewares, and what runs beside them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from json import JSONDecodeError
from pathlib import Path

from aiohttp import web
from yarl import URL

from simulator import admin, driver, graph, graph_media, graph_templates, guide, phone
from simulator.errors import GraphError
from simulator.loopback import is_loopback
from simulator.mail import page as mail
from simulator.media import MB
from simulator.sms import gateway as sms_gateway
from simulator.sms import page as sms
from simulator.social import driver as social_driver
from simulator.social import wall
from simulator.social.graph import SOCIAL, for_pages
from simulator.social.people import People
from simulator.social.square import Square
from simulator.telegram import api as tg_api
from simulator.telegram import page as tg_page
from simulator.telegram.api import TG, UPDATES
from simulator.telegram.square import Square as TelegramSquare
from simulator.telegram.updates import Updates
from simulator.world import WORLD, World
from simulator.x import api as x_api
from simulator.x import page as x_page
from simulator.x.api import EVENTS, X
from simulator.x.hooks import Events
from simulator.x.square import Square as XSquare

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Simulator": "this is not WhatsApp; nothing leaves this machine",
}


def make_app(*, home: Path) -> web.Application:
    """The simulator with its data under `home`."""
    app = web.Application(
        middlewares=[only_this_machine, explain_errors, for_pages], client_max_size=110 * MB
    )
    world = app[WORLD] = World(home)
    app[SOCIAL] = People(world, Square(world.store))
    app[X] = XSquare(world.store)
    app[EVENTS] = Events(world, app[X])
    app[TG] = TelegramSquare(world.store)
    app[UPDATES] = Updates(world, app[TG])
    sms_gateway.define(world.store)
    for module in (
        tg_api,
        tg_page,
        graph,
        graph_media,
        graph_templates,
        driver,
        admin,
        phone,
        guide,
        social_driver,
        wall,
        x_api,
        x_page,
        sms,
        sms_gateway,
        mail,
    ):
        app.add_routes(module.routes)
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(say_goodbye)
    app.cleanup_ctx.append(carry_on)
    app.cleanup_ctx.append(sms.run)
    app.cleanup_ctx.append(mail.run)
    return app


@web.middleware
async def only_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer only under a loopback name (DNS rebinding) and only pages of our own (cross-site requests)."""
    if not is_loopback(request.url.host):
        raise web.HTTPForbidden(text="The simulator answers on this machine only.")
    origin = request.headers.get("Origin")
    if origin and (origin == "null" or URL(origin).authority != request.url.authority):
        raise web.HTTPForbidden(text="Requests of other pages are refused.")
    return await handler(request)


@web.middleware
async def explain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Graph errors in the provider's envelope; wrong input to /sim and /phone as 400 with a sentence."""
    world = request.app[WORLD]
    try:
        return await handler(request)
    except GraphError as error:
        world.note(
            "graph", what=f"{request.method} {request.path}", answer=f"error {error.code}: {error.details}"
        )
        return web.json_response(error.envelope(), status=error.status)
    except JSONDecodeError as error:
        return web.json_response({"error": f"not JSON: {error}"}, status=400)
    except (ValueError, KeyError, TypeError) as error:
        if not request.path.startswith(("/sim/", "/phone/", "/x/", "/wall/", "/telegram/", "/bot")):
            raise
        log.info("bad input to %s", request.path, exc_info=True)
        return web.json_response({"error": str(error)}, status=400)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """A strict content security policy on every answer; pages and scripts are asked for anew each time."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-cache")


async def carry_on(app: web.Application) -> AsyncIterator[None]:
    """Run the courier, resume what was on its way, and put everything down at the end."""
    world = app[WORLD]
    courier = asyncio.create_task(world.courier.run())
    world.resume()
    yield
    world.stop_timers()
    courier.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await courier
    world.store.close()


async def say_goodbye(app: web.Application) -> None:
    """End the live streams so that the shutdown need not wait for them."""
    app[WORLD].hub.close()

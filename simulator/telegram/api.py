"""The Bot API: what a bot may do with its token. JSON, forms and query strings are taken alike."""

from __future__ import annotations

import asyncio
import json
import mimetypes
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from simulator.loopback import check_address
from simulator.media import MB, TooLarge
from simulator.store import Row
from simulator.telegram.square import Square, as_bot, as_message
from simulator.telegram.updates import Updates
from simulator.world import world_of

TG: web.AppKey[Square] = web.AppKey("telegram", Square)
UPDATES: web.AppKey[Updates] = web.AppKey("telegram_updates", Updates)
TOKEN = r"{token:[0-9]+:[A-Za-z0-9_-]+}"
FILES = {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVoice": "voice",
    "sendAudio": "audio",
    "sendVideo": "video",
}
LARGEST, FETCHED = 50 * MB, 20 * MB
routes = web.RouteTableDef()
Json = dict[str, Any]


class Refusal(web.HTTPException):
    """An answer in the form of the Bot API's errors."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        self.status_code = status
        body: Json = {"ok": False, "error_code": status, "description": description}
        if parameters:
            body["parameters"] = parameters
        super().__init__(text=json.dumps(body), content_type="application/json")


@routes.route("*", f"/bot{TOKEN}/{{method}}")
async def method(request: web.Request) -> web.Response:
    """Any method; 401 for a token that no bot has, 404 for a method that is not known here."""
    bot = _bot(request)
    known = METHODS.get(request.match_info["method"])
    if known is None:
        raise Refusal(404, "Not Found")
    await _bad_day(request)
    result = await known(request, bot, await _given(request))
    faults = world_of(request).faults
    sends = request.match_info["method"].startswith("send")
    if sends and faults.happens(faults.lost_response) and request.transport is not None:
        request.transport.abort()
    return web.json_response({"ok": True, "result": result})


@routes.get(f"/file/bot{TOKEN}/{{path:.+}}")
async def file(request: web.Request) -> web.FileResponse:
    """The bytes of a file whose path `getFile` told."""
    _bot(request)
    media = world_of(request).media
    name = request.match_info["path"].rpartition("/")[2].partition(".")[0]
    if media.find(name) is None:
        raise Refusal(404, "Not Found")
    return web.FileResponse(media.path(name))


def _bot(request: web.Request) -> Row:
    store = request.app[TG].store
    bot = store.one("SELECT * FROM tg_bots WHERE token = ?", request.match_info["token"])
    if bot is None:
        raise Refusal(401, "Unauthorized")
    return bot


async def _given(request: web.Request) -> Json:
    """What the method is given. In forms, lists and objects are JSON."""
    if request.content_type == "application/json":
        body = await request.json()
        return body if isinstance(body, dict) else {}
    form = await request.post() if request.method == "POST" else {}
    return dict(request.query) | dict(form)


async def _bad_day(request: web.Request) -> None:
    """Be slow, refuse or fail as the switches say, before anything was accepted."""
    faults = world_of(request).faults
    if faults.api_delay_ms:
        await asyncio.sleep(faults.api_delay_ms / 1000)
    if faults.happens(faults.http_429):
        raise Refusal(429, "Too Many Requests: retry after 1", retry_after=1)
    if faults.happens(faults.http_5xx):
        raise Refusal(502, "Bad Gateway")


async def get_me(_request: web.Request, bot: Row, _given: Json) -> Json:
    return as_bot(bot) | {"can_join_groups": True, "can_read_all_group_messages": True}


async def set_webhook(request: web.Request, bot: Row, given: Json) -> bool:
    url, allowed = str(given.get("url") or ""), given.get("allowed_updates") or ""
    if url:
        check_address(url, what="url")
    names = allowed if isinstance(allowed, str) else json.dumps(allowed)
    sql = "UPDATE tg_bots SET webhook_url = ?, secret = ?, allowed = ? WHERE id = ?"
    request.app[TG].store.run(sql, url, str(given.get("secret_token") or ""), names, bot["id"])
    return True


async def get_webhook_info(request: web.Request, bot: Row, _given: Json) -> Json:
    waits = request.app[UPDATES].waiting(bot["id"])
    sql = "SELECT last_answer FROM webhooks WHERE account = ? AND last_answer <> '' ORDER BY seq DESC LIMIT 1"
    said = request.app[TG].store.value(sql, f"telegram:{bot['id']}") or ""
    error = {"last_error_message": f"Wrong response: {said}"} if waits and said != "HTTP 200" and said else {}
    facts = {"url": bot["webhook_url"], "has_custom_certificate": False, "pending_update_count": waits}
    return facts | error


async def get_updates(request: web.Request, bot: Row, given: Json) -> list[Json]:
    if bot["webhook_url"]:
        raise Refusal(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it",
        )
    if given.get("allowed_updates"):
        allowed = given["allowed_updates"]
        names = allowed if isinstance(allowed, str) else json.dumps(allowed)
        request.app[TG].store.run("UPDATE tg_bots SET allowed = ? WHERE id = ?", names, bot["id"])
    found = await request.app[UPDATES].ask(
        bot["id"],
        offset=int(given.get("offset") or 0),
        limit=int(given.get("limit") or 100),
        timeout=float(given.get("timeout") or 0),
    )
    if found is None:
        raise Refusal(
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        )
    return found


async def get_file(request: web.Request, _bot: Row, given: Json) -> Json:
    row = world_of(request).media.find(str(given.get("file_id")))
    if row is None:
        raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    if row["size"] > FETCHED:
        raise Refusal(400, "Bad Request: file is too big")
    ending = mimetypes.guess_extension(row["mime_type"]) or ""
    return {"file_id": row["id"], "file_size": row["size"], "file_path": f"files/{row['id']}{ending}"}


async def answer_callback(request: web.Request, bot: Row, given: Json) -> bool:
    sql = "UPDATE tg_pressed SET answered = 1 WHERE id = ? AND bot = ? AND answered = 0"
    if not request.app[TG].store.run(sql, str(given.get("callback_query_id")), bot["id"]):
        raise Refusal(
            400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )
    return True


async def send(request: web.Request, bot: Row, given: Json) -> Json:
    """Any of the sending methods: what they carry differs, whom they reach does not."""
    square, name = request.app[TG], request.match_info["method"]
    chat = _chat(request, bot, given)
    content = await _content(request, name, given)
    markup = _opened(given.get("reply_markup"))
    if markup:
        _check_markup(markup)
        content["reply_markup"] = markup
    wanted = _opened(given.get("reply_parameters"))
    answers = int(wanted.get("message_id") or 0)
    if answers and square.find(bot=bot["id"], chat=chat, number=answers) is None:
        if not wanted.get("allow_sending_without_reply"):
            raise Refusal(400, "Bad Request: message to be replied not found")
        answers = 0
    made = square.add(bot=bot["id"], chat=chat, author=bot["id"], content=content, answers=answers)
    return as_message(square, made)


def _chat(request: web.Request, bot: Row, given: Json) -> int:
    """The chat that is written to, if the bot may."""
    square, text = request.app[TG], str(given.get("chat_id", ""))
    number = int(text) if text.lstrip("-").isdigit() else 0
    if square.group(number) is None:
        if square.store.value("SELECT 1 FROM tg_users WHERE id = ?", number) is None:
            raise Refusal(400, "Bad Request: chat not found")
        state = square.state(person=number, bot=bot["id"])
        if state == "stopped":
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if not state:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
    now, faults = time.time(), world_of(request).faults
    in_group = number < 0 and square.lately(bot=bot["id"], chat=number, since=now - 60) >= 20
    if faults.limits and (in_group or square.lately(bot=bot["id"], since=now - 1) >= 30):
        raise Refusal(429, "Too Many Requests: retry after 3", retry_after=3)
    return number


async def _content(request: web.Request, name: str, given: Json) -> Json:
    if name == "sendMessage":
        text = str(given.get("text") or "")
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if len(text) > 4096:
            raise Refusal(400, "Bad Request: message is too long")
        return {"text": text}
    if name in ("sendLocation", "sendVenue"):
        point = {"latitude": float(given["latitude"]), "longitude": float(given["longitude"])}
        if name == "sendLocation":
            return {"location": point}
        venue = {"location": point, "title": str(given["title"]), "address": str(given["address"])}
        return {"location": point, "venue": venue}
    field = FILES[name]
    given_file = given.get(field)
    if not isinstance(given_file, FileField):
        raise Refusal(400, f"Bad Request: there is no {field} in the request")
    caption = str(given.get("caption") or "")
    if len(caption) > 1024:
        raise Refusal(400, "Bad Request: message caption is too long")
    return await keep(request, given_file, field) | ({"caption": caption} if caption else {})


async def keep(request: web.Request, given: FileField, field: str) -> Json:
    """Keep an uploaded file; how messages carry it."""
    mime = given.content_type or "application/octet-stream"

    async def chunks() -> AsyncIterator[bytes]:
        while piece := given.file.read(64 * 1024):
            yield piece

    try:
        row = await world_of(request).media.save(
            chunks(), account="telegram", mime_type=mime, filename=given.filename, limit=LARGEST, days=30
        )
    except TooLarge:
        raise Refusal(413, "Request Entity Too Large") from None
    facts = {"file_id": row["id"], "file_unique_id": row["id"][-8:], "file_size": row["size"]}
    if field == "photo":
        return {"photo": [facts | {"width": 1280, "height": 960}]}
    return {field: facts | {"mime_type": mime, "file_name": given.filename}}


def _opened(value: object) -> Json:
    found = json.loads(value) if isinstance(value, str) and value else value
    return found if isinstance(found, dict) else {}


def _check_markup(markup: Json) -> None:
    for row in markup.get("inline_keyboard", []):
        for button in row:
            if not button.get("text") or not 1 <= len(str(button.get("callback_data", "")).encode()) <= 64:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")


METHODS: dict[str, Callable[[web.Request, Row, Json], Awaitable[Any]]] = {
    "getMe": get_me,
    "setWebhook": set_webhook,
    "deleteWebhook": lambda request, bot, _given: set_webhook(request, bot, {}),
    "getWebhookInfo": get_webhook_info,
    "getUpdates": get_updates,
    "getFile": get_file,
    "answerCallbackQuery": answer_callback,
    **dict.fromkeys(("sendMessage", "sendLocation", "sendVenue", *FILES), send),
}

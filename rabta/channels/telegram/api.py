"""Requests to the Bot API: the token stands in the address, so no address is ever told in an error or a log."""

import re
from datetime import timedelta
from typing import Any

import orjson
from aiohttp import FormData
from django.utils.translation import gettext as _

from rabta.channels.contract import AccountFacts, Session, Trouble, TroubleCode
from rabta.channels.fields import WrongField, fits
from rabta.channels.meta.graph import failing_as, timeout
from rabta.channels.shapes import Json, Misshapen, load, optional, text_of

API_URL = "https://api.telegram.org"
JSON = {"Content-Type": "application/json"}
_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{1,100}")
# What a 400 means, by words of its description; the first that fits. Anything else is content that is not taken.
_MEANINGS = (
    (
        TroubleCode.RECIPIENT,
        (
            "chat not found", "user not found", "peer_id_invalid", "input_user_deactivated", "user_is_blocked",
            "upgraded to a supergroup", "not enough rights", "have no rights", "chat_write_forbidden", "deactivated",
            "topic_closed", "chat_restricted", "need administrator rights",
        ),
    ),
    (TroubleCode.MEDIA, ("file", "photo", "image", "wrong type", "media", "voice", "document", "video")),
)  # fmt: skip


def token(account: AccountFacts) -> str:
    """The bot's token. Trouble CREDENTIALS where it can't be one: it goes into an address."""
    found = account.values.get("token", "").strip()
    if not _TOKEN.fullmatch(found):
        raise Trouble(TroubleCode.CREDENTIALS, "no token of a bot")
    return found


def accepts(account: AccountFacts) -> None:
    """WrongField for what no bot could have."""
    why = _("As @BotFather gave it: digits, a colon, letters.")
    found = fits(account.values, "token", _TOKEN.pattern, why)
    if found.partition(":")[0] != account.external_id:
        raise WrongField("external_id", _("The digits before the colon in the token of the bot."))
    fits(account.values, "secret", r"[A-Za-z0-9_-]{1,256}", _("Letters and digits only."))


def base(account: AccountFacts) -> str:
    """Where the Bot API is: Telegram's own, or a Bot API server of the force's."""
    return (account.values.get("api_url") or API_URL).rstrip("/")


async def call(
    session: Session,
    account: AccountFacts,
    method: str,
    given: Json | FormData,
    *,
    broken: TroubleCode,
    total: float = 20,
) -> Any:
    """The `result` of a method; raises Trouble for every other answer.

    `broken`: what it means when nobody knows whether it was taken.
    """
    url = f"{base(account)}/bot{token(account)}/{method}"
    form = isinstance(given, FormData)
    body: Any = given if form else orjson.dumps(given)
    headers = {} if form else JSON
    request = session.post(
        url, data=body, headers=headers, timeout=timeout(total=total), allow_redirects=False
    )
    async with failing_as(broken), request as answer:
        return understood(answer.status, await answer.read(), broken)


def understood(status: int, raw: bytes, broken: TroubleCode) -> Any:
    """The `result` of a good answer; the provider's refusal as a Trouble."""
    try:
        body = load(raw)
    except Misshapen:
        body = {}
    if status == 200 and body.get("ok") is True:
        return body.get("result")
    said = text_of(body, "description", longest=200)
    code = body.get("error_code")
    number = code if isinstance(code, int) and body.get("ok") is False else status
    detail = f"{number} {said}".strip()
    if number == 429:
        raise Trouble(TroubleCode.BUSY, detail, retry=True, after=_after(optional(body, "parameters")))
    if number == 409:  # somebody else asks for updates with this token, or a hook is set
        raise Trouble(TroubleCode.BUSY, detail, retry=True, after=timedelta(minutes=1))
    if number in (401, 404):  # 404: no bot has this token
        raise Trouble(TroubleCode.CREDENTIALS, detail)
    if number == 403:  # blocked, removed from the group, never written to us
        raise Trouble(TroubleCode.RECIPIENT, detail)
    if number == 413:
        raise Trouble(TroubleCode.MEDIA, detail)
    if 400 <= number < 500:
        again = "temporarily unavailable" in said
        raise Trouble(_meaning(said.casefold()), detail, retry=again)
    raise Trouble(broken, detail, retry=broken is TroubleCode.UNREACHABLE)


def _meaning(said: str) -> TroubleCode:
    for code, words in _MEANINGS:
        if any(word in said for word in words):
            return code
    return TroubleCode.REFUSED


def _after(parameters: Json) -> timedelta | None:
    seconds = parameters.get("retry_after")
    if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < 86_400:
        return timedelta(seconds=seconds)
    return None

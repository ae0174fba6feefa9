"""Requests to the X API: addresses, signatures (OAuth 1.0a in the account's name), and every way in which they fail."""

import re
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from oauthlib.oauth1 import Client

from rabta.channels.contract import AccountFacts, Session, Trouble, TroubleCode
from rabta.channels.fields import WrongField
from rabta.channels.meta.graph import failing_as, timeout
from rabta.channels.shapes import Json, Misshapen, load, text_of
from rabta.channels.x.posts import listed

API_URL = "https://api.x.com"
DUPLICATE = "duplicate"  # in the words of X for a post that stands there already
Refused = Callable[[int, str], TroubleCode | None]


def api_url(account: AccountFacts) -> str:
    """Where the API is."""
    return (account.values.get("api_url") or API_URL).rstrip("/")


def address(account: AccountFacts, *words: str) -> str:
    """The address of an object. The words come from outside: only plain ids are let into a path."""
    for word in words:
        if not re.fullmatch(r"[A-Za-z0-9_]{1,40}", word):
            raise Trouble(TroubleCode.REFUSED, "an id with characters that no id has")
    return "/".join([api_url(account), "2", *words])


def signed(account: AccountFacts, url: str, *, method: str) -> dict[str, str]:
    """The header that says who we are. A body of JSON or of a form in parts is no part of the signature."""
    token, secret = _tokens(account)
    values = account.values
    client = Client(
        values.get("consumer_key", ""),
        client_secret=values.get("consumer_secret", ""),
        resource_owner_key=token,
        resource_owner_secret=secret,
    )
    _url, headers, _body = client.sign(url, http_method=method)
    return {"Authorization": str(headers["Authorization"])}


def _tokens(account: AccountFacts) -> tuple[str, str]:
    """The account's own token and its secret, of those of the app."""
    for pair in account.values.get("access_tokens", "").split():
        token, _colon, secret = pair.partition(":")
        if token.partition("-")[0] == account.external_id and secret:
            return token, secret
    raise Trouble(TroubleCode.CREDENTIALS, "no access token of this account")


def accepts(account: AccountFacts) -> None:
    """WrongField for tokens that are none, or none of this account."""
    pairs = account.values.get("access_tokens", "").split()
    if not all(re.fullmatch(r"[0-9]{1,20}-[^:]+:[^:]+", pair) for pair in pairs):
        raise WrongField(
            "access_tokens", _("Access token and its secret, joined by a colon, as X shows them.")
        )
    if not any(pair.partition("-")[0] == account.external_id for pair in pairs):
        why = _("None of these is the token of account %(id)s.") % {"id": account.external_id}
        raise WrongField("access_tokens", why)


async def post(
    session: Session,
    url: str,
    account: AccountFacts,
    *,
    broken: TroubleCode,
    forbidden: TroubleCode,
    total: float = 20,
    may_be_empty: bool = False,
    **body: Any,
) -> Json:
    """POST and return the JSON of a good answer; raises Trouble for every other. Some good answers are empty.

    `broken`: what it means when nobody knows whether it was taken; `forbidden`: what a plain 403 means here.
    """
    headers = signed(account, url, method="POST") | body.pop("headers", {})
    request = session.post(url, headers=headers, timeout=timeout(total=total), allow_redirects=False, **body)
    async with failing_as(broken), request as answer:
        raw = await answer.read()
        if may_be_empty and 200 <= answer.status < 300:
            return {}
        return understood(answer.status, raw, answer.headers, broken, forbidden)


async def get(session: Session, url: str, account: AccountFacts) -> Json:
    """GET and return the JSON of a good answer; raises Trouble for every other. Asking twice does no harm."""
    unsure, refused = TroubleCode.UNREACHABLE, TroubleCode.CREDENTIALS
    headers = signed(account, url, method="GET")
    request = session.get(url, headers=headers, timeout=timeout(), allow_redirects=False)
    async with failing_as(unsure), request as answer:
        return understood(answer.status, await answer.read(), answer.headers, unsure, refused)


def understood(
    status: int, raw: bytes, headers: Mapping[str, str], broken: TroubleCode, forbidden: TroubleCode
) -> Json:
    """The JSON of a good answer; the provider's problem as a Trouble."""
    try:
        body = load(raw)
    except Misshapen:
        body = {}
    if status in (200, 201, 202) and body.get("data") is not None:
        return body
    detail = f"{status} {_detail(body)}".strip()
    if status == 429:
        raise Trouble(TroubleCode.BUSY, detail, retry=True, after=_until(headers))
    if status == 401:
        raise Trouble(TroubleCode.CREDENTIALS, detail)
    if status == 403:
        raise Trouble(_forbidden(body, forbidden), detail)
    if status == 404:
        raise Trouble(TroubleCode.RECIPIENT, detail)
    if 400 <= status < 500:
        raise Trouble(TroubleCode.REFUSED, detail)
    raise Trouble(broken, detail, retry=broken is TroubleCode.UNREACHABLE)


def _detail(body: Json) -> str:
    """What X says is wrong; of several errors the first."""
    first = next(iter(listed(body, "errors")), body)
    return (text_of(first, "detail") or text_of(first, "message") or text_of(first, "title"))[:200]


def _forbidden(body: Json, otherwise: TroubleCode) -> TroubleCode:
    words = _detail(body).casefold()
    kind = text_of(body, "type", longest=200) + text_of(body, "reason", longest=200)
    if DUPLICATE in words:
        return TroubleCode.REFUSED
    permission = "permission" in kind or "permission" in words
    if permission or "client-" in kind or "suspended" in words or "oauth" in words:
        return TroubleCode.CREDENTIALS
    return otherwise


def _until(headers: Mapping[str, str]) -> timedelta | None:
    """How long until the limit is lifted, as X says it."""
    given = headers.get("x-rate-limit-reset", "")
    if re.fullmatch(r"\d{1,12}", given):
        return timedelta(seconds=min(max(int(given) - time.time(), 1), 24 * 3600))
    return None

"""Requests to the Graph API: addresses, the bearer, and every way in which a request can fail.

A channel gives the meaning of the provider's error numbers; all else is the same for WhatsApp, Facebook and Instagram.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp

from rabta.channels.contract import AccountFacts, Session, Trouble, TroubleCode
from rabta.channels.shapes import Json, Misshapen, load, optional, text_of

API_URL, API_VERSION = "https://graph.facebook.com", "v23.0"
_NO_CONNECTION = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
_BROKEN = (aiohttp.ClientError, TimeoutError, OSError)


@dataclass(frozen=True)
class Meaning:
    """Which trouble an error number stands for, and whether trying again can help."""

    code: TroubleCode
    retry: bool = False
    after: timedelta | None = None


# (number, subcode) to its meaning; None for a number that the channel does not know.
Meanings = Callable[[int, int], Meaning | None]
REFUSED = Meaning(TroubleCode.REFUSED)


def timeout(*, total: float = 20) -> aiohttp.ClientTimeout:
    """A request's patience; connecting gets five seconds of it."""
    return aiohttp.ClientTimeout(total=total, connect=5)


def api_url(account: AccountFacts) -> str:
    """Where this account's Graph API is."""
    return (account.values.get("api_url") or API_URL).rstrip("/")


def address(account: AccountFacts, *words: str) -> str:
    """The address of an object. The words come from outside: only plain ids are let into a path."""
    for word in words:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,200}", word):
            raise Trouble(TroubleCode.REFUSED, "an id with characters that no id has")
    return "/".join([api_url(account), account.values.get("api_version") or API_VERSION, *words])


def bearer(account: AccountFacts) -> dict[str, str]:
    """The header that says who we are."""
    return {"Authorization": f"Bearer {account.values.get('access_token', '')}"}


@asynccontextmanager
async def failing_as(broken: TroubleCode) -> AsyncIterator[None]:
    """Turn aiohttp's exceptions into troubles.

    Without a connection nothing was sent, so trying again is safe. A connection that broke later is `broken`:
    UNCERTAIN where the provider may have taken something.
    """
    try:
        yield
    except _NO_CONNECTION as error:
        raise Trouble(TroubleCode.UNREACHABLE, type(error).__name__, retry=True) from None
    except _BROKEN as error:
        raise Trouble(broken, type(error).__name__, retry=broken is TroubleCode.UNREACHABLE) from None


@dataclass(frozen=True)
class Graph:
    """The Graph API as a channel knows it: `meanings` puts the provider's error numbers into our troubles."""

    meanings: Meanings

    async def post(
        self,
        session: Session,
        url: str,
        account: AccountFacts,
        *,
        broken: TroubleCode,
        total: float = 20,
        **body: Any,
    ) -> Json:
        """POST and return the JSON of a good answer; raises Trouble for every other."""
        headers = bearer(account) | body.pop("headers", {})
        request = session.post(
            url, headers=headers, timeout=timeout(total=total), allow_redirects=False, **body
        )
        async with failing_as(broken), request as answer:
            return self.understood(
                answer.status, await answer.read(), answer.headers.get("Retry-After", ""), broken
            )

    async def get(self, session: Session, url: str, account: AccountFacts, **params: str) -> Json:
        """GET and return the JSON of a good answer; raises Trouble for every other."""
        body, _headers = await self.ask(session, url, account, **params)
        return body

    async def ask(
        self, session: Session, url: str, account: AccountFacts, **params: str
    ) -> tuple[Json, Mapping[str, str]]:
        """The same, with the headers of the answer (how much of the rate is used up stands there)."""
        unsure = TroubleCode.UNREACHABLE
        request = session.get(
            url, params=params, headers=bearer(account), timeout=timeout(), allow_redirects=False
        )
        async with failing_as(unsure), request as answer:
            retry_after = answer.headers.get("Retry-After", "")
            return self.understood(answer.status, await answer.read(), retry_after, unsure), answer.headers

    def understood(self, status: int, raw: bytes, retry_after: str, broken: TroubleCode) -> Json:
        """The JSON of a good answer; the provider's error as a Trouble.

        A failure that carries no error of the provider (a proxy's 502) leaves open what happened: `broken`.
        """
        try:
            body = load(raw)
        except Misshapen:
            body = {}
        error = optional(body, "error")
        number, after = error.get("code"), None
        if re.fullmatch(r"\d{1,5}", retry_after):
            after = timedelta(seconds=int(retry_after))
        if isinstance(number, int) and status != 200:
            subcode = error.get("error_subcode")
            meaning = self.meanings(number, subcode if isinstance(subcode, int) else 0)
            if meaning or status < 500:
                raise trouble(meaning or REFUSED, f"{number} {_title(error)}".strip(), after=after)
        if status == 200 and body and not error:
            return body
        if status == 429:
            raise Trouble(TroubleCode.BUSY, "HTTP 429", retry=True, after=after)
        if status in (401, 403):
            raise Trouble(TroubleCode.CREDENTIALS, f"HTTP {status}")
        if 400 <= status < 500:
            raise Trouble(TroubleCode.REFUSED, f"HTTP {status}")
        raise Trouble(broken, f"HTTP {status}", retry=broken is TroubleCode.UNREACHABLE)


def trouble(meaning: Meaning, text: str, *, after: timedelta | None = None) -> Trouble:
    """The exception to raise."""
    return Trouble(meaning.code, text, retry=meaning.retry, after=after or meaning.after)


def _title(error: Json) -> str:
    details = text_of(optional(error, "error_data"), "details", longest=200)
    return details or re.sub(r"^\(#\d+\) ", "", text_of(error, "message", longest=200))

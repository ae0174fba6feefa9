"""Access tokens for mailboxes that take no password (XOAUTH2): asked for, kept until shortly before they end."""

import http.client
import threading
import time
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

import orjson

from rabta.channels import reach
from rabta.channels.contract import Trouble, TroubleCode
from rabta.channels.email.fields import Facts, is_here
from rabta.channels.shapes import text_of

EARLY = 120.0  # seconds before its end a token is asked for anew
PATIENCE = 20.0
_Key = tuple[str, str, str, str, str]
_known: dict[_Key, tuple[str, float]] = {}
_one_at_a_time = threading.Lock()


def access_token(facts: Facts) -> str:
    """A token that is good for a while. It waits for the network: call it in a thread. Raises Trouble."""
    key = (facts.token_url, facts.client_id, facts.client_secret, facts.refresh_token, facts.scope)
    with _one_at_a_time:
        token, until = _known.get(key, ("", 0.0))
        if time.monotonic() >= until:
            token, seconds = _asked(facts)
            _known[key] = (token, time.monotonic() + seconds - EARLY)
        return token


def forget() -> None:
    """A server refused a token: the next one is asked for."""
    with _one_at_a_time:
        _known.clear()


def _asked(facts: Facts) -> tuple[str, float]:
    parts = urlsplit(facts.token_url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here(parts.hostname or "")):
        raise Trouble(TroubleCode.CREDENTIALS, "the address for tokens must begin with https://")
    reach.addresses(parts.hostname or "", parts.port or 443)
    wanted = {"client_id": facts.client_id, "client_secret": facts.client_secret, "scope": facts.scope}
    if facts.refresh_token:
        wanted |= {"grant_type": "refresh_token", "refresh_token": facts.refresh_token}
    else:
        wanted |= {"grant_type": "client_credentials"}
    data = urlencode({name: value for name, value in wanted.items() if value}).encode()
    request = Request(facts.token_url, data=data)  # noqa: S310 - the scheme is checked above
    try:
        with build_opener(_NoRedirect, ProxyHandler({})).open(request, timeout=PATIENCE) as answer:
            said = orjson.loads(answer.read(100_000))
    except HTTPError as error:
        error.close()
        if 400 <= error.code < 500 and error.code != 429:
            raise Trouble(TroubleCode.CREDENTIALS, f"no access token: HTTP {error.code}") from None
        raise Trouble(TroubleCode.UNREACHABLE, f"no access token: HTTP {error.code}", retry=True) from None
    except (OSError, http.client.HTTPException, orjson.JSONDecodeError) as error:
        raise Trouble(
            TroubleCode.UNREACHABLE, f"no access token: {type(error).__name__}", retry=True
        ) from None
    token = text_of(said, "access_token", longest=20_000) if isinstance(said, dict) else ""
    if not token:
        raise Trouble(TroubleCode.CREDENTIALS, "no access token in the answer")
    seconds = said.get("expires_in")
    return token, float(seconds) if isinstance(seconds, int | float) else 600.0


class _NoRedirect(HTTPRedirectHandler):
    """A secret goes where the administrator said, and nowhere else."""

    def redirect_request(self, *words: object) -> None:
        return None

"""X: signed hooks in (X Activity and the older Account Activity), API v2 out. `docs/channels/x.md` has the sources."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import Channel, Field, HookRequest, Limits, Publishing, Windowed
from rabta.channels.x import weights
from rabta.channels.x.api import accepts
from rabta.channels.x.checking import check
from rabta.channels.x.media import LARGEST, fetch
from rabta.channels.x.reading import count, read
from rabta.channels.x.sending import send
from rabta.channels.x.tariff import TARIFF

QUARTER = timedelta(minutes=15)


def _mac(secret: str, data: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.digest(secret.encode(), data, hashlib.sha256)).decode()


def verify(request: HookRequest, secrets: Mapping[str, str]) -> bool:
    """Whether the signature is the HMAC of the raw bytes under the consumer secret (compared in constant time)."""
    expected = _mac(secrets["consumer_secret"], request.body)
    given = request.headers.get("x-twitter-webhooks-signature", "")
    return hmac.compare_digest(expected.encode(), given.encode(errors="replace"))


def handshake(query: Mapping[str, str], secrets: Mapping[str, str]) -> str | None:
    """The answer to a challenge (CRC): the token's HMAC, which only we can give. X asks again every hour."""
    token = query.get("crc_token", "")
    if not re.fullmatch(r"[A-Za-z0-9_=+/-]{1,500}", token):
        return None
    return json.dumps({"response_token": _mac(secrets["consumer_secret"], token.encode())})


CHANNEL = Channel(
    kind="x",
    label=_("X"),
    limits=Limits(
        text_length=10_000,
        per_second=5,
        windowed={"public": Windowed(most=100, within=QUARTER), "private": Windowed(most=15, within=QUARTER)},
        media_bytes=LARGEST,
    ),
    fields=(
        Field(
            name="consumer_secret",
            label=_("Consumer secret"),
            help=_("Of the app at X: signs what X sends us and what we send."),
            secret=True,
        ),
        Field(name="consumer_key", label=_("Consumer key"), help=_("Of the app at X."), secret=True),
        Field(
            name="access_tokens",
            label=_("Access tokens"),
            help=_(
                "Of each account of the app: access token and its secret, joined by a colon; several are separated by"
                " blanks. A token begins with the number of its account."
            ),
            secret=True,
        ),
        Field(name="api_url", label=_("Address of the X API"), required=False, fixed=True),
    ),
    verify=verify,
    handshake=handshake,
    handshake_json=True,
    count=count,
    read=read,
    send=send,
    fetch=fetch,
    reached_at="https://x.com/{name}",
    publishes=Publishing(
        longest=weights.LONGEST, counted=weights.weight, pictures=("image/jpeg", "image/webp")
    ),
    tariff=TARIFF,
    accepts=accepts,
    check=check,
    known_by=_("The number of the account, not its @name."),
    steps=(
        _(
            "At developer.x.com: a project with an app, and for the app the right to read, write and send messages."
        ),
        _("Under Keys and tokens: copy the consumer key and its secret to here."),
        _(
            "For each account of the force: let that account sign in at the app (OAuth 1.0a) and copy its access "
            "token and secret to here, joined by a colon. Tokens made before the app had all its rights must be "
            "made anew."
        ),
        _(
            "Register {hook} as a webhook of the app (POST /2/webhooks). X asks it at once whether it is ours, and "
            "every hour again; Rabta answers by itself."
        ),
        _(
            "Subscribe each account to the X Activity events post.mention.create, post.reply.create, "
            "post.quote.create, post.create, post.delete and dm.received; as the tag give the account's number."
        ),
        _("Press Test here. Then mention the account from another one: the post appears at the desk."),
    ),
)

"""WhatsApp Business Cloud API: signed hooks in, the Graph API out. `docs/channels/whatsapp.md` has the sources."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import Channel, Field, HookRequest, Limits
from rabta.channels.whatsapp.media import LARGEST, fetch
from rabta.channels.whatsapp.reading import count, read
from rabta.channels.whatsapp.sending import send


def verify(request: HookRequest, secrets: Mapping[str, str]) -> bool:
    """Whether `X-Hub-Signature-256` is the HMAC of the raw bytes under the app secret (compared in constant time)."""
    expected = hmac.digest(secrets["app_secret"].encode(), request.body, hashlib.sha256).hex()
    given = request.headers.get("x-hub-signature-256", "")
    return hmac.compare_digest(b"sha256=" + expected.encode(), given.encode(errors="replace"))


def handshake(query: Mapping[str, str], secrets: Mapping[str, str]) -> str | None:
    """The bare challenge when the verify token is ours."""
    given = query.get("hub.verify_token", "").encode(errors="replace")
    ours = hmac.compare_digest(given, secrets["verify_token"].encode())
    return query.get("hub.challenge", "") if ours and query.get("hub.mode") == "subscribe" else None


CHANNEL = Channel(
    kind="whatsapp",
    label=_("WhatsApp"),
    limits=Limits(
        text_length=4096,
        free_text_window=timedelta(hours=24),
        per_second=80,
        pair_interval=timedelta(seconds=6),
        pair_burst=45,
        media_bytes=LARGEST,
    ),
    fields=(
        Field(
            name="app_secret", label=_("App secret"), help=_("Signs what the provider sends us."), secret=True
        ),
        Field(
            name="access_token",
            label=_("Access token"),
            help=_("Of a system user, for sending."),
            secret=True,
        ),
        Field(
            name="verify_token",
            label=_("Verify token"),
            help=_(
                "A word of your own choice; the provider shows it when you enter the hook's address there."
            ),
            secret=True,
        ),
        Field(name="api_url", label=_("Address of the Graph API"), required=False, fixed=True),
        Field(name="api_version", label=_("Version of the Graph API"), required=False),
    ),
    verify=verify,
    handshake=handshake,
    count=count,
    read=read,
    send=send,
    fetch=fetch,
)

"""Hooks of the Graph API: the signature over the raw bytes, and the handshake by which an address proves itself."""

import hashlib
import hmac
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import Field, HookRequest


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


APP_SECRET = Field(
    name="app_secret", label=_("App secret"), help=_("Signs what the provider sends us."), secret=True
)
VERIFY_TOKEN = Field(
    name="verify_token",
    label=_("Verify token"),
    help=_("A word of your own choice; the provider shows it when you enter the hook's address there."),
    secret=True,
)
API_URL = Field(name="api_url", label=_("Address of the Graph API"), required=False, fixed=True)
API_VERSION = Field(name="api_version", label=_("Version of the Graph API"), required=False)

"""Hooks of the Graph API: the signature over the raw bytes, and the handshake by which an address proves itself."""

import hashlib
import hmac
import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import AccountFacts, Field, HookRequest
from rabta.channels.fields import WrongField, fits


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


def accepts(account: AccountFacts) -> None:
    """WrongField for what can't stand in an address or a header of a request."""
    fits(account.values, "access_token", r"[!-~]+", str(_("A token has no blanks.")))
    fits(account.values, "api_version", r"(v[0-9]{1,3}\.[0-9]{1,3})?", str(_("Such as v23.0.")))
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,80}", account.external_id):
        raise WrongField("external_id", _("Digits only, as the provider shows it."))

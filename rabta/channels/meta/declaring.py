"""What a Facebook Page and an Instagram account declare alike."""

from datetime import timedelta
from functools import partial

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import Channel, Field, Limits
from rabta.channels.meta.checking import check
from rabta.channels.meta.hooks import (
    API_URL,
    API_VERSION,
    APP_SECRET,
    VERIFY_TOKEN,
    accepts,
    handshake,
    verify,
)
from rabta.channels.meta.media import LARGEST, fetch
from rabta.channels.meta.sending import MOST_BUTTONS

TOKEN = _("Access token")
Declared = partial(Channel, verify=verify, handshake=handshake, fetch=fetch, accepts=accepts, check=check)


def limits(*, text_length: int) -> Limits:
    """The provider's, which differ in the length of a text only; a longer message is sent in parts."""
    return Limits(
        text_length=text_length,
        free_text_window=timedelta(hours=24),
        personal_window=timedelta(days=7),
        per_second=20,
        pair_interval=timedelta(seconds=1),
        pair_burst=10,
        media_bytes=LARGEST,
        buttons=MOST_BUTTONS,
    )


def fields(*, token: str | Promise = TOKEN, token_help: str | Promise) -> tuple[Field, ...]:
    """The fields of an account, with the words for its token."""
    access_token = Field(name="access_token", label=token, help=token_help, secret=True)
    return (APP_SECRET, access_token, VERIFY_TOKEN, API_URL, API_VERSION)

"""A Facebook Page: posts, comments and mentions in public, Messenger in private. `docs/channels/facebook.md`."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import Channel, Field, Limits
from rabta.channels.facebook.asking import complete, poll
from rabta.channels.facebook.reading import count, read
from rabta.channels.facebook.sending import send
from rabta.channels.meta.hooks import API_URL, API_VERSION, APP_SECRET, VERIFY_TOKEN, handshake, verify
from rabta.channels.meta.media import LARGEST, fetch

CHANNEL = Channel(
    kind="facebook",
    label=_("Facebook"),
    limits=Limits(
        text_length=8000,  # a longer message is sent in parts
        free_text_window=timedelta(hours=24),
        personal_window=timedelta(days=7),
        per_second=20,
        pair_interval=timedelta(seconds=1),
        pair_burst=10,
        media_bytes=LARGEST,
    ),
    fields=(
        APP_SECRET,
        Field(
            name="access_token",
            label=_("Access token of the page"),
            help=_("A long-lived one, for reading and sending."),
            secret=True,
        ),
        VERIFY_TOKEN,
        API_URL,
        API_VERSION,
    ),
    verify=verify,
    handshake=handshake,
    count=count,
    read=read,
    send=send,
    fetch=fetch,
    complete=complete,
    poll=poll,
)

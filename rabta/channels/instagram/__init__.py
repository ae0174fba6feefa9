"""An Instagram account: comments and mentions in public, messages in private. `docs/channels/instagram.md`."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import Channel, Field, Limits, Publishing
from rabta.channels.instagram.asking import complete, poll
from rabta.channels.instagram.reading import count, read
from rabta.channels.instagram.sending import send
from rabta.channels.meta.checking import check
from rabta.channels.meta.hooks import API_URL, API_VERSION, APP_SECRET, VERIFY_TOKEN, handshake, verify
from rabta.channels.meta.media import LARGEST, fetch
from rabta.channels.meta.sending import MOST_BUTTONS

CHANNEL = Channel(
    kind="instagram",
    label=_("Instagram"),
    limits=Limits(
        text_length=2200,  # of a comment; a longer message is sent in parts
        free_text_window=timedelta(hours=24),
        personal_window=timedelta(days=7),
        per_second=20,
        pair_interval=timedelta(seconds=1),
        pair_burst=10,
        media_bytes=LARGEST,
        buttons=MOST_BUTTONS,
    ),
    fields=(
        APP_SECRET,
        Field(
            name="access_token",
            label=_("Access token"),
            help=_("Of the account or of its page, long-lived, for reading and sending."),
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
    reached_at="https://www.instagram.com/{name}",
    publishes=Publishing(longest=2200, needs_picture=True, fetches=True),
    check=check,
    steps=(
        _(
            "Turn the Instagram account into a professional one, and connect it with an app at developers.facebook.com."
        ),
        _("A long-lived access token that may manage comments and messages. Enter it here."),
        _(
            "Under Webhooks, object Instagram: enter {hook} as the callback address and the verify token from here."
        ),
        _(
            "Subscribe the fields comments, live_comments, mentions, messages, messaging_postbacks, messaging_seen, "
            "message_reactions and message_edit."
        ),
        _("Press Test here. Then write a comment from a private account: it appears at the desk."),
    ),
)

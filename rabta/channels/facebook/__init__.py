"""A Facebook Page: posts, comments and mentions in public, Messenger in private. `docs/channels/facebook.md`."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import Channel, Field, Limits, Publishing
from rabta.channels.facebook.asking import complete, poll
from rabta.channels.facebook.reading import count, read
from rabta.channels.facebook.sending import send
from rabta.channels.meta.checking import check
from rabta.channels.meta.hooks import API_URL, API_VERSION, APP_SECRET, VERIFY_TOKEN, handshake, verify
from rabta.channels.meta.media import LARGEST, fetch
from rabta.channels.meta.sending import MOST_BUTTONS

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
        buttons=MOST_BUTTONS,
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
    reached_at="https://www.facebook.com/{name}",
    publishes=Publishing(longest=63_000),
    check=check,
    steps=(
        _(
            "At developers.facebook.com: an app with the products Webhooks and Messenger, connected with the page."
        ),
        _(
            "A long-lived access token of the page with pages_messaging, pages_manage_metadata, "
            "pages_read_engagement, pages_read_user_content and pages_manage_engagement. Enter it here."
        ),
        _(
            "Under Webhooks, object Page: enter {hook} as the callback address and the verify token from here."
        ),
        _(
            "Subscribe the fields feed, mention, messages, messaging_postbacks, message_deliveries, message_reads, "
            "message_reactions, message_edits and message_echoes, and subscribe the page to the app."
        ),
        _(
            "Press Test here. Then comment on the page from a private profile: the comment appears at the desk."
        ),
    ),
)

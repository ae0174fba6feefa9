"""A Facebook Page: posts, comments and mentions in public, Messenger in private. `docs/channels/facebook.md`."""

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import Publishing
from rabta.channels.facebook.asking import complete, poll
from rabta.channels.facebook.reading import count, read
from rabta.channels.facebook.sending import send
from rabta.channels.meta.declaring import Declared, fields, limits

CHANNEL = Declared(
    kind="facebook",
    label=_("Facebook"),
    limits=limits(text_length=8000),
    fields=fields(
        token=_("Access token of the page"), token_help=_("A long-lived one, for reading and sending.")
    ),
    count=count,
    read=read,
    send=send,
    complete=complete,
    poll=poll,
    reached_at="https://www.facebook.com/{name}",
    publishes=Publishing(longest=63_000),
    known_by=_("The ID of the page, in its settings under “About”: digits only."),
    steps=(
        _(
            "At developers.facebook.com: an app with the products Webhooks and Messenger, connected with the page."
        ),
        _(
            "A long-lived access token of the page with pages_messaging, pages_manage_metadata, "
            "pages_read_engagement, pages_read_user_content, pages_manage_engagement and pages_manage_posts. "
            "Enter it here."
        ),
        _(
            "Ask the provider's review of the app for HUMAN_AGENT: officers may then answer for seven days "
            "instead of one."
        ),
        _(
            "Under Webhooks, object Page: enter {hook} as the callback address and the verify token from here."
        ),
        _(
            "Subscribe the fields feed, mention, messages, messaging_postbacks, message_deliveries, message_reads, "
            "message_reactions, message_edits and message_echoes, and subscribe the page to the app."
        ),
        _("Under Messenger: give the button that begins a talk the payload GET_STARTED."),
        _(
            "Press Test here. Then comment on the page from a private profile: the comment appears at the desk."
        ),
    ),
)

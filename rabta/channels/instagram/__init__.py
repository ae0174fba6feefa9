"""An Instagram account: comments and mentions in public, messages in private. `docs/channels/instagram.md`."""

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import Publishing
from rabta.channels.instagram.asking import complete, poll
from rabta.channels.instagram.reading import count, read
from rabta.channels.instagram.sending import send
from rabta.channels.meta.declaring import Declared, fields, limits

CHANNEL = Declared(
    kind="instagram",
    label=_("Instagram"),
    limits=limits(text_length=2200),
    fields=fields(token_help=_("Of the account or of its page, long-lived, for reading and sending.")),
    count=count,
    read=read,
    send=send,
    complete=complete,
    poll=poll,
    reached_at="https://www.instagram.com/{name}",
    publishes=Publishing(longest=2200, needs_picture=True, fetches=True),
    known_by=_("The ID of the professional account: digits only, not its @name."),
    steps=(
        _(
            "Turn the Instagram account into a professional one, and connect it with an app at developers.facebook.com."
        ),
        _(
            "A long-lived access token that may manage comments and messages and publish content. Enter it here. "
            "With a token of Instagram's own login the address of the Graph API is https://graph.instagram.com."
        ),
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

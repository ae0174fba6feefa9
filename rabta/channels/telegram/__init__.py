"""Telegram: a bot, its hook or long polling in, the Bot API out. `docs/channels/telegram.md` has the sources."""

import hmac
from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import Channel, Field, HookRequest, Limits
from rabta.channels.telegram.api import accepts
from rabta.channels.telegram.asking import check, complete, listen
from rabta.channels.telegram.media import fetch
from rabta.channels.telegram.reading import count, read
from rabta.channels.telegram.sending import LARGEST, LONGEST, MOST_BUTTONS, send


def verify(request: HookRequest, secrets: Mapping[str, str]) -> bool:
    """Whether the request carries the secret that was given with the hook (compared in constant time)."""
    expected = secrets.get("secret", "")
    given = request.headers.get("x-telegram-bot-api-secret-token", "")
    same = hmac.compare_digest(expected.encode(), given.encode(errors="replace"))
    return same and bool(expected)


CHANNEL = Channel(
    kind="telegram",
    label=_("Telegram"),
    reached_at="https://t.me/{name}",
    limits=Limits(
        text_length=LONGEST,
        per_second=30,
        # 20 in any minute, which is what Telegram lets into one group: 5 at once and 15 more. One person may have more.
        pair_interval=timedelta(seconds=4),
        pair_burst=5,
        media_bytes=LARGEST,
        buttons=MOST_BUTTONS,
        place_button=True,
    ),
    fields=(
        Field(
            name="secret",
            label=_("Secret of the hook"),
            help=_("Letters and digits of your own choice; Telegram sends it with everything."),
            secret=True,
        ),
        Field(
            name="token",
            label=_("Token of the bot"),
            help=_("From @BotFather. The number before the colon is the id of the account."),
            secret=True,
        ),
        Field(name="api_url", label=_("Address of the Bot API"), required=False, fixed=True),
    ),
    verify=verify,
    count=count,
    read=read,
    send=send,
    fetch=fetch,
    complete=complete,
    listen=listen,
    alone=True,
    accepts=accepts,
    check=check,
    known_by=_("The digits before the colon in the token of the bot."),
    steps=(
        _(
            "In Telegram, write to @BotFather: /newbot. Choose a name and a user name; it answers with the token."
        ),
        _(
            "The id of the account here is the number before the colon of the token, its address the bot’s @name."
        ),
        _(
            "Still with @BotFather: /setcommands with “status - what became of my matters”, “help - how to write to us”"
            " and “stop - no more messages”. /setuserpic with the emblem of the force."
        ),
        _(
            "Set the hook, from any machine, with the token and the secret in their places:"
            " curl https://api.telegram.org/bot‹token›/setWebhook -d url={hook} -d secret_token=‹secret›"
            ' -d \'allowed_updates=["message", "edited_message", "callback_query", "my_chat_member",'
            ' "message_reaction"]\''
        ),
        _(
            "Where Telegram cannot reach this machine from outside, leave that out (or take it back with"
            " /deleteWebhook): Rabta then asks Telegram by itself, all the time."
        ),
        _(
            "To read a group: /setprivacy, Disable, before the bot joins; or make it an administrator of the group."
            " It never answers in a group."
        ),
        _("Press Test here. Then write to the bot from a phone: the message appears at the desk."),
    ),
)

"""WhatsApp Business Cloud API: signed hooks in, the Graph API out. `docs/channels/whatsapp.md` has the sources."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import Channel, Field, Limits
from rabta.channels.meta.hooks import (
    API_URL,
    API_VERSION,
    APP_SECRET,
    VERIFY_TOKEN,
    accepts,
    handshake,
    verify,
)
from rabta.channels.whatsapp.checking import check
from rabta.channels.whatsapp.media import LARGEST, fetch
from rabta.channels.whatsapp.reading import count, read
from rabta.channels.whatsapp.sending import send
from rabta.channels.whatsapp.tariff import TARIFF
from rabta.channels.whatsapp.templates import submit, templates

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
        buttons=10,
        place_button=True,
    ),
    fields=(
        APP_SECRET,
        Field(
            name="access_token",
            label=_("Access token"),
            help=_("Of a system user, for sending."),
            secret=True,
        ),
        VERIFY_TOKEN,
        Field(
            name="business_account",
            label=_("Id of the WhatsApp business account"),
            help=_("Its templates are listed and submitted from here."),
            required=False,
        ),
        API_URL,
        API_VERSION,
    ),
    verify=verify,
    handshake=handshake,
    count=count,
    read=read,
    send=send,
    fetch=fetch,
    reached_at="https://wa.me/{digits}",
    by_phone=True,
    templates=templates,
    submit=submit,
    marks_read=True,
    tariff=TARIFF,
    accepts=accepts,
    check=check,
    known_by=_("The phone number ID, not the number."),
    steps=(
        _("At developers.facebook.com: an app with the product WhatsApp, and a system user of the business."),
        _(
            "That user's token needs whatsapp_business_messaging and whatsapp_business_management. Enter it here."
        ),
        _(
            "Under WhatsApp, Configuration: enter {hook} as the callback address and the verify token from here."
        ),
        _(
            "There, subscribe the fields messages, user_id_update, message_template_status_update, "
            "message_template_quality_update and template_category_update."
        ),
        _(
            "In the WhatsApp Manager: register the number with a PIN of two-step verification, and connect "
            "the business account with the app (POST /‹business account›/subscribed_apps)."
        ),
        _(
            "Here, under Message templates: hand in what is missing. Nothing else may be sent 24 hours after a "
            "person's last message."
        ),
        _("Press Test here. Then write to the number from a phone: the message appears at the desk."),
    ),
)

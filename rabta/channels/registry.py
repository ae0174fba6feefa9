"""The channels that Rabta speaks. A new channel is one file and one line here."""

from rabta.channels import (
    email,
    export,
    facebook,
    force,
    instagram,
    kannel,
    met,
    sms,
    telegram,
    webform,
    whatsapp,
    x,
)
from rabta.channels.contract import Channel

CHANNELS: tuple[Channel, ...] = (
    whatsapp.CHANNEL,
    facebook.CHANNEL,
    instagram.CHANNEL,
    x.CHANNEL,
    sms.CHANNEL,
    kannel.CHANNEL,
    email.CHANNEL,
    telegram.CHANNEL,
    webform.CHANNEL,
    met.CHANNEL,
    force.CHANNEL,
    export.CHANNEL,
)
BY_KIND: dict[str, Channel] = {channel.kind: channel for channel in CHANNELS}

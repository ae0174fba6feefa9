"""Chats that WhatsApp exported: the only way to read a large group (its own interface ends at eight people).

`chat` takes the text apart, `reading` turns what was imported into items. An account stands for one group. Nobody is
answered here, and nothing is ordered by itself: what looks like a report waits at the desk.
"""

from django.utils.translation import gettext_lazy as _

from rabta.channels.contract import Channel, Limits
from rabta.channels.export.reading import count, read
from rabta.files.checks import LIMITS

CHANNEL = Channel(
    kind="whatsapp_export",
    label=_("Exported WhatsApp chat"),
    limits=Limits(text_length=100_000, media_bytes=LIMITS),
    fields=(),
    count=count,
    read=read,
    by_file=True,
    steps=(
        _("There is no provider: an officer who is a member of the group brings its chat in."),
        _(
            "In WhatsApp on the phone: open the group, menu, More, Export chat. Choose “Include media” where "
            "pictures matter."
        ),
        _(
            "Save the file, open {hook}, choose the group and the file, look at what was understood, bring it in."
        ),
        _("Do it again whenever you like: what came before is not taken twice."),
    ),
)

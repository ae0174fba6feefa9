"""The last thing that a person said in a case, as a line of the list shows it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rabta.cases.models import Attachment, Case, Message
from rabta.force.access import Scope

LENGTH = 140
# An answer of the machine follows each first message: shown here, it would hide what the citizen wrote.
BY_A_PERSON = ~Q(automatic=True, author=None)
SIGNS: dict[str, tuple[str, str | Promise]] = {
    "image": ("camera", _("Photo")),
    "sticker": ("image", _("Sticker")),
    "audio": ("mic", _("Voice message")),
    "video": ("camera", _("Video")),
    "place": ("pin", _("Location")),
    "file": ("file", _("Document")),
    "unsupported": ("alarm", _("Not passed on by the channel")),
}


@dataclass(frozen=True, kw_only=True)
class Newest:
    """Who said it (`you`, the `name` of a colleague, or neither for the citizen), the text, and a sign."""

    text: str
    language: str
    at: datetime
    note: bool = False
    you: bool = False
    name: str = ""
    icon: str = ""
    words: str | Promise = ""


def newest(*, found: list[Case], scope: Scope) -> dict[int, Newest]:
    """By case id. Two queries, however many cases: the messages, and what hangs on them."""
    rows = Message.objects.filter(scope.visible(), BY_A_PERSON, case__in=found, revoked_at=None)
    rows = rows.order_by("case_id", "-id").distinct("case_id").select_related("author")
    rows = rows.prefetch_related(Prefetch("attachments", queryset=Attachment.objects.order_by("id")))
    return {row.case_id: _line(row, scope) for row in rows if row.case_id}


def _line(message: Message, scope: Scope) -> Newest:
    icon, words = _sign(message)
    ordered = message.public and message.direction == Message.Direction.NOTE
    if ordered:
        icon, words = "globe", _("Ordered by a public post")
    ours = message.direction != Message.Direction.IN
    you = ours and message.author_id == scope.officer.pk
    return Newest(
        text=" ".join((message.text or message.place_name).split())[:LENGTH],
        language=message.language,
        at=message.received_at,
        note=message.direction == Message.Direction.NOTE and not ordered,
        you=you,
        name=str(message.author) if ours and message.author and not you else "",
        icon=icon,
        words=words,
    )


def _sign(message: Message) -> tuple[str, str | Promise]:
    """Icon and word for what hangs on a message; the first thing counts."""
    for attachment in message.attachments.all():
        return SIGNS.get(attachment.kind, SIGNS["file"])
    if message.kind == "unsupported":
        return SIGNS["unsupported"]
    return SIGNS["place"] if message.lat is not None else ("", "")

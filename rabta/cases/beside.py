"""Words that stand beside the text of a message: the place that was named, and the names of files.

They are shown where the text is, and so are judged with it (`triage.assess.with_beside`).
"""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from rabta.cases.models import Attachment, Message
from rabta.channels.contract import Arrived


def of_item(item: Arrived) -> str:
    """Of a message on its way in."""
    place = item.place.name if item.place else ""
    return _joined([place, item.place_name, *(media.name for media in item.media)])


def named(rows: QuerySet[Message]) -> QuerySet[Message]:
    """The same messages with the names of their files, for `of_message`. No query more."""
    names = Attachment.objects.filter(message=OuterRef("pk")).exclude(name="").order_by("id").values("name")
    return rows.annotate(file_names=ArraySubquery(names))


def of_message(message: Message) -> str:
    """Of a message that `named` read; of one that was taken back nothing."""
    if message.revoked_at:
        return ""
    names: list[str] = getattr(message, "file_names")  # noqa: B009 (annotated)
    return _joined([message.place_name, *names])


def _joined(parts: list[str]) -> str:
    return "\n".join(dict.fromkeys(filter(None, parts)))

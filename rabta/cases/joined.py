"""Conversations that turn out to be one person's: what was said in both stands in one from then on."""

from datetime import datetime

from rabta.cases.models import Case, Conversation, Message
from rabta.people.models import Handle


def join_conversations(*, of: Handle, to: Handle) -> None:
    """What `of` wrote belongs to `to`. An emptied conversation stays, with nothing in it."""
    theirs = Conversation.objects.select_for_update().filter(handle__in=(of, to))
    rows = {(row.account_id, row.handle_id): row for row in theirs.order_by("id")}
    for (account, handle), row in rows.items():
        if handle != of.pk:
            continue
        kept = rows.get((account, to.pk))
        if kept is None:
            row.handle = to
            row.save(update_fields=["handle"])
            continue
        Message.objects.filter(conversation=row).update(conversation=kept)
        Case.objects.filter(conversation=row).update(conversation=kept)
        kept.last_in_at = _later(kept, row)
        kept.save(update_fields=["last_in_at"])


def _later(*rows: Conversation) -> datetime | None:
    return max((row.last_in_at for row in rows if row.last_in_at), default=None)

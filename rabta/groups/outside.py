"""Groups that live elsewhere: a Telegram group with our bot in it, a WhatsApp group of which an export is read.

What is read there counts for the group's figures. An announcement goes to the Telegram group as one letter; into a
WhatsApp group no machine writes, so its words are shown to whoever holds it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from rabta.channels.registry import BY_KIND
from rabta.files.models import StoredFile
from rabta.groups import talk
from rabta.groups.models import Broadcast, Group
from rabta.outbox.posting import Outgoing, post
from rabta.people.handles import digest_of

SCHEME = "telegram_group"
GROUPS_OF = ("telegram", "whatsapp_export")  # channels whose groups can be linked


@dataclass(frozen=True, kw_only=True)
class Overheard:
    """Something said in a group elsewhere: where, and whether it was noise."""

    account_id: int
    chat: str
    noise: bool


def count(said: Collection[Overheard], *, at: datetime) -> None:
    """Count for the groups that are linked. One query where something was said, one more where one of them is."""
    if not said:
        return
    rows = Group.objects.filter(chat_account__in={one.account_id for one in said}, closed_at=None)
    linked = {(account, chat): pk for pk, account, chat in rows.values_list("pk", "chat_account", "chat")}
    counted: Counter[tuple[int, str]] = Counter()
    for one in said:
        group = linked.get((one.account_id, one.chat))
        if group:
            counted[group, talk.CHAT] += 1
            counted[group, talk.CHAT_NOISE] += one.noise
    talk.add(counted, at=at)


def post_to(groups: Iterable[Group], broadcast: Broadcast, *, now: datetime) -> int:
    """Say it in the linked groups that a machine can write into; returns in how many. What is for police stays out."""
    if broadcast.officers_only:
        return 0
    linked = [group for group in groups if group.chat_account_id and _writes(group)]
    if not linked:
        return 0
    wordings = {row.language: row.body for row in broadcast.wordings.select_related("body__file")}
    body = wordings.get("") or next(iter(wordings.values()))
    post([_letter(group, broadcast, body.text, body.file) for group in linked], now)
    return len(linked)


def _writes(group: Group) -> bool:
    assert group.chat_account is not None
    channel = BY_KIND[group.chat_account.channel]
    return channel.send is not None and not channel.by_file and not group.chat_account.paused


def _letter(group: Group, broadcast: Broadcast, text: str, file: StoredFile | None) -> Outgoing:
    assert group.chat_account is not None
    return Outgoing(
        account=group.chat_account, number=group.chat, address_digest=digest_of(scheme=SCHEME, handle=group.chat),
        text=text, file=file, priority=broadcast.priority, about=f"group:{broadcast.public_id}",
        visible_to=list(broadcast.visible_to),
    )  # fmt: skip


def shown_to_copy(group: Group, broadcasts: Sequence[Broadcast]) -> list[Broadcast]:
    """What was said lately and is to be written by hand into the linked group; nothing where a machine does it."""
    by_hand = group.chat_account is not None and not _writes(group)
    return [one for one in broadcasts if by_hand and not one.officers_only]

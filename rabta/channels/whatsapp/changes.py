"""What people do to earlier messages, and to themselves: edits, revocations, reactions, new numbers and user ids."""

import re
from collections.abc import Callable
from dataclasses import replace

from rabta.channels.contract import Changed, Ignored, Read, Sender
from rabta.channels.shapes import Json, Misshapen, moment, needed, optional, part, text_of
from rabta.channels.whatsapp.people import by_phone, by_user_id, digits, names_of

NEW_NUMBER = ("user_changed_number", "customer_changed_number")
NEW_USER_ID = ("user_changed_user_id", "customer_changed_user_id")
_SENTENCE = re.compile(r".*\bchanged from ([^ ]{1,200}) to ([^ ]{1,200})", re.DOTALL)


def _edit(account: str, key: str, sender: Sender, item: Json) -> Read:
    found = part(item, "edit")
    new = part(found, "message")
    inner = optional(new, text_of(new, "type", longest=40))
    text = text_of(inner, "body") or text_of(inner, "caption")
    return _changed(
        account, key, sender, item, what="edit", target=needed(found, "original_message_id"), text=text
    )


def _revoke(account: str, key: str, sender: Sender, item: Json) -> Read:
    target = needed(part(item, "revoke"), "original_message_id")
    return _changed(account, key, sender, item, what="revoke", target=target)


def _reaction(account: str, key: str, sender: Sender, item: Json) -> Read:
    """An emoji on an earlier message; none at all takes it back."""
    found = part(item, "reaction")
    emoji = text_of(found, "emoji", longest=16)
    return _changed(
        account, key, sender, item, what="reaction", target=needed(found, "message_id"), text=emoji
    )


def _system(account: str, key: str, sender: Sender, item: Json) -> Read:
    """A person's number or user id is another now. Both kinds of id are known only where the provider names both."""
    found = part(item, "system")
    kind = text_of(found, "type", longest=40)
    user_id, parent = (text_of(found, name, longest=200) for name in ("user_id", "parent_user_id"))
    if kind in NEW_NUMBER:
        new = digits(found.get("wa_id") or found.get("new_wa_id"))
        if not 5 <= len(new) <= 20:
            raise Misshapen("no new number")
        becomes = by_phone(new, name=sender.name, also=names_of(user_id, parent))
    elif kind in NEW_USER_ID:
        if not user_id:
            raise Misshapen("no usable user_id")
        also = names_of(user_id, parent)
        hidden = sender.scheme != "phone"
        becomes = by_user_id(user_id, name=sender.name, also=also) if hidden else replace(sender, also=also)
    else:
        return Ignored(account=account, key=key, reason="system")
    return replace(_changed(account, key, sender, item, what="identity", target=""), becomes=becomes)


def whose(item: Json) -> Json:
    """A message of the system with the one whom it is about. Of a hidden number only its sentence may name the former
    id, at the end, after a name that people choose themselves and before the new id, which the message names too."""
    system = optional(item, "system")
    sentence = _SENTENCE.fullmatch(text_of(system, "body", longest=1000))
    named = item.get("from") or item.get("from_user_id")
    if named or sentence is None or sentence[2] not in (system.get("user_id"), system.get("wa_id")):
        return item
    return item | {"from" if sentence[1].isdigit() else "from_user_id": sentence[1]}


def user_id_update(account: str, value: Json, item: Json) -> Read:
    """One of many people whose user id the provider replaced at once."""
    ids, parents = optional(item, "user_id"), optional(item, "parent_user_id")
    before, after = (
        (text_of(ids, name, longest=200), text_of(parents, name, longest=200))
        for name in ("previous", "current")
    )
    if not after[0]:
        raise Misshapen("no usable user_id")
    key, phone = f"user_id:{before[0]}:{after[0]}", digits(item.get("wa_id"))
    if 5 <= len(phone) <= 20:
        sender = by_phone(phone, also=names_of(*before))
        becomes = by_phone(phone, also=names_of(*after))
    elif before[0]:
        sender = by_user_id(before[0], also=names_of(*before))
        becomes = by_user_id(after[0], also=names_of(*after))
    else:
        return Ignored(account=account, key=key, reason="user_id_update")
    return replace(_changed(account, key, sender, item, what="identity", target=""), becomes=becomes)


def _changed(
    account: str, key: str, sender: Sender, item: Json, *, what: str, target: str, text: str = ""
) -> Changed:
    at = moment(item.get("timestamp"))
    return Changed(account=account, key=key, what=what, provider_id=target, sender=sender, text=text, at=at)


CHANGES: dict[str, Callable[[str, str, Sender, Json], Read]] = {
    "edit": _edit, "revoke": _revoke, "reaction": _reaction, "system": _system,
}  # fmt: skip

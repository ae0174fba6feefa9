"""What a body holds: one update of a hook, or the list that was asked for. None names the bot that it is for.

`count` and `read` walk it separately, so that a mistake in one shows against the other.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from rabta.channels.contract import Arrived, Changed, Ignored, Read, Unreadable
from rabta.channels.shapes import Json, Misshapen, load, moment, needed, optional, part, text_of
from rabta.channels.telegram.messages import group_of, message, number_of, place_of, sender_of

Reader = Callable[[str, Json], Read]
_WORD = re.compile(r"[a-z_]{1,40}")


def count(raw: bytes) -> Counter[str]:
    """Items in the body: the updates of a list, else one."""
    try:
        body = load(raw)
    except ValueError:
        return Counter({"": 1})
    listed = body.get("result")
    many = len(listed) if "update_id" not in body and isinstance(listed, list) else 1
    return Counter({"": many or 1})


def read(raw: bytes) -> list[Read]:
    """Every update, in order. Raises ValueError when the body is no JSON object."""
    body = load(raw)
    if "update_id" in body or not isinstance(body.get("result"), list):
        return [_update(body)]
    return [_update(update) for update in body["result"]] or [_ignored("", "empty")]


def _update(update: object) -> Read:
    """One update. Without its number nobody could tell a repetition."""
    if not isinstance(update, dict):
        return _unreadable("", "an update that is no object")
    number = update.get("update_id")
    if isinstance(number, bool) or not isinstance(number, int) or abs(number) >= 2**63:
        return _unreadable("", "no usable update_id")
    key = f"update:{number}"
    name = next((name for name in update if name in READERS), "")
    if not name:
        other = next((name for name in update if name != "update_id"), "empty")
        return _ignored(key, other if _WORD.fullmatch(other) else "unknown update")
    try:
        return READERS[name](key, part(update, name))
    except Misshapen as trouble:
        reason = str(trouble)
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as trouble:
        reason = f"unexpected shape ({type(trouble).__name__})"
    return _unreadable(key, reason)


def _ignored(key: str, reason: str) -> Ignored:
    return Ignored(account="", key=key, reason=reason)


def _unreadable(key: str, reason: str) -> Unreadable:
    return Unreadable(account="", key=key, reason=reason)


def _message(_key: str, found: Json) -> Read:
    return message(found)


def _edited(key: str, found: Json) -> Read:
    """A message as it reads now. A point that moves along with its sender comes this way, every few seconds."""
    whole = message(found)
    if not isinstance(whole, Arrived):
        return replace(whole, key=key)
    if whole.place and not whole.text:
        return _ignored(key, "live location")
    return Changed(
        account="",
        key=key,
        what="edit",
        provider_id=whole.provider_id,
        sender=whole.sender,
        text=whole.text,
        at=moment(found.get("edit_date")),
        whole=whole,
    )


def _pressed(key: str, found: Json) -> Read:
    """A button under a letter of ours. Telegram shows that it works on it until it is answered (`ask`)."""
    pressed, under = needed(found, "id", longest=100), optional(found, "message")
    choice, group = text_of(found, "data", longest=100), group_of(optional(under, "chat")) if under else ""
    sender = sender_of(found.get("from"), group=group)
    if not choice or not under or sender is None:
        return _ignored(key, "pressed elsewhere")
    return Arrived(
        account="",
        key=f"pressed:{pressed}",
        provider_id=f"pressed:{pressed}",
        sender=sender,
        kind="button",
        text=_title(under, choice) or choice,
        in_reply_to=place_of(under),
        group=group,
        overheard=bool(group),
        choices={"id": choice},
        ask=f"pressed:{pressed}",
    )


def _title(under: Json, choice: str) -> str:
    """What stands on the button with this choice."""
    rows = optional(under, "reply_markup").get("inline_keyboard")
    found = (
        [button for row in rows if isinstance(row, list) for button in row] if isinstance(rows, list) else []
    )
    titles = (
        text_of(button, "text", longest=200)
        for button in found
        if isinstance(button, dict) and button.get("callback_data") == choice
    )
    return next(titles, "")


def _reaction(key: str, found: Json) -> Read:
    """Emoji of a person on a message; none at all takes them back."""
    if group_of(part(found, "chat")):
        return _ignored(key, "reaction in a group")
    sender = sender_of(found.get("user"))
    if sender is None:
        return _ignored(key, "reaction without a person")
    given = found.get("new_reaction")
    emoji = [text_of(one, "emoji", longest=16) or "★" for one in given if isinstance(one, dict)] if isinstance(
        given, list
    ) else []  # fmt: skip
    return Changed(
        account="",
        key=key,
        what="reaction",
        provider_id=place_of(found),
        sender=sender,
        text="".join(emoji)[:16],
        at=moment(found.get("date")),
    )


def _membership(key: str, found: Json) -> Read:
    """Our bot was added to a group, made an administrator, removed, or (by a person) stopped."""
    status = text_of(optional(found, "new_chat_member"), "status", longest=20)
    group = group_of(part(found, "chat"))
    number_of(part(found, "chat").get("id"))
    if not _WORD.fullmatch(status):
        raise Misshapen("no usable status")
    if group or text_of(part(found, "chat"), "type", longest=20) != "private":
        return _ignored(key, f"our bot: {status}")
    return _ignored(key, "stopped by the person" if status == "kicked" else "started by the person")


def _post(key: str, _found: Json) -> Read:
    return _ignored(key, "channel post")


READERS: dict[str, Reader] = {
    "message": _message,
    "edited_message": _edited,
    "channel_post": _post,
    "edited_channel_post": _post,
    "callback_query": _pressed,
    "message_reaction": _reaction,
    "my_chat_member": _membership,
}

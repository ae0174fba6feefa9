"""What a hook of an Instagram account holds: comments, mentions and private messages, in three envelopes.

`entry[].changes[]`, `entry[].messaging[]`, and an entry that holds `field` and `value` itself.
"""

import re
from collections import Counter

from rabta.channels.contract import Arrived, Ignored, Post, Read, Relation, Sender
from rabta.channels.meta import messaging, walking
from rabta.channels.shapes import Json, Misshapen, moment, named, optional, part, text_of

SCHEME = "instagram"
_event = messaging.reader_for(SCHEME)


def count(raw: bytes) -> Counter[str]:
    """Items by the account that they name, without `read`."""
    return walking.count(raw)


def read(raw: bytes) -> list[Read]:
    """Every item of the body, in order. Raises ValueError when the body is no JSON object."""
    return walking.read(raw, change=_change, event=_event)


def _change(account: str, change: Json) -> Read:
    field = text_of(change, "field", longest=40)
    if field in messaging.FIELDS:
        return _event(account, part(change, "value"))
    if field in ("comments", "live_comments"):
        return _comment(account, part(change, "value"))
    if field == "mentions":
        return _mention(account, part(change, "value"))
    return walking.ignored_field(account, change)


def _comment(account: str, value: Json) -> Read:
    """A comment under a picture or a live film of ours. It cannot be edited there, and its removal is not told."""
    name = named(value.get("id")) or named(value.get("comment_id"))
    if not name:
        raise Misshapen("no usable id")
    sender, text = _author(account, value, name), text_of(value, "text")
    if _is_ours(account, value):
        return Ignored(account=account, key=f"message:{name}", reason="echo")
    if not text:
        return Ignored(account=account, key=f"message:{name}", reason="nothing said")
    media = optional(value, "media")
    answers = named(value.get("parent_id")) or named(media.get("id"))
    return Arrived(
        account=account,
        key=f"message:{name}",
        provider_id=name,
        sender=sender,
        kind="text",
        text=text,
        sent_at=moment(value.get("timestamp")) or moment(value.get("created_time")),
        in_reply_to=answers,
        public=True,
        link=_link(value, media),
        about=Post(relation=Relation.REPLY, provider_id=answers) if answers else None,
    )


def _mention(account: str, value: Json) -> Read:
    """Somebody named us under a picture of another. The hook only points there; the text is asked for.

    The id of a mention holds both ids, because an answer must name both.
    """
    media, comment = named(value.get("media_id")), named(value.get("comment_id"))
    if not re.fullmatch(r"\d+", media) or not re.fullmatch(r"\d*", comment):
        raise Misshapen("no usable media_id")
    name = f"{media}:{comment}"
    if "text" not in value:
        return Ignored(account=account, key=f"mention told:{name}", reason="mention", ask=name)
    text, key = text_of(value, "text"), f"message:{name}"
    sender = _author(account, value, name)
    if _is_ours(account, value):
        return Ignored(account=account, key=key, reason="echo")
    if not text:
        return Ignored(account=account, key=key, reason="nothing said")
    return Arrived(
        account=account,
        key=key,
        provider_id=name,
        sender=sender,
        kind="text",
        text=text,
        sent_at=moment(value.get("timestamp")),
        public=True,
        link=_link(value, {}),
        about=Post(relation=Relation.REPLY, provider_id=media) if comment else None,
    )


def _author(account: str, value: Json, name: str) -> Sender:
    """Who wrote: by the id that holds for this account, else by user name, else the comment stands for its author."""
    given = optional(value, "from")
    identity = named(given.get("id"))
    user = (
        (text_of(given, "username", longest=60) or text_of(value, "username", longest=60)).lstrip("@").lower()
    )
    shown = f"@{user}" if user else ""
    if identity:
        return messaging.person(SCHEME, account, identity, known_as=shown)
    if user:
        return Sender(scheme=SCHEME, handle=f"{account}:@{user}", known_as=shown)
    return Sender(scheme=SCHEME, handle=f"{account}:comment:{name}", address=f"comment:{name}")


def _is_ours(account: str, value: Json) -> bool:
    given = optional(value, "from")
    ids = {named(given.get("id")), named(given.get("self_ig_scoped_id"))} - {""}
    return bool(account) and account in ids


def _link(value: Json, media: Json) -> str:
    given = text_of(value, "permalink", longest=500) or text_of(media, "permalink", longest=500)
    return given if given.startswith("https://") else ""

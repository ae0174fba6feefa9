"""What a hook's body holds: one event (X Activity), or the events of an account (Account Activity, the older one).

`count` and `read` walk it separately, so that a mistake in one shows against the other.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from rabta.channels.contract import Arrived, Changed, Ignored, Media, Read, Unreadable
from rabta.channels.shapes import Json, Misshapen, clean, load, moment, named, optional, part, text_of
from rabta.channels.x.posts import id_of, iso, listed, maybe_id, older, person, point, said, v2

POSTS = ("post.create", "post.mention.create", "post.reply.create", "post.quote.create", "post.repost.create")
Reader = Callable[[str, Json, Json], Read]


def count(raw: bytes) -> Counter[str]:
    """Items by the account of ours that they are for. A wrong shape counts one."""
    try:
        body = load(raw)
    except ValueError:
        return Counter({"": 1})
    if "data" in body:
        data = body["data"]
        events = data if isinstance(data, list) and data else [data]
        return Counter(_account_of(event) for event in events)
    given = [body[name] for name in body if _is_list_of_events(name)]
    items = sum(len(each) if isinstance(each, list) else 1 for each in given)
    return Counter({named(body.get("for_user_id")): items or 1})


def read(raw: bytes) -> list[Read]:
    """Every item of the body, in order. Raises ValueError when the body is no JSON object."""
    body = load(raw)
    if "data" in body:
        events = body["data"] if isinstance(body["data"], list) and body["data"] else [body["data"]]
        return [_event(event) for event in events]
    return list(_older(body))


def _is_list_of_events(name: str) -> bool:
    return name.endswith("_events") or name == "user_event"


def _account_of(event: object) -> str:
    """The subscription's tag, where it is the number of an account of ours; else the account that it watches."""
    if not isinstance(event, dict):
        return ""
    tag = event.get("tag")
    if isinstance(tag, str) and re.fullmatch(r"[0-9]{1,20}", tag):
        return tag
    watched = event.get("filter")
    return named(watched.get("user_id")) if isinstance(watched, dict) else ""


def _event(event: object) -> Read:
    """One event of X Activity."""
    if not isinstance(event, dict):
        return Unreadable(account="", key="", reason="an event that is no object")
    account = _account_of(event)
    uuid = clean(str(event.get("event_uuid")))[:80] if isinstance(event.get("event_uuid"), str | int) else ""
    return _carefully(account, f"event:{uuid}" if uuid else "", _one, event, uuid)


def _carefully(account: str, key: str, reader: Callable[..., Read], *given: Any) -> Read:
    """The item, or why it could not be read."""
    try:
        return reader(account, *given)
    except Misshapen as trouble:
        reason = str(trouble)
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as trouble:
        reason = f"unexpected shape ({type(trouble).__name__})"
    return Unreadable(account=account, key=key, reason=reason)


def _one(account: str, event: Json, uuid: str) -> Read:
    kind = text_of(event, "event_type", longest=60)
    watched = maybe_id(optional(event, "filter").get("user_id"))
    if kind in POSTS:
        follows = watched if watched != account else ""
        return said(account, v2(part(event, "payload"), optional(event, "includes")), follows=follows)
    if kind == "post.delete":
        return _deleted(account, id_of(part(event, "payload").get("id")), None)
    if kind in ("dm.received", "dm.sent"):
        return _private(account, part(event, "payload"), optional(event, "includes"))
    reason = kind if re.fullmatch(r"[a-z_.]{1,40}", kind) else "unknown event"
    return Ignored(account=account, key=f"event:{uuid}" if uuid else "", reason=reason)


def _deleted(account: str, post_id: str, stamp: object) -> Changed:
    at = moment(stamp)
    return Changed(account=account, key=f"delete:{post_id}", what="revoke", provider_id=post_id, at=at)


def _private(account: str, payload: Json, includes: Json) -> Read:
    """A direct message in the form of API v2, or in the older one, which some events still carry."""
    nested = listed(payload, "direct_message_events")
    if nested:
        return _older_private(account, nested[0], payload)
    message_id, sender = id_of(payload.get("id")), id_of(payload.get("sender_id"))
    key, conversation = f"message:{message_id}", text_of(payload, "dm_conversation_id", longest=60)
    if sender == account:
        return Ignored(account=account, key=key, reason="echo")
    if conversation and "-" not in conversation:
        return Ignored(account=account, key=key, reason="group")
    if text_of(payload, "event_type", longest=40) not in ("", "MessageCreate"):
        return Ignored(account=account, key=key, reason="dm event")
    users = {maybe_id(one.get("id")): one for one in listed(includes, "users")}
    seen = v2({**payload, "author_id": sender}, includes)
    return Arrived(
        account=account,
        key=key,
        provider_id=message_id,
        sender=person(sender, users.get(sender, {})),
        kind=seen.media[0].kind if seen.media and not seen.text else "text",
        text=seen.text,
        media=seen.media,
        sent_at=iso(payload.get("created_at")),
    )


def _older(body: Json) -> Iterator[Read]:
    """The events of Account Activity."""
    account, empty = named(body.get("for_user_id")), True
    for name in body:
        if not _is_list_of_events(name):
            continue
        items = body[name] if isinstance(body[name], list) else [body[name]]
        for item in items:
            empty = False
            yield _older_item(account, name, item, body)
    if empty:
        yield Ignored(account=account, key="", reason="empty")


def _older_item(account: str, name: str, item: object, body: Json) -> Read:
    if name not in OLDER:
        reason = name if re.fullmatch(r"[a-z_]{1,60}", name) else "unknown event"
        return Ignored(account=account, key="", reason=reason)
    if not isinstance(item, dict):
        return Unreadable(account=account, key="", reason="an event that is no object")
    found = maybe_id(item.get("id_str") or item.get("id"))
    return _carefully(account, f"broken:{name}:{found}" if found else "", OLDER[name], item, body)


def _older_post(account: str, item: Json, _body: Json) -> Read:
    return said(account, older(item))


def _older_deleted(account: str, item: Json, _body: Json) -> Read:
    status = part(item, "status")
    return _deleted(account, id_of(status.get("id_str") or status.get("id")), item.get("timestamp_ms"))


def _older_private(account: str, item: Json, body: Json) -> Read:
    kind, message_id = text_of(item, "type", longest=40), id_of(item.get("id"))
    if kind not in ("", "message_create") and re.fullmatch(r"[a-z_]+", kind):
        return Ignored(account=account, key=f"{kind}:{message_id}", reason=kind)
    created = part(item, "message_create")
    sender, key = id_of(created.get("sender_id")), f"message:{message_id}"
    if sender == account:
        return Ignored(account=account, key=key, reason="echo")
    data = part(created, "message_data")
    facts = optional(optional(body, "users"), sender)
    facts = optional(facts, "data") or facts
    choice = text_of(optional(data, "quick_reply_response"), "metadata", longest=1000)
    attached = optional(data, "attachment")
    media = _older_media(optional(attached, "media"))
    shared = optional(optional(attached, "location"), "shared_coordinate")
    text, place = text_of(data, "text"), point(optional(shared, "coordinates"))
    return Arrived(
        account=account,
        key=key,
        provider_id=message_id,
        sender=person(sender, facts, username="username" if "username" in facts else "screen_name"),
        kind="button" if choice else "location" if place and not text else "text",
        text=text,
        media=media,
        place=place,
        sent_at=moment(item.get("created_timestamp")),
        choices={"id": choice} if choice else {},
    )


def _older_media(facts: Json) -> tuple[Media, ...]:
    url = text_of(facts, "media_url_https", longest=1000)
    return (Media(kind="image", ref=url),) if url else ()


OLDER: dict[str, Reader] = {
    "tweet_create_events": _older_post,
    "tweet_delete_events": _older_deleted,
    "direct_message_events": _older_private,
}

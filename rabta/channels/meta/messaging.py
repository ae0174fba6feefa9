"""Private messages of Messenger and Instagram: one event of `messaging`, which both write alike."""

import re
from collections.abc import Callable
from uuid import UUID

from rabta.channels.contract import Arrived, Changed, Ignored, Media, Place, Read, Receipt, Sender
from rabta.channels.meta.walking import Reader
from rabta.channels.shapes import Json, Misshapen, coordinate, moment, named, needed, optional, part, text_of

# Events that say nothing to us: a link that was followed, another app taking the talk over, and the like.
PASSED_OVER = (
    "referral", "optin", "account_linking", "pass_thread_control", "take_thread_control", "request_thread_control",
    "app_roles", "policy_enforcement", "policy-enforcement", "message_feedback", "response_feedback", "game_play",
    "typing", "messaging_feedback", "messaging_customer_information", "payment", "checkout_update", "pre_checkout",
    "call", "messaging_in_thread_lead_form_submit",
)  # fmt: skip
MEDIA = {
    "image": "image",
    "sticker": "image",
    "animated_image": "image",
    "animated_gif": "image",
    "audio": "audio",
    "video": "video",
    "file": "document",
    "story_mention": "document",
    "ig_story": "document",
}
HEARTS = ("like_heart",)
LINKS = ("fallback", "share", "template", "post", "ig_post", "reel", "ig_reel")  # what somebody passed on
# What the provider names and does not pass on.
HIDDEN = ("ephemeral", "appointment_booking", "unsupported_type")
LIKES = {369239263222822, 369239343222814, 369239383222810}  # the thumb in three sizes
BEGUN = "GET_STARTED"  # the payload of the button that begins a talk, as docs/channels/facebook.md has it set
# Names under which the same events come in `changes`.
FIELDS = (
    "messages", "messaging_postbacks", "messaging_seen", "message_reactions", "message_edit", "message_echoes",
    "message_deliveries", "message_reads",
)  # fmt: skip


def reader_for(scheme: str) -> Reader:
    """The reader of one event for a channel; `scheme` names its people, whose ids hold for one account only."""
    return lambda account, item: _event(scheme, account, item)


def person(scheme: str, account: str, identity: str, *, name: str = "", known_as: str = "") -> Sender:
    """A person by the id that holds for this account only: never the same handle on another account."""
    handle = f"{account}:{identity}"
    return Sender(scheme=scheme, handle=handle, address=identity, name=name, known_as=known_as)


def _event(scheme: str, account: str, item: Json) -> Read:
    for name, reader in EVENTS.items():
        if isinstance(item.get(name), dict):
            return reader(scheme, account, item)
    for name in PASSED_OVER:
        if name in item:
            return Ignored(account=account, key="", reason=name)
    raise Misshapen("unknown kind of event")


def _writer(scheme: str, account: str, item: Json) -> Sender:
    identity = named(optional(item, "sender").get("id"))
    if not identity:
        raise Misshapen("no sender")
    return person(scheme, account, identity)


def _is_ours(account: str, item: Json) -> bool:
    return bool(account) and named(optional(item, "sender").get("id")) == account


def _message(scheme: str, account: str, item: Json) -> Read:
    """What a person wrote, took back, or what we wrote ourselves."""
    message = part(item, "message")
    mid = needed(message, "mid")
    if message.get("is_echo") is True or _is_ours(account, item):
        return _echo(account, item, message, mid)
    sender, at = _writer(scheme, account, item), moment(item.get("timestamp"))
    if message.get("is_deleted") is True:
        return Changed(
            account=account, key=f"revoke:{mid}", what="revoke", provider_id=mid, sender=sender, at=at
        )
    text, media, place = _content(message)
    hidden = message.get("is_unsupported") is True or bool(message.get("attachments"))
    if not (text or media or place or hidden):
        raise Misshapen("nothing was said")
    payload = text_of(optional(message, "quick_reply"), "payload", longest=1000)
    return Arrived(
        account=account,
        key=f"message:{mid}",
        provider_id=mid,
        sender=sender,
        kind="text" if text else media[0].kind if media else "location" if place else "unsupported",
        text=text,
        media=media,
        place=place,
        sent_at=at,
        in_reply_to=text_of(optional(message, "reply_to"), "mid", longest=512),
        choices={"id": payload} if payload else {},
    )


def _echo(account: str, item: Json, message: Json, mid: str) -> Read:
    """Our own message. Where it carries the token of a delivery it proves that this one was sent."""
    token = text_of(message, "metadata", longest=100)
    try:
        UUID(token)
    except ValueError:
        return Ignored(account=account, key=f"echo:{mid}", reason="echo")
    at = moment(item.get("timestamp"))
    return Receipt(account=account, key=f"echo:{mid}", provider_id=mid, status="sent", token=token, at=at)


def _content(message: Json) -> tuple[str, tuple[Media, ...], Place | None]:
    """Text (with links that were passed on, a line each), files, and a point; each once, as some come in two forms.

    Nothing at all of what has attachments: somebody sent what the provider does not pass on.
    """
    attachments = message.get("attachments") or []
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise Misshapen("attachments are no list of objects")
    lines, media, place = [text_of(message, "text")], [], None
    for one in attachments:
        kind, payload = text_of(one, "type", longest=40), optional(one, "payload")
        if payload.get("sticker_id") in LIKES:
            lines.append("👍")
        elif kind in HEARTS:
            lines.append("❤️")
        elif kind in MEDIA:
            name = text_of(payload, "title", longest=200)
            media.append(Media(kind=MEDIA[kind], ref=needed(payload, "url", longest=4000), name=name))
        elif kind == "location":
            place = _place(one, payload)
        elif kind in LINKS:
            named_so = text_of(payload, "title", longest=300) or text_of(one, "title", longest=300)
            url = text_of(payload, "url", longest=2000) or text_of(one, "url", longest=2000)
            lines += [named_so, url]
        elif kind not in HIDDEN:
            raise Misshapen("unknown kind of attachment")
    return "\n".join(dict.fromkeys(filter(None, lines))), tuple(dict.fromkeys(media)), place


def _place(attachment: Json, payload: Json) -> Place:
    point = part(payload, "coordinates")
    lat, lng = coordinate(point, "lat", most=90), coordinate(point, "long", most=180)
    return Place(lat=lat, lng=lng, name=text_of(attachment, "title", longest=200))


def _postback(scheme: str, account: str, item: Json) -> Read:
    """A button that was pressed. That of a beginning talk says nothing yet."""
    found, sender = part(item, "postback"), _writer(scheme, account, item)
    payload, mid = text_of(found, "payload", longest=1000), text_of(found, "mid", longest=512)
    key = f"message:{mid}" if mid else f"postback:{sender.handle}:{moment(item.get('timestamp'))}:{payload}"
    if payload == BEGUN:
        return Ignored(account=account, key=key, reason="begun")
    text = text_of(found, "title", longest=1000) or payload
    if not text:
        raise Misshapen("nothing was said")
    return Arrived(
        account=account,
        key=key,
        provider_id=mid or key,
        sender=sender,
        kind="button",
        text=text,
        sent_at=moment(item.get("timestamp")),
        choices={"id": payload} if payload else {},
    )


def _reaction(scheme: str, account: str, item: Json) -> Read:
    """An emoji on an earlier message, or that it was taken back."""
    found, sender = part(item, "reaction"), _writer(scheme, account, item)
    mid, at = needed(found, "mid"), moment(item.get("timestamp"))
    taken_back = text_of(found, "action", longest=20) == "unreact"
    key = f"reaction:{mid}:{sender.handle}:{'off' if taken_back else 'on'}:{at}"
    if _is_ours(account, item):
        return Ignored(account=account, key=key, reason="echo")
    emoji = text_of(found, "emoji", longest=16) or text_of(found, "reaction", longest=16)
    text = "" if taken_back else emoji
    return Changed(
        account=account, key=key, what="reaction", provider_id=mid, sender=sender, text=text, at=at
    )


def _edit(scheme: str, account: str, item: Json) -> Read:
    """A person wrote an earlier message anew."""
    found = part(item, "message_edit")
    mid, at, text = needed(found, "mid"), moment(item.get("timestamp")), text_of(found, "text")
    time = found.get("num_edit")
    if time == 0 and not text:  # it only tells that there is a message, which comes by itself
        return Ignored(account=account, key=f"edit:{mid}:0", reason="not edited")
    sender = _writer(scheme, account, item)
    key = f"edit:{mid}:{time if isinstance(time, int) else at}"
    if _is_ours(account, item):
        return Ignored(account=account, key=key, reason="echo")
    return Changed(account=account, key=key, what="edit", provider_id=mid, sender=sender, text=text, at=at)


def _delivery(scheme: str, account: str, item: Json) -> Read:
    """A message of ours arrived: the one that is named, or all up to a time."""
    found = part(item, "delivery")
    mids = found.get("mids")
    if isinstance(mids, list) and mids:
        mid, at = needed({"mid": mids[0]}, "mid"), moment(found.get("watermark"))
        return Receipt(account=account, key=f"delivered:{mid}", provider_id=mid, status="delivered", at=at)
    return _up_to(scheme, account, item, found, status="delivered")


def _seen(scheme: str, account: str, item: Json) -> Read:
    """A person read what we wrote: one message (Instagram), or all up to a time (Messenger)."""
    found = part(item, "read")
    mid = text_of(found, "mid", longest=512)
    if mid:
        at = moment(item.get("timestamp"))
        return Receipt(account=account, key=f"read:{mid}", provider_id=mid, status="read", at=at)
    return _up_to(scheme, account, item, found, status="read")


def _up_to(scheme: str, account: str, item: Json, found: Json, *, status: str) -> Read:
    sender, at = _writer(scheme, account, item), moment(found.get("watermark"))
    if at is None:
        raise Misshapen("no usable watermark")
    key = f"{status}:{sender.handle}:{at.timestamp()}"
    return Receipt(account=account, key=key, provider_id="", status=status, at=at, up_to=sender)


EVENTS: dict[str, Callable[[str, str, Json], Read]] = {
    "message": _message, "postback": _postback, "reaction": _reaction, "message_edit": _edit,
    "delivery": _delivery, "read": _seen,
}  # fmt: skip


def is_message(provider_id: str) -> bool:
    """Whether an id is that of a private message: those of posts and comments are made of digits."""
    return not re.fullmatch(r"[\d_:]*", provider_id)

"""A message of Telegram: who wrote it and where, what it carries, and whether it is one at all."""

import re
from collections.abc import Callable
from itertools import islice

from rabta.channels.contract import Arrived, Changed, Ignored, Media, Place, Read, Sender
from rabta.channels.shapes import Json, Misshapen, clean, coordinate, moment, optional, part, text_of
from rabta.channels.telegram import rich

GROUPS = ("group", "supergroup")
SPOKEN = ("en", "hi", "ur", "ps")  # languages of the interface that we answer in
LONGEST_RICH, MOST_FILES = 32_000, 20
_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
_START = re.compile(r"/start(?:@[A-Za-z0-9_]{1,64})?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*")
GREETING = "bot start"  # the word that stands for the button Start (`replying`, command_words.csv)
# What Telegram tells in the form of a message, and what a bot has no use for.
SERVICE = (
    "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
    "group_chat_created", "supergroup_chat_created", "channel_chat_created", "pinned_message",
    "message_auto_delete_timer_changed", "users_shared", "chat_shared", "write_access_allowed", "connected_website",
    "proximity_alert_triggered", "boost_added", "chat_background_set", "forum_topic_created", "forum_topic_edited",
    "forum_topic_closed", "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden",
    "video_chat_scheduled", "video_chat_started", "video_chat_ended", "video_chat_participants_invited",
    "web_app_data", "passport_data", "game", "invoice", "successful_payment", "refunded_payment", "gift",
    "unique_gift", "giveaway", "giveaway_created", "giveaway_winners", "giveaway_completed", "paid_media",
    "checklist_tasks_done", "checklist_tasks_added", "paid_message_price_changed",
    "direct_message_price_changed", "suggested_post_approved", "suggested_post_approval_failed",
    "suggested_post_declined", "suggested_post_paid", "suggested_post_refunded", "gift_upgrade_sent",
    "chat_owner_left", "chat_owner_changed", "managed_bot_created", "poll_option_added", "poll_option_deleted",
    "community_chat_added", "community_chat_removed",
)  # fmt: skip


def number_of(value: object) -> str:
    """An id as text; groups have negative ones. Misshapen when it is none."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < abs(value) < 2**63:
        raise Misshapen("no usable id")
    return str(value)


def place_of(found: Json) -> str:
    """Where a message stands: its number is one of its chat only."""
    return f"{number_of(part(found, 'chat').get('id'))}:{number_of(found.get('message_id'))}"


def group_of(chat: Json) -> str:
    """The group that a chat is; empty for a talk with one person."""
    return number_of(chat.get("id")) if text_of(chat, "type", longest=20) in GROUPS else ""


def sender_of(given: object, *, group: str = "") -> Sender | None:
    """A person, by the number that is the same in every chat; None for a bot, or for nobody.

    The private chat with a person has the person's number. The @name may change hands. Whoever speaks in a group is
    known there under a scheme of its own: all members see who speaks, and none may learn who writes to us privately.
    """
    if not isinstance(given, dict) or given.get("is_bot") is True:
        return None
    user = number_of(given.get("id"))
    name = " ".join(filter(None, (text_of(given, key, longest=100) for key in ("first_name", "last_name"))))
    username = text_of(given, "username", longest=64)
    known_as = f"@{username}" if _NAME.fullmatch(username) else ""
    spoken = text_of(given, "language_code", longest=20).partition("-")[0].casefold()
    return Sender(
        scheme="telegram_member" if group else "telegram",
        handle=user,
        address=user,
        name=name or known_as,
        known_as=known_as,
        language=spoken if spoken in SPOKEN else "",
    )


def message(found: Json) -> Read:
    """What a message is to us. Raises Misshapen for one that has no shape, or that carries what nobody knows."""
    where, chat = place_of(found), part(found, "chat")
    key = f"message:{where}"
    moved = _moved(found, chat)
    if moved:
        return moved
    kind = text_of(chat, "type", longest=20)
    if kind not in ("private", *GROUPS):
        return Ignored(account="", key=key, reason="channel post" if kind == "channel" else "unknown chat")
    service = next((name for name in SERVICE if found.get(name) is not None), "")
    if service:
        return Ignored(account="", key=key, reason=service)
    group = group_of(chat)
    sender = None if found.get("sender_chat") is not None else sender_of(found.get("from"), group=group)
    if sender is None:
        return Ignored(account="", key=key, reason="not of a person")
    name = next((name for name in CONTENTS if found.get(name) is not None), "")
    if not name:
        raise Misshapen("unknown type of message")
    carried: Json = {"text": text_of(found, "caption")} | CONTENTS[name](found)
    return Arrived(
        account="",
        key=key,
        provider_id=where,
        sender=sender,
        kind=KINDS.get(name, "text"),
        sent_at=moment(found.get("date")),
        in_reply_to=_answered(found),
        forwarded=any(found.get(name) is not None for name in ("forward_origin", "forward_date")),
        group=group,
        overheard=bool(group),
        link=_link(chat, found),
        **carried,
    )


def _moved(found: Json, chat: Json) -> Changed | None:
    """A group that became a large one has another id. Telegram tells it twice: in the old one and in the new."""
    told = [found.get(name) for name in ("migrate_to_chat_id", "migrate_from_chat_id")]
    if told == [None, None]:
        return None
    here = number_of(chat.get("id"))
    old, new = (here, number_of(told[0])) if told[0] is not None else (number_of(told[1]), here)
    was, becomes = (Sender(scheme="telegram_group", handle=one, address=one) for one in (old, new))
    return Changed(
        account="", key=f"group:{old}:{new}", what="identity", provider_id="", sender=was, becomes=becomes,
        at=moment(found.get("date")),
    )  # fmt: skip


def _answered(found: Json) -> str:
    """The message that this one answers. In a topic of a forum every message seems to answer the topic's first."""
    other = optional(found, "reply_to_message")
    if not other or other.get("forum_topic_created") is not None:
        return ""
    chat = number_of(part(found, "chat").get("id"))
    return f"{chat}:{number_of(other.get('message_id'))}"


def _link(chat: Json, found: Json) -> str:
    """Where members of a large group read it; small groups have no addresses."""
    if text_of(chat, "type", longest=20) != "supergroup":
        return ""
    name, number = text_of(chat, "username", longest=64), found.get("message_id")
    inner = number_of(chat.get("id")).removeprefix("-100")
    return f"https://t.me/{name if _NAME.fullmatch(name) else f'c/{inner}'}/{number}"


def _text(found: Json) -> Json:
    text = text_of(found, "text")
    if not text:
        raise Misshapen("no usable text")
    start = _START.fullmatch(text) if not group_of(part(found, "chat")) else None
    if start is None:
        return {"text": text}
    payload = {"start": start[1]} if start[1] else {}  # of the link that the person followed
    return {"text": text, "choices": {"word": GREETING} | payload}


def _photo(found: Json) -> Json:
    """The largest of the sizes that Telegram made."""
    sizes = found["photo"]
    known = (
        [one for one in sizes if isinstance(one, dict) and text_of(one, "file_id")]
        if isinstance(sizes, list)
        else []
    )
    if not known:
        raise Misshapen("no usable photo")
    return {"media": (_file(max(known, key=_area), "image", mime="image/jpeg"),)}


def _live_photo(found: Json) -> Json:
    """A photo and the seconds around it, with their sound."""
    moves = _file(part(found, "live_photo"), "video", mime="video/mp4")
    return {"media": (*_photo(found)["media"], moves) if found.get("photo") else (moves,)}


def _rich(found: Json) -> Json:
    """A message of headings, lists, tables, pictures."""
    blocks = part(found, "rich_message").get("blocks")
    text = clean(rich.words(blocks))[:LONGEST_RICH]
    media: list[Media] = []
    for name, block in islice(rich.files(blocks), MOST_FILES):
        kind = "audio" if name == "voice_note" else "video" if name == "animation" else name
        media += _photo(block)["media"] if name == "photo" else [_file(part(block, name), kind)]
    if not text and not media:
        raise Misshapen("no usable rich message")
    return {"text": text, "media": tuple(media)}


def _area(size: Json) -> int:
    sides = [size.get(name) for name in ("width", "height")]
    width, height = (side if isinstance(side, int) else 0 for side in sides)
    return width * height


def _file(facts: Json, kind: str, *, mime: str = "") -> Media:
    ref = text_of(facts, "file_id", longest=300)
    if not ref:
        raise Misshapen("no usable file_id")
    return Media(
        kind=kind,
        ref=ref,
        mime=text_of(facts, "mime_type", longest=100) or mime,
        name=text_of(facts, "file_name", longest=200),
    )


def _attached(name: str, kind: str, mime: str) -> Callable[[Json], Json]:
    def content(found: Json) -> Json:
        return {"media": (_file(part(found, name), kind, mime=mime),)}

    return content


def _sticker(found: Json) -> Json:
    """A still picture, a short film, or a drawing that only Telegram shows."""
    facts = part(found, "sticker")
    if facts.get("is_animated") is True:
        return {"text": text_of(facts, "emoji", longest=16) or "★"}
    moves = facts.get("is_video") is True
    media = _file(facts, "video" if moves else "image", mime="video/webm" if moves else "image/webp")
    return {"text": "", "media": (media,)}


def _point(facts: Json, name: str = "") -> Place:
    lat, lng = coordinate(facts, "latitude", most=90), coordinate(facts, "longitude", most=180)
    return Place(lat=lat, lng=lng, name=name)


def _location(found: Json) -> Json:
    return {"place": _point(part(found, "location"))}


def _venue(found: Json) -> Json:
    facts = part(found, "venue")
    names = (text_of(facts, name, longest=200) for name in ("title", "address"))
    return {"place": _point(part(facts, "location"), ", ".join(filter(None, names))[:200])}


def _contact(found: Json) -> Json:
    """A card as text: name and number."""
    facts = part(found, "contact")
    words = [text_of(facts, name, longest=100) for name in ("first_name", "last_name", "phone_number")]
    if not any(words):
        raise Misshapen("no usable contact")
    return {"text": " ".join(filter(None, words))}


def _poll(found: Json) -> Json:
    facts = part(found, "poll")
    options = facts.get("options")
    lines = (
        [text_of(one, "text") for one in options if isinstance(one, dict)]
        if isinstance(options, list)
        else []
    )
    return {"text": "\n".join(filter(None, [text_of(facts, "question"), *lines]))}


def _checklist(found: Json) -> Json:
    """A list of things, a line each."""
    facts = part(found, "checklist")
    tasks = facts.get("tasks")
    lines = (
        [text_of(one, "text") for one in tasks if isinstance(one, dict)] if isinstance(tasks, list) else []
    )
    text = "\n".join(filter(None, [text_of(facts, "title"), *lines]))
    if not text:
        raise Misshapen("no usable checklist")
    return {"text": text}


def _not_passed_on(_found: Json) -> Json:
    """What only Telegram shows: the desk asks for it in words."""
    return {}


def _dice(found: Json) -> Json:
    return {"text": text_of(part(found, "dice"), "emoji", longest=16) or "🎲"}


# In this order: an animation carries a document as well, a live photo a photo, a venue a location.
CONTENTS: dict[str, Callable[[Json], Json]] = {
    "text": _text,
    "rich_message": _rich,
    "live_photo": _live_photo,
    "photo": _photo,
    "voice": _attached("voice", "audio", "audio/ogg"),
    "audio": _attached("audio", "audio", "audio/mpeg"),
    "animation": _attached("animation", "video", "video/mp4"),
    "video": _attached("video", "video", "video/mp4"),
    "video_note": _attached("video_note", "video", "video/mp4"),
    "document": _attached("document", "document", ""),
    "sticker": _sticker,
    "venue": _venue,
    "location": _location,
    "contact": _contact,
    "poll": _poll,
    "dice": _dice,
    "checklist": _checklist,
    "story": _not_passed_on,
}
KINDS = {
    "photo": "image", "live_photo": "image", "voice": "audio", "audio": "audio", "animation": "video", "video": "video",
    "video_note": "video", "document": "document", "sticker": "sticker", "venue": "location",
    "location": "location", "contact": "contacts", "story": "unsupported",
}  # fmt: skip

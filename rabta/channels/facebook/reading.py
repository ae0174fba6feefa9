"""What a hook of a Facebook Page holds: posts and comments of others, mentions, and the messages of Messenger."""

import re
from collections import Counter

from rabta.channels.contract import Arrived, Changed, Ignored, Media, Post, Read, Relation, Sender
from rabta.channels.meta import messaging, walking
from rabta.channels.shapes import Json, Misshapen, moment, named, needed, optional, part, text_of

SCHEME = "facebook"
POSTS = ("post", "status", "photo", "video", "share", "link")
VERBS = {
    "add": "add", "added": "add", "edit": "edit", "edited": "edit", "remove": "remove", "delete": "remove",
    "hide": "hide", "unhide": "unhide", "block": "block", "unblock": "unblock",
    "mute": "mute", "unmute": "unmute", "follow": "follow", "update": "update",
}  # fmt: skip
KEPT = ("add", "edit", "remove")
REACTIONS = ("reaction", "like")
_event = messaging.reader_for(SCHEME)


def count(raw: bytes) -> Counter[str]:
    """Items by the page that they name, without `read`."""
    return walking.count(raw)


def read(raw: bytes) -> list[Read]:
    """Every item of the body, in order. Raises ValueError when the body is no JSON object."""
    return walking.read(raw, change=_change, event=_event)


def _change(account: str, change: Json) -> Read:
    field = text_of(change, "field", longest=40)
    if field in messaging.FIELDS:
        return _event(account, part(change, "value"))
    if field not in ("feed", "mention"):
        return walking.ignored_field(account, change)
    return _post(account, part(change, "value"), asks=field == "mention")


def _post(account: str, value: Json, *, asks: bool) -> Read:
    """A post or comment, and what became of it. One that mentions us may come without its text: it is asked for."""
    item, verb = needed(value, "item", longest=40), VERBS.get(text_of(value, "verb", longest=40), "")
    if item in REACTIONS:
        return Ignored(account=account, key="", reason="reaction")
    if item != "comment" and item not in POSTS:
        return Ignored(
            account=account, key="", reason=item if re.fullmatch(r"[a-z_]+", item) else "unknown item"
        )
    if not verb:
        raise Misshapen("unknown verb")
    if verb not in KEPT and not named(value.get("post_id")):
        return Ignored(account=account, key="", reason=verb)
    name = needed(value, "comment_id" if item == "comment" else "post_id", longest=200)
    # An edit has a time of its own; adding happens once, whoever tells of it (the feed, a mention, our own asking).
    time = moment(value.get("edited_time")) or moment(value.get("created_time"))
    key = f"message:{name}" if verb == "add" else f"{verb}:{name}:{time}"
    if verb == "remove":
        return Changed(account=account, key=key, what="revoke", provider_id=name, at=time)
    if verb not in KEPT:
        return Ignored(account=account, key=key, reason=verb)
    sender = _author(account, value, name)
    if account and sender.address == account:
        return Ignored(account=account, key=key, reason="echo")
    text = _text(value, item)
    if verb == "edit":
        return Changed(
            account=account, key=key, what="edit", provider_id=name, sender=sender, text=text, at=time
        )
    media = _media(value, item)
    if not (text or media):
        ask = (
            f"{'comment' if item == 'comment' else 'post'}:{name}" if asks and "message" not in value else ""
        )
        return Ignored(account=account, key=f"empty {key}", reason="nothing said", ask=ask)
    return _arrived(
        account, value, name, key=key, sender=sender, text=text, media=media, comment=item == "comment"
    )


def _arrived(
    account: str, value: Json, name: str, *, key: str, sender: Sender, text: str, media: tuple[Media, ...],
    comment: bool,
) -> Arrived:  # fmt: skip
    """`name` is the provider's id of the post or comment."""
    parent = text_of(value, "parent_id", longest=200) or text_of(value, "post_id", longest=200)
    answers = parent if comment and parent != name else ""
    return Arrived(
        account=account,
        key=key,
        provider_id=name,
        sender=sender,
        kind="text" if text else media[0].kind,
        text=text,
        media=media,
        sent_at=moment(value.get("created_time")),
        in_reply_to=answers,
        public=True,
        link=_link(value, name, comment=comment),
        about=Post(relation=Relation.REPLY, provider_id=answers) if answers else None,
    )


def _author(account: str, value: Json, name: str) -> Sender:
    """Who wrote. Where the provider does not say, the post itself stands for its author: one can answer under it."""
    given = optional(value, "from")
    identity = named(given.get("id")) or named(value.get("sender_id"))
    shown = text_of(given, "name", longest=100) or text_of(value, "sender_name", longest=100)
    if identity:
        return messaging.person(SCHEME, account, identity, name=shown)
    kind = "comment" if value.get("item") == "comment" else "post"
    return Sender(scheme=SCHEME, handle=f"{account}:{kind}:{name}", address=f"{kind}:{name}", name=shown)


def _text(value: Json, item: str) -> str:
    shared = text_of(value, "link", longest=2000) if item in ("share", "link") else ""
    return "\n".join(filter(None, [text_of(value, "message"), shared]))


def _media(value: Json, item: str) -> tuple[Media, ...]:
    """Pictures and films, by their address at the provider's."""
    found = [("image", value.get("photo")), ("video", value.get("video"))]
    several = value.get("photos")
    found += [("image", one) for one in several] if isinstance(several, list) else []
    if item in ("photo", "video") and not several:
        found.append(("image" if item == "photo" else "video", value.get("link")))
    return tuple(
        Media(kind=kind, ref=needed({"url": url}, "url", longest=4000))
        for kind, url in found
        if isinstance(url, str) and url
    )


def _link(value: Json, name: str, *, comment: bool) -> str:
    """Where it stands. A comment is found under its post by the second half of its id."""
    own = text_of(value, "permalink_url", longest=500)
    post = text_of(optional(value, "post"), "permalink_url", longest=400)
    if not own and post and comment:
        own = f"{post}{'&' if '?' in post else '?'}comment_id={name.rpartition('_')[2]}"[:500]
    return own if own.startswith("https://") else f"https://www.facebook.com/{name}"

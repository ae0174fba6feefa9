"""A post as X tells of it, in API v2 and in the older form, made one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rabta.channels.contract import Arrived, Changed, Ignored, Media, Place, Post, Read, Relation, Sender
from rabta.channels.shapes import Json, Misshapen, coordinate, moment, optional, text_of

_ID = re.compile(r"[0-9]{1,20}")
RELATIONS = (
    ("retweeted", Relation.REPOST),
    ("quoted", Relation.QUOTE),
    ("replied_to", Relation.REPLY),
)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A post, whichever form it came in. `versions`: the ids of all versions of an edited one, the first included."""

    id: str
    author: Sender
    text: str
    at: datetime | None = None
    about: Post | None = None
    versions: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    place: Place | None = None


def id_of(value: object) -> str:
    """An id as text; Misshapen when it is none."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not _ID.fullmatch(text):
        raise Misshapen("no usable id")
    return text


def maybe_id(value: object) -> str:
    """An id as text; empty when it is none."""
    try:
        return id_of(value)
    except Misshapen:
        return ""


def person(user_id: str, facts: Json, *, username: str = "username") -> Sender:
    """Somebody at X: known by the number, which never changes hands; the @name may."""
    name = text_of(facts, username, longest=50)
    return Sender(
        scheme="x",
        handle=user_id,
        address=user_id,
        name=text_of(facts, "name", longest=100) or (f"@{name}" if name else ""),
        known_as=f"@{name}" if name else "",
    )


def link_to(author: Sender | None, post_id: str) -> str:
    """Where a post stands."""
    name = author.known_as.lstrip("@") if author else ""
    return f"https://x.com/{name if re.fullmatch(r'[A-Za-z0-9_]{1,50}', name) else 'i'}/status/{post_id}"


def listed(holder: Mapping[str, Any], name: str) -> list[Json]:
    """The objects in the list of this name."""
    found = holder.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def said(account: str, seen: Seen, *, follows: str = "") -> Read:
    """What a post is to us. Our own are echoes, unless they hold up another; an edited one changes the first.

    `follows`: the events are those of this person (a commander), whose other posts do not concern us.
    """
    held_up = seen.about and seen.about.relation in (Relation.REPOST, Relation.QUOTE)
    if seen.author.handle == account and not held_up:
        return Ignored(account=account, key=f"echo:{seen.id}", reason="echo")
    if follows and seen.author.handle == follows and seen.about is None:
        return Ignored(account=account, key=f"message:{seen.id}", reason="not about a post")
    first = seen.versions[0] if seen.versions else seen.id
    message = _message(account, seen, first)
    if first == seen.id or seen.author.handle == account:
        return message
    return Changed(
        account=account,
        key=f"edit:{seen.id}",
        what="edit",
        provider_id=first,
        sender=seen.author,
        text=seen.text,
        at=seen.at,
        whole=message,
    )


def _message(account: str, seen: Seen, first: str) -> Arrived:
    replies = seen.about.provider_id if seen.about and seen.about.relation == Relation.REPLY else ""
    return Arrived(
        account=account,
        key=f"message:{first}",
        provider_id=first,
        sender=seen.author,
        kind=seen.media[0].kind if seen.media and not seen.text else "text",
        text=seen.text,
        media=seen.media,
        place=seen.place,
        sent_at=seen.at,
        in_reply_to=replies,
        public=True,
        link=link_to(seen.author, seen.id),
        about=seen.about,
    )


def v2(post: Json, includes: Json) -> Seen:
    """A post of API v2, with the people, posts and media that came with it."""
    post_id, author = id_of(post.get("id")), id_of(post.get("author_id"))
    about = _referenced(post, includes)
    text = text_of(optional(post, "note_tweet"), "text") or text_of(post, "text")
    versions = post.get("edit_history_tweet_ids")
    return Seen(
        id=post_id,
        author=person(author, _by_id(includes, "users", author)),
        text="" if about and about.relation == Relation.REPOST else text,
        at=iso(post.get("created_at")),
        about=about,
        versions=tuple(filter(None, map(maybe_id, versions))) if isinstance(versions, list) else (),
        media=_attached(post, includes),
        place=point(optional(optional(post, "geo"), "coordinates")),
    )


def _by_id(includes: Json, name: str, wanted: str, key: str = "id") -> Json:
    return next((one for one in listed(includes, name) if str(one.get(key)) == wanted), {})


def _referenced(post: Json, includes: Json) -> Post | None:
    """The post that this one repeats, quotes or replies to; the first of these."""
    by_type = {text_of(one, "type", longest=20): one for one in listed(post, "referenced_tweets")}
    for kind, relation in RELATIONS:
        other = maybe_id(by_type.get(kind, {}).get("id"))
        if other:
            return _other(other, relation, _by_id(includes, "tweets", other), includes)
    return None


def _other(post_id: str, relation: Relation, facts: Json, includes: Json) -> Post:
    writer = maybe_id(facts.get("author_id"))
    author = person(writer, _by_id(includes, "users", writer)) if writer else None
    text = text_of(optional(facts, "note_tweet"), "text") or text_of(facts, "text")
    link = link_to(author, post_id)
    return Post(relation=relation, provider_id=post_id, author=author, text=text, link=link)


def _attached(post: Json, includes: Json) -> tuple[Media, ...]:
    keys = optional(post, "attachments").get("media_keys")
    wanted = [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []
    found = (_media(_by_id(includes, "media", key, "media_key")) for key in wanted)
    return tuple(filter(None, found))


def _media(facts: Json) -> Media | None:
    """A picture, or the best variant of a film that is a plain file."""
    url = text_of(facts, "url", longest=1000) or text_of(facts, "media_url_https", longest=1000)
    if text_of(facts, "type", longest=20) in ("video", "animated_gif"):
        variants = listed(facts, "variants") or listed(optional(facts, "video_info"), "variants")
        files = [one for one in variants if text_of(one, "content_type", longest=40) == "video/mp4"]
        largest: Json = max(files, key=_rate, default={})
        best = text_of(largest, "url", longest=1000)
        return Media(kind="video", ref=best, mime="video/mp4") if best else None
    return Media(kind="image", ref=url) if url else None


def _rate(facts: Json) -> int:
    rates = (facts.get(name) for name in ("bit_rate", "bitrate"))
    return next((rate for rate in rates if isinstance(rate, int)), 0)


def point(facts: Json) -> Place | None:
    """GeoJSON: the longitude comes first."""
    given = facts.get("coordinates")
    if not isinstance(given, list) or len(given) != 2:
        return None
    try:
        named = {"lng": given[0], "lat": given[1]}
        return Place(lat=coordinate(named, "lat", most=90), lng=coordinate(named, "lng", most=180))
    except ValueError:
        return None


def older(post: Json) -> Seen:
    """A post of the older form, which carries its people, posts and media within it."""
    about = _nested(post)
    versions = optional(post, "edit_history").get("edit_tweet_ids")
    return Seen(
        id=id_of(post.get("id_str") or post.get("id")),
        author=_writer(post),
        text="" if about and about.relation == Relation.REPOST else _full(post),
        at=moment(post.get("timestamp_ms")) or _long_ago(post.get("created_at")),
        about=about,
        versions=tuple(filter(None, map(maybe_id, versions))) if isinstance(versions, list) else (),
        media=tuple(filter(None, map(_media, _pictures(post)))),
        place=point(optional(post, "coordinates")),
    )


def _writer(post: Json) -> Sender:
    user = optional(post, "user")
    return person(id_of(user.get("id_str") or user.get("id")), user, username="screen_name")


def _full(post: Json) -> str:
    extended = text_of(optional(post, "extended_tweet"), "full_text")
    return extended or text_of(post, "full_text") or text_of(post, "text")


def _pictures(post: Json) -> list[Json]:
    holders = (optional(post, "extended_tweet"), post)
    return next(filter(None, (listed(optional(one, "extended_entities"), "media") for one in holders)), [])


def _nested(post: Json) -> Post | None:
    for name, relation in (("retweeted_status", Relation.REPOST), ("quoted_status", Relation.QUOTE)):
        other = optional(post, name)
        if other:
            return _inner(other, relation)
    quoted, replied = (
        maybe_id(post.get("quoted_status_id_str")),
        maybe_id(post.get("in_reply_to_status_id_str")),
    )
    if quoted:
        return Post(relation=Relation.QUOTE, provider_id=quoted)
    if not replied:
        return None
    user = maybe_id(post.get("in_reply_to_user_id_str"))
    author = (
        person(user, {"username": text_of(post, "in_reply_to_screen_name", longest=50)}) if user else None
    )
    return Post(relation=Relation.REPLY, provider_id=replied, author=author)


def _inner(other: Json, relation: Relation) -> Post:
    post_id, author = id_of(other.get("id_str") or other.get("id")), _writer(other)
    link = link_to(author, post_id)
    return Post(relation=relation, provider_id=post_id, author=author, text=_full(other), link=link)


def iso(value: object) -> datetime | None:
    """`2026-07-24T21:05:48.000Z`; None for anything else."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
    except ValueError:
        return None
    return at if at and at.tzinfo else None


def _long_ago(value: object) -> datetime | None:
    """`Wed Oct 10 20:19:24 +0000 2018`; None for anything else."""
    try:
        at = datetime.strptime(value, "%a %b %d %H:%M:%S %z %Y") if isinstance(value, str) else None
    except ValueError:
        return None
    return at.astimezone(UTC) if at else None

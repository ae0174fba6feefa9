"""Bodies of hooks and answers of the Graph API in the provider's shapes (v23)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from simulator.store import Row

Json = dict[str, Any]


def envelope(page: Row, *, at: float, **lists: Any) -> Json:
    """The outer shape around one entry."""
    kind = "instagram" if page["kind"] == "instagram" else "page"
    return {"object": kind, "entry": [{"id": page["id"], "time": int(at * 1000), **lists}]}


def iso(at: float) -> str:
    """A time as answers of the Graph API write it."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def permalink(page: Row, post: Row) -> str:
    """Where a post stands."""
    if page["kind"] == "instagram":
        return f"https://www.instagram.com/p/{post['root']}/"
    link = f"https://www.facebook.com/{page['id']}/posts/{post['root'].rpartition('_')[2]}"
    return link + (f"?comment_id={post['id'].rpartition('_')[2]}" if post["parent"] else "")


def feed_value(page: Row, post: Row, *, verb: str, author: Json | None, photo: str) -> Json:
    """The value of a change of Facebook's `feed`."""
    comment = bool(post["parent"])
    value: Json = {"from": author} if author else {}
    value |= {"post_id": post["root"], "created_time": int(post["at"]), "verb": verb}
    value |= {"item": "comment" if comment else "photo" if photo else "status"}
    if comment:
        value |= {"comment_id": post["id"], "parent_id": post["parent"]}
        value["post"] = {"id": post["root"], "permalink_url": permalink(page, post | {"parent": ""})}
    if verb != "remove":
        value |= {"message": post["text"]} | ({"photo" if comment else "link": photo} if photo else {})
    if verb == "edited":
        value["edited_time"] = int(post["edited_at"] or post["at"])
    return value


def comment_value(post: Row, author: Json | None) -> Json:
    """The value of a change of Instagram's `comments`."""
    value: Json = {"from": author} if author else {}
    value |= {
        "id": post["id"],
        "text": post["text"],
        "media": {"id": post["root"], "media_product_type": "FEED"},
    }
    return value | ({"parent_id": post["parent"]} if post["parent"] != post["root"] else {})


def feed_post(page: Row, post: Row, *, author: Json, photo: str, comments: list[Json]) -> Json:
    """A post in an answer to GET /{page}/feed."""
    found = {
        "id": post["id"],
        "message": post["text"],
        "from": author,
        "created_time": iso(post["at"]),
        "permalink_url": permalink(page, post),
        "comments": {"data": comments},
    }
    return found | ({"full_picture": photo} if photo else {})


def feed_comment(page: Row, post: Row, *, author: Json, photo: str) -> Json:
    """A comment in an answer of Facebook."""
    found: Json = {
        "id": post["id"],
        "message": post["text"],
        "from": author,
        "created_time": iso(post["at"]),
        "permalink_url": permalink(page, post),
    }
    if post["parent"] != post["root"]:
        found["parent"] = {"id": post["parent"]}
    if photo:
        found["attachment"] = {"type": "photo", "media": {"image": {"src": photo}}}
    return found


def instagram_comment(post: Row, *, author: Json) -> Json:
    """A comment in an answer of Instagram."""
    return {
        "id": post["id"],
        "text": post["text"],
        "timestamp": iso(post["at"]),
        "username": author["username"],
        "from": author,
    }


def talk_message(message: Row, *, sender: Json, photo: str) -> Json:
    """A message in an answer to GET /{page}/conversations."""
    found: Json = {
        "id": message["id"],
        "created_time": iso(message["at"]),
        "from": sender,
        "message": message["text"],
    }
    if photo:
        found["attachments"] = {"data": [{"mime_type": "image/jpeg", "image_data": {"url": photo}}]}
    return found

"""What people do on a page: post, comment, mention, edit, remove, write privately; each with its hook."""

from __future__ import annotations

import re
import time
from typing import Any

from simulator.payloads import encode
from simulator.social import shapes
from simulator.social.square import Square
from simulator.store import Row
from simulator.world import World

Json = dict[str, Any]


class People:
    """The acts of people, and the hooks that tell of them."""

    def __init__(self, world: World, square: Square) -> None:
        self.world, self.square = world, square
        self.base = ""  # where this simulator listens, once it has been asked

    # Who and where ---------------------------------------------------------------------------------------------------

    def author(self, page: Row, author: str) -> Json:
        """Somebody as the provider names them on this page; `page` is the page itself."""
        instagram = page["kind"] == "instagram"
        if author == "page":
            return {"id": page["id"], "username" if instagram else "name": page["name"]}
        name = self.world.person(author)["name"]
        identity = self.square.scoped_id(page["id"], author)
        return {"id": identity, "username": user_name(name)} if instagram else {"id": identity, "name": name}

    def photo_url(self, row: Row) -> str:
        """Where the picture of a post or message is fetched; empty without one."""
        return f"{self.base}/social/files/{row['photo']}" if row["photo"] else ""

    # In public -------------------------------------------------------------------------------------------------------

    def write(self, page: Row, *, phone: str, given: Json, photo: str = "") -> Row:
        """A post on the page, a comment (`parent`), or a mention elsewhere (`elsewhere`), with its hook."""
        text, elsewhere = str(given.get("text") or ""), bool(given.get("elsewhere"))
        if not (text or photo):
            raise ValueError("text is missing")
        parent = self.square.needed_post(str(given["parent"])) if given.get("parent") else None
        if page["kind"] == "instagram" and not parent and not elsewhere:
            raise ValueError("people do not post on an Instagram account; they comment or mention it")
        at = float(given.get("timestamp") or time.time())
        post = self.square.add_post(
            page, author=phone, text=text, parent=parent, photo=photo, elsewhere=int(elsewhere), at=at
        )
        self._tell(page, post, verb="add", given=given)
        return post

    def edit(self, page: Row, post: Row, given: Json) -> Row:
        """The writer changes the words (Facebook tells; Instagram does not)."""
        changed = self.square.change_post(post["id"], text=str(given["text"]), edited_at=time.time())
        self._tell(page, changed, verb="edited", given=given)
        return changed

    def remove(self, page: Row, post: Row, given: Json) -> Row:
        """The writer removes it (Facebook tells; Instagram does not)."""
        changed = self.square.change_post(post["id"], removed=1)
        self._tell(page, changed, verb="remove", given=given)
        return changed

    def hide(self, page: Row, post: Row, given: Json) -> Row:
        """The page hides a comment, or shows it again."""
        changed = self.square.change_post(post["id"], hidden=0 if post["hidden"] else 1)
        self._tell(page, changed, verb="hide" if changed["hidden"] else "unhide", given=given)
        return changed

    def react(self, page: Row, post: Row, given: Json) -> Row:
        """A person likes it."""
        value: Json = {
            "item": "reaction",
            "verb": "add",
            "reaction_type": str(given.get("reaction") or "like"),
        }
        value |= {"post_id": post["root"], "created_time": int(time.time())}
        value["from"] = self.author(page, str(given.get("by") or post["author"]))
        self.hook(
            page, "reaction", changes=[{"field": "feed", "value": value}], deliver=given.get("deliver", True)
        )
        return post

    def _tell(self, page: Row, post: Row, *, verb: str, given: Json) -> None:
        """The hook of a post or comment, also of the page's own; nothing where Instagram says nothing."""
        deliver = given.get("deliver", True)
        author = None if given.get("hide_author") else self.author(page, post["author"])
        if page["kind"] == "page":
            value = shapes.feed_value(page, post, verb=verb, author=author, photo=self.photo_url(post))
            field = "mention" if post["elsewhere"] else "feed"
        elif verb != "add":
            return
        elif post["elsewhere"]:
            media = post["root"]
            field, value = "mentions", dict[str, Any](media_id=media)
            if post["parent"]:
                value["comment_id"] = post["id"]
        elif post["parent"]:
            field, value = "comments", shapes.comment_value(post, author)
        else:
            return
        if page["kind"] == "instagram" and given.get("envelope") == "flat":
            self.hook(page, field, field=field, value=value, deliver=deliver)
        else:
            self.hook(page, field, changes=[{"field": field, "value": value}], deliver=deliver)
        self.show(page)

    def show(self, page: Row) -> None:
        """Let open walls load anew."""
        self.world.hub.publish({"kind": "wall", "page": page["id"]})

    # In private ------------------------------------------------------------------------------------------------------

    def say(self, page: Row, *, phone: str, given: Json, photo: str = "") -> Row:
        """A private message, with its hook."""
        text = str(given.get("text") or "")
        if not (text or photo):
            raise ValueError("text is missing")
        at = float(given.get("timestamp") or time.time())
        message = self.square.say(page["id"], phone, author="person", text=text, photo=photo, at=at)
        inner: Json = {"mid": message["id"]} | ({"text": text} if text else {})
        if photo:
            inner["attachments"] = [{"type": "image", "payload": {"url": self.photo_url(message)}}]
        if given.get("payload"):
            inner["quick_reply"] = {"payload": str(given["payload"])}
        if given.get("reply_to"):
            inner["reply_to"] = {"mid": str(given["reply_to"])}
        self.event(page, phone, "message", {"message": inner}, at=at, deliver=given.get("deliver", True))
        return message

    def unsend(self, page: Row, message: Row, given: Json) -> Row:
        """A private message is taken back."""
        self.square.store.run("UPDATE talks SET unsent = 1 WHERE id = ?", message["id"])
        self.event(page, message["phone"], "unsend", {"message": {"mid": message["id"], "is_deleted": True}})
        return self.square.needed_message(message["id"])

    def edit_message(self, page: Row, message: Row, given: Json) -> Row:
        """A private message gets other words."""
        text, edits = str(given["text"]), message["edits"] + 1
        self.square.store.run("UPDATE talks SET text = ?, edits = ? WHERE id = ?", text, edits, message["id"])
        found = {"mid": message["id"], "text": text, "num_edit": edits}
        self.event(page, message["phone"], "edit", {"message_edit": found})
        return self.square.needed_message(message["id"])

    def react_message(self, page: Row, message: Row, given: Json) -> Row:
        """An emoji on a private message; none takes it back."""
        emoji = str(given.get("emoji") or "")
        self.square.store.run("UPDATE talks SET reaction = ? WHERE id = ?", emoji, message["id"])
        found = {"mid": message["id"], "action": "react" if emoji else "unreact"}
        found |= {"reaction": "other", "emoji": emoji} if emoji else {}
        self.event(page, message["phone"], "reaction", {"reaction": found})
        return self.square.needed_message(message["id"])

    def press(self, page: Row, *, phone: str, given: Json) -> None:
        """A button is pressed."""
        found = {"title": str(given.get("title") or ""), "payload": str(given.get("payload") or "")}
        self.event(page, phone, "postback", {"postback": found})

    def read(self, page: Row, *, phone: str) -> int:
        """The person opens the talk: what reached them is read; how many messages were."""
        where = "page = ? AND phone = ? AND author = 'page' AND status = 'delivered'"
        rows = self.square.store.all(f"SELECT * FROM talks WHERE {where} ORDER BY seq", page["id"], phone)
        if not rows:
            return 0
        self.square.store.run(f"UPDATE talks SET status = 'read' WHERE {where}", page["id"], phone)
        now = time.time()
        if page["kind"] == "page":
            self.event(page, phone, "read", {"read": {"watermark": int(now * 1000)}})
        else:
            for row in rows:
                self.event(page, phone, "read", {"read": {"mid": row["id"]}})
        return len(rows)

    # Hooks -----------------------------------------------------------------------------------------------------------

    def event(
        self,
        page: Row,
        phone: str,
        kind: str,
        content: Json,
        *,
        at: float = 0,
        deliver: object = True,
        ours: bool = False,
    ) -> None:
        """The hook of one event of `messaging`, and word to open walls."""
        at = at or time.time()
        ids = [self.square.scoped_id(page["id"], phone), page["id"]]
        sender, recipient = ids[::-1] if ours else ids
        event = {
            "sender": {"id": sender},
            "recipient": {"id": recipient},
            "timestamp": int(at * 1000),
        } | content
        self.hook(page, kind, messaging=[event], deliver=deliver)
        self.show(page)

    def hook(self, page: Row, kind: str, *, deliver: object = True, **lists: Any) -> None:
        """Queue a hook with these lists, unless it is to be lost."""
        if str(deliver).lower() in ("false", "0", "no"):
            return
        body = encode(shapes.envelope(page, at=time.time(), **lists))
        self.world.courier.hand_over(account=page["id"], body=body, kind=f"{page['kind']} {kind}")


def user_name(name: str) -> str:
    """A user name made of a name."""
    return re.sub(r"[^a-z0-9]+", ".", name.lower()).strip(".") or "somebody"

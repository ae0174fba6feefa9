"""Events for the force: in the envelope of X Activity, or in the older one."""

from __future__ import annotations

import json
import secrets
from typing import Any

from simulator.store import Row
from simulator.world import World
from simulator.x.square import Square, as_older, as_v2, iso

Json = dict[str, Any]


class Events:
    """Tells the force's accounts what happened."""

    def __init__(self, world: World, square: Square) -> None:
        self._world, self._square = world, square

    @property
    def older(self) -> bool:
        """Whether events go in the older envelope."""
        return bool(self._world.store.setting("x_older", False))

    def posted(self, post: Row) -> None:
        """A post, to each account that it concerns."""
        for account, event, watched in self._square.concerned(post):
            if self.older and watched == account:
                shown = as_older(self._square, post)
                self._send(account, {"for_user_id": account, "tweet_create_events": [shown]}, "post")
            else:
                payload = as_v2(self._square, post)
                self._send(account, self._event(event, payload, self._with(post), account, watched), "post")

    def deleted(self, post: Row) -> None:
        """A post is gone."""
        for account, _event, watched in self._square.concerned(post):
            if self.older:
                gone = {"status": {"id": post["id"], "user_id": post["author"]}, "timestamp_ms": "0"}
                self._send(account, {"for_user_id": account, "tweet_delete_events": [gone]}, "delete")
            else:
                payload = {"id": post["id"], "author_id": post["author"]}
                self._send(account, self._event("post.delete", payload, {}, account, watched), "delete")

    def told(self, message: Row) -> None:
        """A direct message, whoever wrote it."""
        account, users = message["account"], [message["account"], message["person"]]
        if self.older:
            target = users[1] if message["author"] == account else account
            created = {
                "target": {"recipient_id": target},
                "sender_id": message["author"],
                "message_data": {"text": message["text"]},
            }
            event = {"type": "message_create", "id": message["id"], "message_create": created}
            event["created_timestamp"] = str(int(message["at"] * 1000))
            people = {one: self._older_person(one) for one in users}
            body = {"for_user_id": account, "direct_message_events": [event], "users": people}
            self._send(account, body, "dm")
            return
        payload = {
            "id": message["id"],
            "event_type": "MessageCreate",
            "text": message["text"],
            "sender_id": message["author"],
            "dm_conversation_id": "-".join(sorted(users, key=int)),
            "participant_ids": users,
            "created_at": iso(message["at"]),
        }
        kind = "dm.sent" if message["author"] == account else "dm.received"
        includes = {"users": [self._person(one) for one in users]}
        self._send(account, self._event(kind, payload, includes, account, account), "dm")

    def _event(self, kind: str, payload: Json, includes: Json, account: str, watched: str) -> Json:
        number = secrets.randbits(64) - 2**63  # may be negative, and is a text
        data: Json = {"event_uuid": str(number), "filter": {"user_id": watched}, "event_type": kind}
        if watched != account:
            data["tag"] = account
        return {"data": data | {"payload": payload, "includes": includes}}

    def _with(self, post: Row) -> Json:
        other = self._square.post(post["other"]) if post["other"] else None
        people = dict.fromkeys([post["author"], *([other["author"]] if other else [])])
        tweets = [as_v2(self._square, other)] if other else []
        return {"users": [self._person(one) for one in people], "tweets": tweets}

    def _person(self, user_id: str) -> Json:
        user = self._square.user(user_id)
        return {"id": user["id"], "name": user["name"], "username": user["username"]}

    def _older_person(self, user_id: str) -> Json:
        user = self._square.user(user_id)
        return {"id": user["id"], "name": user["name"], "screen_name": user["username"]}

    def _send(self, account: str, body: Json, kind: str) -> None:
        raw = json.dumps(body, ensure_ascii=False).encode()
        self._world.courier.hand_over(account=f"x:{account}", body=raw, kind=f"x {kind}")

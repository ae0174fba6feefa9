"""What a bot is told: by its hook where one is set, else when it asks. Never both."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from simulator.store import Row
from simulator.telegram.square import Square, as_bot, as_chat, as_message, as_user
from simulator.world import World

Json = dict[str, Any]
USUAL = ("message", "edited_message", "channel_post", "callback_query", "my_chat_member")


class Updates:
    """Tells bots what happened."""

    def __init__(self, world: World, square: Square) -> None:
        self._world, self._square = world, square
        self._news: dict[int, asyncio.Event] = {}
        self._asking: dict[int, object] = {}

    def wrote(self, message: Row, *, kind: str = "message") -> None:
        """A person wrote or edited a message."""
        self.tell(message["bot"], kind, as_message(self._square, message))

    def pressed(self, *, person: int, message: Row, data: str, pressed: str) -> None:
        """A person pressed a button under a message of the bot."""
        under = as_message(self._square, message)
        who = as_user(self._square.user(person))
        facts = {"id": pressed, "from": who, "message": under, "chat_instance": "1", "data": data}
        self.tell(message["bot"], "callback_query", facts)

    def reacted(self, *, person: int, message: Row, emoji: str) -> None:
        """A person put an emoji on a message, or took it away."""
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        facts: Json = {"chat": as_chat(self._square, message["chat"]), "message_id": message["number"]}
        facts |= {"user": as_user(self._square.user(person)), "date": int(time.time())}
        self.tell(message["bot"], "message_reaction", facts | {"old_reaction": [], "new_reaction": new})

    def member(self, *, person: int, bot: int, status: str) -> None:
        """A person stopped or restarted the bot."""
        user = as_bot(self._square.bot(bot))
        facts: Json = {"chat": as_chat(self._square, person), "from": as_user(self._square.user(person))}
        facts |= {"date": int(time.time()), "new_chat_member": {"user": user, "status": status}}
        self.tell(bot, "my_chat_member", facts)

    def tell(self, bot: int, kind: str, facts: Json) -> None:
        """Queue an update, if the bot wants such ones."""
        row, store = self._square.bot(bot), self._square.store
        if kind not in (json.loads(row["allowed"]) if row["allowed"] else USUAL):
            return
        number = store.insert("tg_updates", {"bot": bot, "body": "{}"})
        body = json.dumps({"update_id": number, kind: facts}, ensure_ascii=False)
        if row["webhook_url"]:
            store.run("UPDATE tg_updates SET bot = 0 WHERE number = ?", number)  # its number stays taken
            self._world.courier.hand_over(
                account=f"telegram:{bot}", body=body.encode(), kind=f"telegram {kind}"
            )
            return
        store.run("UPDATE tg_updates SET body = ? WHERE number = ?", body, number)
        self._news.setdefault(bot, asyncio.Event()).set()

    async def ask(self, bot: int, *, offset: int, limit: int, timeout: float) -> list[Json] | None:
        """What waits for the bot from `offset` on (all before it is forgotten); None when somebody else asked since."""
        store, mine = self._square.store, object()
        self._asking[bot] = mine
        if offset:
            store.run("DELETE FROM tg_updates WHERE bot = ? AND number < ?", bot, offset)
        until = time.monotonic() + timeout
        while True:
            news = self._news.setdefault(bot, asyncio.Event())
            news.clear()
            rows = store.all("SELECT * FROM tg_updates WHERE bot = ? ORDER BY number LIMIT ?", bot, limit)
            left = until - time.monotonic()
            if self._asking.get(bot) is not mine:
                return None
            if rows or left <= 0:
                return [json.loads(row["body"]) for row in rows]
            try:
                await asyncio.wait_for(news.wait(), min(left, 0.5))
            except TimeoutError:
                continue

    def waiting(self, bot: int) -> int:
        """How many updates were not delivered yet."""
        store = self._square.store
        mine = store.value("SELECT count(*) FROM tg_updates WHERE bot = ?", bot)
        sql = "SELECT count(*) FROM webhooks WHERE account = ? AND done_at IS NULL"
        return int(mine) + int(store.value(sql, f"telegram:{bot}"))

"""What we say to Telegram without writing to anybody: who we are, that a button was heard, and what came in meanwhile.

Updates come by a hook or are asked for, never both: Telegram refuses to be asked while a hook is set, and repeats by
itself for a day what a hook did not take. So nothing is declared: where there is a hook, asking ends by itself.
"""

from collections.abc import AsyncIterator
from typing import Any

import orjson

from rabta.channels.contract import AccountFacts, Session, Trouble, TroubleCode
from rabta.channels.shapes import Json, text_of
from rabta.channels.telegram import api

WANTED = ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction")
WAITS = 50  # seconds that Telegram holds a question until something comes
AT_ONCE = 100


async def listen(session: Session, account: AccountFacts) -> AsyncIterator[bytes]:
    """Lists of updates as they come. Telegram forgets one when the next is asked for: by then it must be durable.

    Ends where a hook is set. Raises Trouble, BUSY when another program asks with this token.
    """
    offset: int | None = None
    while True:
        given: Json = {"timeout": WAITS, "limit": AT_ONCE, "allowed_updates": list(WANTED)}
        if offset is not None:
            given["offset"] = offset
        try:
            found = await api.call(
                session, account, "getUpdates", given, broken=TroubleCode.UNREACHABLE, total=WAITS + 15
            )
        except Trouble as trouble:
            if trouble.text.startswith("409") and "webhook" in trouble.text:
                return
            raise
        numbers = _numbers(found)
        if not numbers:
            continue
        yield orjson.dumps({"ok": True, "result": found})
        offset = max(numbers) + 1


def _numbers(found: Any) -> list[int]:
    """The updates' numbers; Trouble for a list with nothing to go on from."""
    if not isinstance(found, list):
        raise Trouble(TroubleCode.UNREACHABLE, "no list of updates", retry=True)
    numbers = [one.get("update_id") for one in found if isinstance(one, dict)]
    known = [number for number in numbers if isinstance(number, int) and 0 <= number < 2**53]
    if found and not known:
        raise Trouble(TroubleCode.UNREACHABLE, "updates without numbers", retry=True)
    return known


async def complete(session: Session, account: AccountFacts, ask: str) -> bytes:
    """Let a button rest that somebody pressed. Nothing comes of it: empty."""
    _kind, _colon, pressed = ask.partition(":")
    given = {"callback_query_id": pressed}
    await api.call(session, account, "answerCallbackQuery", given, broken=TroubleCode.UNREACHABLE)
    return b""


async def check(session: Session, account: AccountFacts) -> str:
    """The bot's names. Raises Trouble: CREDENTIALS for a wrong token, and what is wrong with the hook."""
    me = await api.call(session, account, "getMe", {}, broken=TroubleCode.UNREACHABLE)
    facts = me if isinstance(me, dict) else {}
    name = f"@{text_of(facts, 'username', longest=64)}"
    if str(facts.get("id")) != account.external_id:
        raise Trouble(TroubleCode.CREDENTIALS, f"the token is that of {name}")
    hook = await api.call(session, account, "getWebhookInfo", {}, broken=TroubleCode.UNREACHABLE)
    _check_hook(hook if isinstance(hook, dict) else {}, account)
    return " · ".join(filter(None, (name, text_of(facts, "first_name", longest=100))))


def _check_hook(hook: Json, account: AccountFacts) -> None:
    address = text_of(hook, "url", longest=500)
    if address and address != account.hook:
        raise Trouble(TroubleCode.UNCERTAIN, "the hook that is set at Telegram is another one")
    waiting, error = hook.get("pending_update_count"), text_of(hook, "last_error_message", longest=150)
    if address and waiting and error:
        raise Trouble(TroubleCode.UNCERTAIN, f"{waiting} updates wait at Telegram: {error}")

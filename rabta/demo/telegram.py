"""The demonstration's bot at Telegram, a group that it reads, and a little of what was written there."""

import os
import secrets
from datetime import datetime, timedelta
from typing import Any

import orjson

from rabta import journey
from rabta.cases.arrival import provider_digest
from rabta.cases.models import Message
from rabta.channels.accounts import create_account, create_credential, hook_of, open_values, seal
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.channels.telegram.asking import WANTED
from rabta.demo.force import rows
from rabta.demo.provider import _call as tell
from rabta.force.models import Unit
from rabta.intake import journal

Json = dict[str, Any]
BOT = 7790000001
NAME, ADDRESS = "KP Police", "KPPoliceDemoBot"
NAMES = ("Telegram, headquarters", "टेलीग्राम, मुख्यालय", "ٹیلی گرام، ہیڈکوارٹر")
GROUP, TITLE = -1001550077001, "Gulbahar volunteers"
# key: number, name, @name, language of their Telegram
PEOPLE = {
    "gul": (5590000001, "Gul Bibi", "gul_bibi_psh", "ur"),
    "taimur": (5590000002, "Taimur Khan", "taimur_khan88", "en"),
    "jamil": (5590000003, "Jamil Akhtar", "", "ur"),
    "neelam": (5590000004, "Neelam", "neelam_writes", "hi"),
}
FIRST_UPDATE = 100_000
SPACE = 10  # numbers between two messages of the history: answers stand there


def create(*, simulator: str) -> None:
    """Headquarters' bot."""
    values = {
        "secret": secrets.token_hex(16),
        "token": f"{BOT}:{secrets.token_hex(17)}",
        "api_url": simulator,
    }
    credential = create_credential(channel="telegram", name="Telegram", values=values)
    account = create_account(
        credential=credential,
        name=NAMES[0],
        external_id=str(BOT),
        unit=Unit.objects.get(code="CPO"),
        address=f"@{ADDRESS}",
    )
    account.name_hi, account.name_ur = NAMES[1:]
    account.save(update_fields=["name_hi", "name_ur"])


def play(*, now: datetime) -> None:
    """Let the history come in, each message at its time."""
    account = _account()
    for line in _lines():
        at = now - timedelta(hours=float(line["hours_ago"]))
        update = {"update_id": FIRST_UPDATE + int(line["key"]), "message": _message(line, at)}
        journal.append(account.credential, orjson.dumps(update), at)
        while journey.read_journal(limit=200, now=at):
            pass


def _account() -> Account:
    return Account.objects.select_related("credential").get(channel="telegram", external_id=str(BOT))


def _lines() -> list[dict[str, str]]:
    return [] if os.environ.get("RABTA_DEMO_DAYS") == "0" else list(rows("messages_telegram"))


def _chat(line: dict[str, str]) -> int:
    return GROUP if line["chat"] == "group" else PEOPLE[line["chat"]][0]


def _number(line: dict[str, str]) -> int:
    return int(line["key"]) * SPACE


def _message(line: dict[str, str], at: datetime) -> Json:
    number, name, username, language = PEOPLE[line["by"]]
    sender = {"id": number, "is_bot": False, "first_name": name, "language_code": language}
    chat: Json = {"id": _chat(line), "type": "private", "first_name": name}
    if line["chat"] == "group":
        chat = {"id": GROUP, "type": "supergroup", "title": TITLE}
    facts = {"message_id": _number(line), "date": int(at.timestamp()), "text": line["text"], "chat": chat}
    return facts | {"from": sender | ({"username": username} if username else {})}


def connect(*, simulator: str, now: datetime) -> None:
    """Tell the simulator people, bot, group and messages so far, and set the hook. Safe to repeat."""
    account = _account()
    values = open_values(account.credential.sealed_values)
    if values["api_url"] != simulator:  # its port may be another than at the last start
        values["api_url"] = simulator
        account.credential.sealed_values = seal(values)
        account.credential.save(update_fields=["sealed_values"])
    users = [
        {"id": number, "first_name": name, "username": username, "language": language}
        for number, name, username, language in PEOPLE.values()
    ]
    facts: Json = {
        "users": users,
        "bots": [{"id": BOT, "token": values["token"], "username": ADDRESS, "name": NAME}],
        "groups": [{"id": GROUP, "title": TITLE, "bot": BOT}],
        "messages": [one for line in _lines() for one in _past(account, line, now)],
    }
    tell(simulator, "/sim/telegram", facts, method="PUT")
    hook = {"url": hook_of(account, BY_KIND["telegram"]), "secret_token": values["secret"]}
    wanted = hook | {"allowed_updates": list(WANTED)}
    tell(simulator, f"/bot{values['token']}/setWebhook", wanted, method="POST")


def _past(account: Account, line: dict[str, str], now: datetime) -> list[Json]:
    """A message of the history, and what the police answered to it."""
    chat, number = _chat(line), _number(line)
    at = (now - timedelta(hours=float(line["hours_ago"]))).timestamp()
    place = {"bot": BOT, "chat": chat}
    past = [place | {"number": number, "by": PEOPLE[line["by"]][0], "text": line["text"], "at": at}]
    theirs = Message.objects.filter(provider_digest=provider_digest(account.pk, f"{chat}:{number}")).first()
    if theirs is None or line["chat"] == "group":
        return past
    later = Message.objects.filter(conversation=theirs.conversation_id, pk__gt=theirs.pk).order_by("pk")
    for step, message in enumerate(later, start=1):
        if message.direction != Message.Direction.OUT or step >= SPACE:
            break
        past.append(place | {"number": number + step, "by": BOT, "text": message.text, "at": at + step})
    return past

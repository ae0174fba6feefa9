"""The demonstration's accounts at X, two commanders who write there, and a little history on the timeline."""

import os
import secrets
from datetime import datetime, timedelta
from typing import Any

import orjson

from rabta import journey
from rabta.channels.accounts import create_account, create_credential, hook_of, open_values, seal
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.demo.force import rows
from rabta.demo.provider import _call as tell
from rabta.force.models import Officer, OwnAccount, Post, Unit
from rabta.intake import journal

Json = dict[str, Any]
HQ, PESHAWAR = "1790000000000000001", "1790000000000000002"
# key: number, @name, name, kind
PEOPLE = {
    "hq": (HQ, "KPPoliceDemo", "KP Police", "force"),
    "psh": (PESHAWAR, "PeshawarPoliceDemo", "Peshawar Police", "force"),
    "dpo": ("1790000000000000011", "DPOPeshawarDemo", "Farrukh Durrani", "commander"),
    "sdpo": ("1790000000000000012", "SDPOCityDemo", "Asad Mohmand", "commander"),
    "mariam": ("1790000000000000021", "mariam_gulzar", "Mariam Gulzar", "citizen"),
    "taimur": ("1790000000000000022", "taimur_khan88", "Taimur Khan", "citizen"),
    "saima": ("1790000000000000023", "saima_writes", "Saima", "citizen"),
    "fan": ("1790000000000000024", "DPO_Peshawar_", "Farrukh Durrani", "citizen"),  # only named like him
}
COMMANDERS = {"dpo": "farrukh-durrani", "sdpo": "asad-mohmand"}
NAMES = {
    HQ: ("X, headquarters", "एक्स, मुख्यालय", "ایکس، ہیڈکوارٹر"),
    PESHAWAR: ("X, Peshawar district", "एक्स, पेशावर ज़िला", "ایکس، ضلع پشاور"),
}
FIRST = 1_790_000_000_000_000_100  # the number of the first post of the history


def create(*, simulator: str, now: datetime) -> None:
    """Headquarters' account, the district's, which its head holds, and the register of two commanders."""
    credential = create_credential(
        channel="x",
        name="X",
        values={
            "consumer_secret": secrets.token_hex(24),
            "consumer_key": secrets.token_hex(12),
            "access_tokens": " ".join(
                f"{number}-{secrets.token_hex(12)}:{secrets.token_hex(20)}" for number in NAMES
            ),
            "api_url": simulator,
        },
    )
    for key, unit, holder in (("hq", "CPO", None), ("psh", "PSH", "DPO-PSH")):
        number, username, _name, _kind = PEOPLE[key]
        account = create_account(
            credential=credential,
            name=NAMES[number][0],
            external_id=number,
            unit=Unit.objects.get(code=unit),
            holder=Post.objects.get(code=holder) if holder else None,
            address=f"@{username}",
        )
        account.name_hi, account.name_ur = NAMES[number][1:]
        account.save(update_fields=["name_hi", "name_ur"])
    for key, officer in COMMANDERS.items():
        number, username, _name, _kind = PEOPLE[key]
        owner = Officer.objects.get(username=officer)
        OwnAccount.objects.create(
            scheme="x", handle=number, name=f"@{username}", officer=owner, added_at=now - timedelta(days=30)
        )


def play(*, now: datetime) -> None:
    """Let the history come in, each post at its time."""
    if os.environ.get("RABTA_DEMO_DAYS") == "0":
        return
    account = Account.objects.select_related("credential").get(channel="x", external_id=HQ)
    lines = list(rows("posts_x"))
    for line in lines:
        at = now - timedelta(hours=float(line["hours_ago"]))
        event = {
            "event_uuid": f"history-{line['key']}",
            "filter": {"user_id": HQ},
            "event_type": "post.mention.create",
            "payload": _payload(line, at),
            "includes": _includes(line, lines, now),
        }
        journal.append(account.credential, orjson.dumps({"data": event}), at)
        while journey.read_journal(limit=200, now=at):
            pass


def _id(key: str) -> str:
    return str(FIRST + int(key))


def _payload(line: dict[str, str], at: datetime) -> Json:
    author, post_id = PEOPLE[line["by"]][0], _id(line["key"])
    made: Json = {"id": post_id, "author_id": author, "text": line["text"], "created_at": at.isoformat()}
    if line["relation"]:
        kind = {"quote": "quoted", "repost": "retweeted", "reply": "replied_to"}[line["relation"]]
        made["referenced_tweets"] = [{"type": kind, "id": _id(line["other"])}]
    return made


def _includes(line: dict[str, str], lines: list[dict[str, str]], now: datetime) -> Json:
    others = [one for one in lines if one["key"] == line["other"]]
    tweets = [_payload(one, now - timedelta(hours=float(one["hours_ago"]))) for one in others]
    users = [{"id": n, "username": u, "name": name} for n, u, name, _kind in PEOPLE.values()]
    return {"users": users, "tweets": tweets}


def connect(*, simulator: str, now: datetime) -> None:
    """Tell the simulator people, accounts and posts so far, and let it challenge our hook. Safe to repeat."""
    accounts = list(Account.objects.filter(channel="x").select_related("credential"))
    for credential in {
        account.credential for account in accounts
    }:  # its port may be another than at the last start
        values = open_values(credential.sealed_values)
        if values["api_url"] != simulator:
            credential.sealed_values = seal(values | {"api_url": simulator})
            credential.save(update_fields=["sealed_values"])
    users = [{"id": n, "username": u, "name": name, "kind": kind} for n, u, name, kind in PEOPLE.values()]
    follows = [[PEOPLE[key][0], HQ] for key in COMMANDERS]
    posts = [_past(line, now) for line in rows("posts_x")] if os.environ.get("RABTA_DEMO_DAYS") != "0" else []
    known = [_account(account) for account in accounts]
    facts = {"users": users, "accounts": known, "follows": follows, "posts": posts}
    tell(simulator, "/sim/x", facts, method="PUT")
    for account in accounts:
        tell(simulator, f"/sim/x/{account.external_id}/subscribe", {}, method="POST")


def _past(line: dict[str, str], now: datetime) -> Json:
    at = now - timedelta(hours=float(line["hours_ago"]))
    other = _id(line["other"]) if line["other"] else ""
    author = PEOPLE[line["by"]][0]
    facts = {"id": _id(line["key"]), "author": author, "text": line["text"], "other": other}
    return facts | {"relation": line["relation"], "at": at.timestamp()}


def _account(account: Account) -> Json:
    values = open_values(account.credential.sealed_values)
    token = next(one for one in values["access_tokens"].split() if one.startswith(f"{account.external_id}-"))
    return {
        "id": account.external_id,
        "webhook_url": hook_of(account, BY_KIND["x"]),
        "consumer_key": values["consumer_key"],
        "consumer_secret": values["consumer_secret"],
        "token": token.partition(":")[0],
        "token_secret": token.partition(":")[2],
    }

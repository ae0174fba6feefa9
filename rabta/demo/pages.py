"""The demonstration's Facebook page and Instagram account, and a little of what stands on them."""

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
from rabta.force.models import Unit
from rabta.intake import journal
from rabta.kit import phones

Json = dict[str, Any]
PAGE, INSTAGRAM = "104510000000001", "17841400000000001"
IDS = {"page": PAGE, "instagram": INSTAGRAM}
CHANNELS = {"page": "facebook", "instagram": "instagram"}
ACCOUNTS = {
    "page": ("facebook.com/KPPoliceDemo", "Facebook, headquarters", "फ़ेसबुक, मुख्यालय", "فیس بک، ہیڈکوارٹر"),
    "instagram": ("@kppolicedemo", "Instagram, headquarters", "इंस्टाग्राम, मुख्यालय", "انسٹاگرام، ہیڈکوارٹر"),
}


def create(*, simulator: str) -> None:
    """Headquarters' page and its account, each under an app of its own."""
    for kind, (address, name, name_hi, name_ur) in ACCOUNTS.items():
        credential = create_credential(
            channel=CHANNELS[kind],
            name=str(BY_KIND[CHANNELS[kind]].label),
            values={
                "app_secret": secrets.token_hex(16),
                "access_token": secrets.token_hex(24),
                "verify_token": secrets.token_hex(8),
                "api_url": simulator,
            },
        )
        account = create_account(
            credential=credential,
            name=name,
            external_id=IDS[kind],
            unit=Unit.objects.get(code="CPO"),
            address=address,
        )
        account.name_hi, account.name_ur = name_hi, name_ur
        account.save(update_fields=["name_hi", "name_ur"])


def play(*, now: datetime) -> None:
    """Let the history come in, each item at its time; what the page itself posted is nothing new to us."""
    for line in _lines():
        if line["by"] == "page":
            continue
        at, kind = _at(line, now), line["account"]
        account = Account.objects.select_related("credential").get(
            channel=CHANNELS[kind], external_id=IDS[kind]
        )
        entry = {"id": IDS[kind], "time": int(at.timestamp() * 1000)} | _content(line, at)
        body = {"object": kind, "entry": [entry]}
        journal.append(account.credential, orjson.dumps(body), at)
        while journey.read_journal(limit=200, now=at):
            pass


def connect(*, simulator: str, now: datetime) -> None:
    """Tell the simulator our pages and what stands on them, and let it verify the hooks. Safe to repeat."""
    accounts = list(
        Account.objects.filter(channel__in=CHANNELS.values()).select_related("credential").order_by("id")
    )
    for account in accounts:  # its port may be another than at the last start
        values = open_values(account.credential.sealed_values)
        if values["api_url"] != simulator:
            account.credential.sealed_values = seal(values | {"api_url": simulator})
            account.credential.save(update_fields=["sealed_values"])
    tell(simulator, "/sim/pages", [_page(account) for account in accounts], method="PUT")
    tell(simulator, "/sim/social-history", [_past(line, now) for line in _lines()], method="POST")
    for account in accounts:
        tell(simulator, f"/sim/pages/{account.external_id}/subscribe", {}, method="POST")


def _page(account: Account) -> Json:
    values = open_values(account.credential.sealed_values)
    names = ("app_secret", "access_token", "verify_token")
    return {name: values[name] for name in names} | {
        "id": account.external_id,
        "kind": next(kind for kind, name in IDS.items() if name == account.external_id),
        "name": account.name.partition(",")[0] if account.channel == "instagram" else "KP Police",
        "webhook_url": hook_of(account, BY_KIND[account.channel]),
    }


def _lines() -> list[dict[str, str]]:
    return [] if os.environ.get("RABTA_DEMO_DAYS") == "0" else list(rows("posts_pages"))


def _at(line: dict[str, str], now: datetime) -> datetime:
    return now - timedelta(hours=float(line["hours_ago"]))


def _citizen(number: str) -> dict[str, str]:
    """One of the citizens that no other history tells of; `number` counts from the end."""
    return list(rows("citizens"))[-int(number)]


def _post_id(line: dict[str, str]) -> str:
    """As the providers make them: of digits, for Facebook with those of the page or the post before."""
    own = f"7{int(line['key']):014d}"
    if line["account"] == "instagram":
        return f"17{own}"
    return f"7{int(line['under']):014d}_{own}" if line["under"] else f"{PAGE}_{own}"


def _under(line: dict[str, str]) -> str:
    return _post_id(next(one for one in _lines() if one["key"] == line["under"])) if line["under"] else ""


def _person(line: dict[str, str]) -> str:
    """The id that the page knows this person by."""
    return f"6{IDS[line['account']][-4:]}{int(line['by']):011d}"


def _content(line: dict[str, str], at: datetime) -> Json:
    """The part of the hook's entry that says it."""
    name, person, seconds = _citizen(line["by"])["name"], _person(line), int(at.timestamp())
    if line["kind"] == "message":
        message = {"mid": f"m_history{line['key']}", "text": line["text"]}
        ids = {"sender": {"id": person}, "recipient": {"id": IDS[line["account"]]}}
        return {"messaging": [ids | {"timestamp": seconds * 1000, "message": message}]}
    if line["account"] == "instagram":
        author = {"id": person, "username": name.lower().replace(" ", ".")}
        value: Json = {
            "from": author,
            "id": _post_id(line),
            "text": line["text"],
            "media": {"id": _under(line)},
        }
        return {"changes": [{"field": "comments", "value": value}]}
    value = {
        "from": {"id": person, "name": name},
        "message": line["text"],
        "verb": "add",
        "created_time": seconds,
    }
    if line["kind"] == "comment":
        value |= {
            "item": "comment",
            "comment_id": _post_id(line),
            "parent_id": _under(line),
            "post_id": _under(line),
        }
    else:
        value |= {"item": "status", "post_id": _post_id(line)}
    return {"changes": [{"field": "feed", "value": value}]}


def _past(line: dict[str, str], now: datetime) -> Json:
    """The same for the simulator's wall."""
    told: Json = {
        "page": IDS[line["account"]],
        "text": line["text"],
        "at": _at(line, now).timestamp(),
        "by": "page",
    }
    if line["by"] != "page":
        told["by"], told["as"] = phones.parse(_citizen(line["by"])["phone"], region="PK"), _person(line)
    if line["kind"] == "message":
        return told | {"id": f"m_history{line['key']}", "to": told["by"]}
    return told | {"id": _post_id(line)} | ({"under": _under(line)} if line["under"] else {})

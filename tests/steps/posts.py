"""Public posts as X brings them, of citizens and commanders."""

from datetime import datetime
from itertools import count
from types import SimpleNamespace
from typing import Any

import orjson

from rabta.channels import accounts
from rabta.force.models import Officer, OwnAccount
from rabta.intake import journal
from tests.cast import NOW, read

HQ, MARIAM, ASAD = "900000000000000001", "100000000000000002", "100000000000000003"
SP, CO, SHO, IGP, STRANGER = (f"20000000000000000{n}" for n in range(1, 6))
NAMES = {HQ: "KPPolice", MARIAM: "mariam_k", ASAD: "asad"}
NAMES |= {SP: "SPPeshawar", CO: "COCity", SHO: "SHOKotwali", IGP: "igp_kp"}
ids = count(3_000_000_000_000_000_000)
Post = dict[str, Any]


def add_x(cast: SimpleNamespace) -> None:
    """Headquarters' account at X."""
    values = {
        "consumer_secret": "secret",
        "consumer_key": "key",
        "access_tokens": f"{HQ}-token:secret",
    }
    cast.x_app = accounts.create_credential(channel="x", name="X", values=values)
    cast.x = accounts.create_account(
        credential=cast.x_app, name="X", external_id=HQ, unit=cast.hq, address="@KPPolice"
    )


def owns(who: Officer, handle: str) -> OwnAccount:
    """The register says that the officer writes there."""
    return OwnAccount.objects.create(
        scheme="x", handle=handle, name=f"@{NAMES[handle]}", officer=who, added_at=NOW
    )


def post(text: str, *, by: str = MARIAM, **more: Any) -> Post:
    """A post."""
    made = f"{next(ids)}"
    facts = {"id": made, "text": text, "author_id": by, "created_at": "2026-03-02T09:00:00.000Z"}
    return facts | {"edit_history_tweet_ids": [made]} | more


def about(kind: str, other: Post, text: str = "", *, by: str = SP) -> Post:
    """A post that repeats (`retweeted`), quotes (`quoted`) or answers (`replied_to`) another."""
    made = post(text or f"RT: {other['text']}", by=by, referenced_tweets=[{"type": kind, "id": other["id"]}])
    return made | {"_other": other}


def private(text: str, *, by: str = MARIAM) -> Post:
    """A direct message."""
    facts = {
        "event_type": "MessageCreate",
        "text": text,
        "sender_id": by,
        "created_at": "2026-03-02T09:00:00Z",
    }
    return facts | {"id": f"{next(ids)}", "dm_conversation_id": f"{by}-{HQ}", "_private": True}


def hears(cast: SimpleNamespace, *posts: Post, at: datetime = NOW) -> None:
    """The posts come in, each as an event of its own, and are read."""
    for one in posts:
        payload = {key: value for key, value in one.items() if not key.startswith("_")}
        others = [one["_other"]] if "_other" in one else []
        kind = one.get("_kind") or ("dm.received" if "_private" in one else "post.mention.create")
        users = [{"id": handle, "name": name, "username": name} for handle, name in NAMES.items()]
        event = {
            "event_uuid": f"{next(ids)}",
            "filter": {"user_id": HQ},
            "event_type": kind,
            "payload": payload,
            "includes": {"users": users, "tweets": others},
        }
        journal.append(cast.x_app, orjson.dumps({"data": event}), at)
    read(at=at)


def removed(cast: SimpleNamespace, one: Post, *, at: datetime = NOW) -> None:
    """Its author deletes the post."""
    hears(cast, {"id": one["id"], "_kind": "post.delete"}, at=at)

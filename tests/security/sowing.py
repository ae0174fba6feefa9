"""What people send over each channel, as its provider brings it, with the identifiers that it carries."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

from tests.intake.replaying import SECRET
from tests.security.canaries import Canary

ACCOUNTS = {
    "facebook": "704510000000031", "instagram": "778410000000031", "x": "771600000000000031",
    "telegram": "7731", "kannel": "7331", "email": "help@police.example",
}  # fmt: skip
# Letters go to nobody: what is wrong with that is logged, too.
MAKE = """
from rabta.channels.accounts import create_account, create_credential
from rabta.channels.registry import BY_KIND
from rabta.force.access import system
from rabta.force.models import Unit
from tests.intake.replaying import values_of
from tests.security.sowing import ACCOUNTS
with system("setting up a test"):
    for kind, external_id in ACCOUNTS.items():
        values, channel = values_of(BY_KIND[kind], port=9), BY_KIND[kind]
        nowhere = {"api_url": "http://127.0.0.1:9", "access_tokens": f"{external_id}-t:s",
                   "token": f"{external_id}:token"}
        values |= {name: nowhere[name] for name in {one.name for one in channel.fields} & nowhere.keys()}
        made = create_credential(channel=kind, name=kind, values=values, hook=f"sown{kind}")
        create_account(credential=made, name=kind, external_id=external_id, unit=Unit.objects.get(code="CPO"))
print("made")
"""
KEEP = """
import base64, sys
from django.utils import timezone
from rabta.channels.models import Credential
from rabta.force.access import system
from rabta.intake import journal
with system("sowing"):
    journal.append(Credential.objects.get(channel={kind!r}), base64.b64decode({raw!r}), timezone.now())
"""


def _direct(kind: str) -> Callable[[str, str, str], tuple[bytes, list[Canary]]]:
    def made(_name: str, number: str, text: str) -> tuple[bytes, list[Canary]]:
        sender, message = f"77{number}", f"m_{number}Aq"
        event = {"sender": {"id": sender}, "recipient": {"id": ACCOUNTS[kind]}, "timestamp": 1795392000000,
                 "message": {"mid": message, "text": text}}  # fmt: skip
        entry = {"id": ACCOUNTS[kind], "time": 1795392000000, "messaging": [event]}
        return json.dumps({"entry": [entry]}).encode(), [Canary("id", sender), Canary("id", message)]

    return made


def _x(name: str, number: str, text: str) -> tuple[bytes, list[Canary]]:
    sender, ours, called = f"66{number}", ACCOUNTS["x"], f"{name.split()[0].lower()}_{number[-5:]}"
    event = {"type": "message_create", "id": f"15{number}", "created_timestamp": "1785013548000",
             "message_create": {"target": {"recipient_id": ours}, "sender_id": sender,
                                "message_data": {"text": text, "entities": {}}}}  # fmt: skip
    user = {"id": int(sender), "id_str": sender, "name": name, "screen_name": called}
    body = {"for_user_id": ours, "direct_message_events": [event], "users": {sender: user}}
    known = [("name", name), ("id", sender), ("id", f"15{number}"), ("id", called)]
    return json.dumps(body).encode(), [Canary(*one) for one in known]


def _telegram(name: str, number: str, text: str) -> tuple[bytes, list[Canary]]:
    first, last = name.split()
    sender, called = int(f"55{number[-8:]}"), f"{first.lower()}{number[-5:]}"
    person = {"id": sender, "is_bot": False, "first_name": first, "last_name": last, "username": called}
    message = {"message_id": 1, "from": person, "chat": {"id": sender, "type": "private"}, "date": 1795392000,
               "text": text}  # fmt: skip
    body = {"update_id": int(number[-8:]), "message": message}
    return json.dumps(body).encode(), [Canary("name", name), Canary("id", str(sender)), Canary("id", called)]


def _kannel(_name: str, number: str, text: str) -> tuple[bytes, list[Canary]]:
    query = {"secret": SECRET, "kind": "mo", "from": f"+{number}", "to": ACCOUNTS["kannel"], "text": text,
             "id": f"k{number[-6:]}", "coding": "0", "charset": "UTF-8"}  # fmt: skip
    return urlencode(query).encode(), [Canary("number", number)]


def _email(name: str, number: str, text: str) -> tuple[bytes, list[Canary]]:
    address = f"{name.replace(' ', '.').lower()}.{number[-5:]}@mail.example"
    lines = [
        f"From: {name} <{address}>", f"To: {ACCOUNTS['email']}", "Subject: Complaint",
        "Date: Mon, 21 Sep 2026 18:00:00 +0500", f"Message-ID: <{number}@mail.example>", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8", "", text, "",
    ]  # fmt: skip
    body = {"account": ACCOUNTS["email"], "at": 1790000000, "own": [ACCOUNTS["email"]], "servers": [],
            "cut": False, "raw": "\r\n".join(lines)}  # fmt: skip
    known = [("name", name), ("id", address), ("id", f"{number}@mail.example")]
    return json.dumps(body).encode(), [Canary(*one) for one in known]


BODIES: dict[str, Callable[[str, str, str], tuple[bytes, list[Canary]]]] = {
    "facebook": _direct("facebook"), "instagram": _direct("instagram"), "x": _x, "telegram": _telegram,
    "kannel": _kannel, "email": _email,
}  # fmt: skip

"""The demonstration's mailbox, people who write there, and a few letters of the last days."""

import json
import os
import secrets
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from urllib.request import Request, urlopen

from rabta import journey
from rabta.cases.models import Message
from rabta.channels.accounts import create_account, create_credential, open_values, seal
from rabta.channels.email.body import body_of
from rabta.channels.email.reports import message_id
from rabta.channels.models import Account
from rabta.demo.force import rows
from rabta.force.models import Unit
from rabta.intake import journal

ADDRESS = "help@kppolice.example"
NAMES = ("E-mail, headquarters", "ई-मेल, मुख्यालय", "ای میل، ہیڈکوارٹر")
PEOPLE = {
    "bushra": ("bushra.afridi@example.org", "Bushra Afridi"),
    "imran": ("imran.yousaf@example.org", "Imran Yousaf"),
    "kulsoom": ("kulsoom.bibi@example.org", "Kulsoom Bibi"),
    "hamza": ("hamza.durrani@example.org", "Hamza Durrani"),
}


def create() -> None:
    """The headquarters' mailbox. Where its servers listen is known when the simulator runs (`connect`)."""
    values = {"username": "help", "password": secrets.token_hex(8), "from_name": "KP Police"}
    for name in ("imap", "smtp"):
        values |= {f"{name}_host": "127.0.0.1", f"{name}_port": "143", f"{name}_security": "none"}
    credential = create_credential(channel="email", name="E-mail", values=values)
    account = create_account(
        credential=credential,
        name=NAMES[0],
        external_id=ADDRESS,
        unit=Unit.objects.get(code="CPO"),
        address=ADDRESS,
    )
    account.name_hi, account.name_ur = NAMES[1:]
    account.save(update_fields=["name_hi", "name_ur"])


def play(*, now: datetime) -> None:
    """Let the letters of the last days come in, each at its time."""
    if os.environ.get("RABTA_DEMO_DAYS") == "0":
        return
    account = Account.objects.select_related("credential").get(channel="email", external_id=ADDRESS)
    for line in rows("mails"):
        at = now - timedelta(hours=float(line["hours_ago"]))
        body = body_of(_raw(line, at), account=ADDRESS, at=at.timestamp(), own=[ADDRESS], servers=[])
        journal.append(account.credential, body, at)
        while journey.read_journal(limit=200, now=at):
            pass


def _raw(line: dict[str, str], at: datetime) -> bytes:
    address, name = PEOPLE[line["by"]]
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{name} <{address}>"
    message["To"] = ADDRESS
    message["Subject"] = line["subject"]
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<history{line['key']}@example.org>"
    message.set_content(line["text"])
    return message.as_bytes()


def connect(*, simulator: str, now: datetime) -> None:
    """Tell the simulator the mailbox, people and letters so far, and let ours find its servers. Safe to repeat."""
    account = Account.objects.select_related("credential").get(channel="email", external_id=ADDRESS)
    values = open_values(account.credential.sealed_values)
    box = {
        "username": values["username"],
        "password": values["password"],
        "address": ADDRESS,
        "name": NAMES[0],
    }
    people = [{"address": address, "name": name} for address, name in PEOPLE.values()]
    facts = {"boxes": [box], "people": people, "letters": list(_letters(now))}
    request = Request(
        f"{simulator}/sim/mail",
        data=json.dumps(facts).encode(),
        method="PUT",
        headers={"Content-Type": "application/json"},
    )
    with urlopen(request, timeout=10) as answer:
        ports = json.load(answer)
    known = values | {f"{name}_port": str(ports[name]) for name in ("imap", "smtp")}
    if known != values:
        account.credential.sealed_values = seal(known)
        account.credential.save(update_fields=["sealed_values"])


def _letters(now: datetime) -> list[dict[str, Any]]:
    """What was written, and what was answered to it."""
    if os.environ.get("RABTA_DEMO_DAYS") == "0":
        return []
    found = []
    for line in rows("mails"):
        at = now - timedelta(hours=float(line["hours_ago"]))
        address, _name = PEOPLE[line["by"]]
        asked = {
            "box": ADDRESS,
            "person": address,
            "author": "person",
            "id": f"<history{line['key']}@example.org>",
        }
        found.append(asked | {"subject": line["subject"], "text": line["text"], "at": at.timestamp()})
        ours = Message.objects.filter(
            conversation__account__channel="email", direction="out", text__gt="",
            case__messages__text__startswith=line["subject"],
        )  # fmt: skip
        for message in ours.select_related("delivery").distinct():
            token = str(message.delivery.token) if message.delivery else message.public_id
            told = {
                "box": ADDRESS,
                "person": address,
                "author": "force",
                "id": message_id(token, address=ADDRESS),
            }
            subject = f"Re: {line['subject']}"
            at_last = message.received_at.timestamp()
            found.append(
                told
                | {"subject": subject, "text": message.text, "at": at_last, "automatic": message.automatic}
            )
    return found

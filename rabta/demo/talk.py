"""What members of Gulbahar's volunteers wrote in the last hours: a greeting that is held back, and what waits."""

from datetime import datetime, timedelta

import orjson

from rabta import journey
from rabta.channels.models import Account
from rabta.demo.force import rows
from rabta.intake import journal
from rabta.kit import phones

UNIT = "PSH-GLB"
# (which member of the station's table, how many hours ago, the words)
LINES = (
    (0, 5.0, "صبح بخیر 🌹🌹"),
    (2, 4.5, "Good morning to all group members"),
    (3, 2.0, "رضاکاروں کی اگلی میٹنگ کب ہے؟"),
    (5, 1.5, "Bhai group mein agli meeting ka time bata dein, main apne dost ko bhi laana chahta hoon"),
    (8, 0.7, "Ten boys of our street would like to help at the Friday bazaar. Whom do we tell?"),
)


def play(*, now: datetime) -> None:
    """Through the journal, as WhatsApp would have brought it. In the context of the demonstration's filling."""
    account = Account.objects.select_related("credential").get(channel="whatsapp", unit__code="CPO")
    members = [row for row in rows("members") if row["unit"] == UNIT]
    for number, (who, hours, text) in enumerate(LINES):
        at = now - timedelta(hours=hours)
        journal.append(
            account.credential, orjson.dumps(_payload(members[who], number, text, account, at=at)), at
        )
        while journey.read_journal(limit=200, now=at):
            pass


def _payload(
    row: dict[str, str], number: int, text: str, account: Account, *, at: datetime
) -> dict[str, object]:
    """The webhook of one text."""
    phone = (phones.parse(row["phone"], region="PK") or "").lstrip("+")
    message = {
        "from": phone,
        "id": f"wamid.talk{number}",
        "timestamp": str(int(at.timestamp())),
        "type": "text",
        "text": {"body": text},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": account.external_id, "display_phone_number": account.address},
        "contacts": [{"profile": {"name": row["name"]}, "wa_id": phone}],
        "messages": [message],
    }
    changes = [{"field": "messages", "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "106540000000000", "changes": changes}]}

"""The demonstration's accounts, and telling the provider simulator about them."""

import json
import secrets
from typing import Any
from urllib.request import Request, urlopen

import orjson
from procrastinate.contrib.django import app as deferred

from rabta import keys
from rabta.cases.models import Message
from rabta.channels.accounts import create_account, create_credential, hook_of, open_values, seal
from rabta.channels.models import Account, Credential
from rabta.channels.registry import BY_KIND
from rabta.demo.force import rows
from rabta.force.models import Officer, PlaceName, Posting, Unit
from rabta.kit import phones
from rabta.replying.needed import needed

NUMBERS = (
    ("1065400000000001", "+92 91 0000001", "CPO"),
    ("1065400000000002", "+92 91 0000002", "PSH"),
)
NAMES = {
    "CPO": ("WhatsApp, headquarters", "व्हाट्सऐप, मुख्यालय", "واٹس ایپ، ہیڈکوارٹر"),
    "PSH": ("WhatsApp, Peshawar district", "व्हाट्सऐप, पेशावर ज़िला", "واٹس ایپ، ضلع پشاور"),
    "form": ("Click and Post", "क्लिक एंड पोस्ट", "کلک اینڈ پوسٹ"),
}
# A group that the station keeps; its chat is brought in as a file.
GROUP = ("Traders of Gulbahar", "गुलबहार के व्यापारी", "گلبہار کے تاجر")


def create_accounts(*, simulator: str) -> None:
    """Two WhatsApp numbers under one app at the provider, and the web form."""
    whatsapp = create_credential(
        channel="whatsapp",
        name="WhatsApp",
        values={
            "app_secret": secrets.token_hex(16),
            "access_token": secrets.token_hex(24),
            "verify_token": secrets.token_hex(8),
            "business_account": "106540000000000",
            "api_url": simulator,
        },
    )
    for external_id, number, unit in NUMBERS:
        account = create_account(
            credential=whatsapp,
            name=NAMES[unit][0],
            external_id=external_id,
            unit=Unit.objects.get(code=unit),
            address=number,
        )
        _name(account, NAMES[unit])
    form = create_credential(channel="webform", name="Web form", values={})
    account = create_account(
        credential=form,
        name=NAMES["form"][0],
        external_id="click-and-post",
        unit=Unit.objects.get(code="CPO"),
        address="/",  # of the pages, wherever they are
    )
    _name(account, NAMES["form"])
    groups = create_credential(channel="whatsapp_export", name="Groups", values={})
    account = create_account(
        credential=groups,
        name=GROUP[0],
        external_id="traders-gulbahar",
        unit=Unit.objects.get(code="PSH-GLB"),
        address="/groups/import/",
    )
    account.quiet_hours = 0
    _name(account, GROUP)
    account.save(update_fields=["quiet_hours"])


def _name(account: Account, names: tuple[str, str, str]) -> None:
    account.name, account.name_hi, account.name_ur = names
    account.save(update_fields=["name", "name_hi", "name_ur"])


def point_to(*, simulator: str) -> None:
    """Let our accounts find the simulator, whose port may be another than at the last start."""
    for credential in Credential.objects.filter(channel="whatsapp"):
        values = open_values(credential.sealed_values)
        if values["api_url"] != simulator:
            credential.sealed_values = seal(values | {"api_url": simulator})
            credential.save(update_fields=["sealed_values"])


def connect(*, simulator: str) -> None:
    """Tell the simulator our numbers, people, templates and places, and let it verify the hook. Safe to repeat."""
    accounts = Account.objects.filter(channel="whatsapp").select_related("credential")
    put(simulator, "/sim/accounts", [_account(account) for account in accounts])
    put(simulator, "/sim/people", [*_citizens(), *_officers()])
    put(simulator, "/sim/templates", _templates())
    put(simulator, "/sim/places", _places())
    for account in accounts:
        _call(simulator, f"/sim/accounts/{account.external_id}/subscribe", {}, method="POST")
    ask = deferred.configure_task("rabta.jobs.tasks.refresh_templates", allow_unknown=True, queue="media")
    for credential_id in sorted({account.credential_id for account in accounts}):
        ask.defer(credential_id=credential_id)


def _account(account: Account) -> dict[str, str]:
    values = open_values(account.credential.sealed_values)
    return {
        "phone_number_id": account.external_id,
        "display_phone_number": account.address,
        "waba_id": values.get("business_account", ""),
        "name": account.name,
        "webhook_url": hook_of(account, BY_KIND[account.channel]),
        "app_secret": values["app_secret"],
        "access_token": values["access_token"],
        "verify_token": values["verify_token"],
    }


def _citizens() -> list[dict[str, str]]:
    """Citizens, and members of groups, who are citizens too."""
    return [
        {
            "phone": phones.parse(row["phone"], region="PK") or "",
            "name": row["name"],
            "kind": "citizen",
            "role": row.get("kind", ""),
        }
        for row in (*rows("citizens"), *rows("members"))
    ]


def _officers() -> list[dict[str, str]]:
    titles: dict[int, str] = {}
    for posting in Posting.objects.filter(ends=None).select_related("post"):
        titles.setdefault(posting.officer_id, posting.post.name)
    return [
        {"phone": officer.phone, "name": officer.name, "kind": "officer", "role": titles.get(officer.pk, "")}
        for officer in Officer.objects.exclude(phone="").order_by("id")
    ]


def _templates() -> list[dict[str, Any]]:
    """What the provider has approved: all that Rabta uses."""
    return [
        {
            "name": one.name,
            "language": one.language,
            "body": one.body,
            "category": one.category,
            "buttons": [{"type": "QUICK_REPLY", "text": text} for text in one.buttons],
        }
        for one in needed()
    ]


def _places() -> list[dict[str, Any]]:
    wanted = PlaceName.objects.filter(kind__in=("bazaar", "landmark", "mohalla")).order_by("name")[:30]
    return [{"name": place.name, "lat": place.lat, "lng": place.lng} for place in wanted]


def put(simulator: str, path: str, body: object) -> None:
    """PUT to the simulator as JSON."""
    _call(simulator, path, body, method="PUT")


def _call(simulator: str, path: str, body: object, *, method: str) -> None:
    data = json.dumps(body).encode()
    request = Request(
        simulator + path, data=data, method=method, headers={"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=10) as answer:
        answer.read()


def tell_history(*, simulator: str) -> None:
    """Show the WhatsApp conversations so far on the simulated phones; known messages are left alone."""
    entries = []
    messages = Message.objects.filter(conversation__account__channel="whatsapp").exclude(direction="note")
    for message in messages.select_related("conversation__handle", "conversation__account").order_by("id"):
        handle = message.conversation.handle
        if handle.shown and message.text:
            phone = orjson.loads(keys.fernet("desk").decrypt(bytes(handle.shown)))["number"]
            entries.append(
                {
                    "id": f"wamid.HISTORY{message.public_id}",
                    "account": message.conversation.account.external_id,
                    "phone": phone,
                    "author": "person" if message.direction == "in" else "business",
                    "type": "text",
                    "text": message.text,
                    "timestamp": int(message.received_at.timestamp()),
                }
            )
    _call(simulator, "/sim/history", entries, method="POST")

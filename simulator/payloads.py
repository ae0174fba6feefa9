"""Webhook bodies in the provider's shapes (Graph API v23)."""

from __future__ import annotations

import json
from typing import Any

from simulator.errors import status_error
from simulator.ids import conversation_id, user_id
from simulator.store import Row

Json = dict[str, Any]


def encode(payload: object) -> bytes:
    """JSON as the provider writes it: compact, everything beyond ASCII escaped, slashes too.

    A receiver that signs its own re-serialised JSON instead of the raw bytes fails here as it would there.
    """
    return json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode()


def envelope(account: Row, value: Json, *, field: str = "messages") -> Json:
    """The outer shape around one change."""
    inner = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": "".join(c for c in account["display_phone_number"] if c.isdigit()),
            "phone_number_id": account["phone_number_id"],
        },
        **value,
    }
    change = {"value": inner, "field": field}
    return {"object": "whatsapp_business_account", "entry": [{"id": account["waba_id"], "changes": [change]}]}


def message_payload(account: Row, item: Json, *, name: str) -> Json:
    """One message of a person, with the sender's contact. System messages come without contacts."""
    value: Json = {}
    if item["type"] != "system":
        contact: Json = {"profile": {"name": name}}
        if "from" in item:
            contact["wa_id"] = item["from"]
        contact["user_id"] = item["from_user_id"]
        value["contacts"] = [contact]
    value["messages"] = [item]
    return envelope(account, value)


def message_item(
    account: Row, *, phone: str, message_id: str, kind: str, content: Json, at: float, context: Json | None
) -> Json:
    """The element of `messages`."""
    item: Json = {}
    if context:
        item["context"] = context
    item["from"] = phone
    item["from_user_id"] = user_id(waba_id=account["waba_id"], phone=phone)
    item["id"] = message_id
    item["timestamp"] = str(int(at))
    return item | content | {"type": kind}


def status_payload(account: Row, message: Row, *, status: str, at: float, error: int, category: str) -> Json:
    """One status of a message of ours, with pricing and conversation as the provider gives them."""
    item: Json = {
        "id": message["id"],
        "status": status,
        "timestamp": str(int(at)),
        "recipient_id": message["phone"],
        "recipient_user_id": user_id(waba_id=account["waba_id"], phone=message["phone"]),
    }
    if status in ("sent", "delivered"):
        item["conversation"] = {"id": conversation_id(), "origin": {"type": category}}
        if status == "sent":
            item["conversation"]["expiration_timestamp"] = str(int(at) + 86_400)
        free = category == "service"
        item["pricing"] = {
            "billable": not free,
            "pricing_model": "PMP",
            "category": category,
            "type": "free_customer_service" if free else "regular",
        }
    if error:
        item["errors"] = [status_error(error)]
    if message["callback_data"] is not None:
        item["biz_opaque_callback_data"] = message["callback_data"]
    return envelope(account, {"statuses": [item]})

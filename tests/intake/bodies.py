"""Bodies as the WhatsApp provider sends them, made by hand: the tests share no code with the channel."""

import hashlib
import hmac
import json
from typing import Any

SECRET = "secret of the app"
FIRST, SECOND, FOREIGN = "109876543210001", "109876543210002", "555555555555555"
Json = dict[str, Any]


def message(number: object, *, text: str = "salaam", **more: Any) -> Json:
    """A text of a person; `number` makes its id."""
    return {
        "from": "923001234567",
        "id": f"wamid.{number}",
        "timestamp": "1763720000",
        "type": "text",
        "text": {"body": text},
        **more,
    }


def status(number: object, word: str = "delivered") -> Json:
    """A word of the provider on a message of ours."""
    return {
        "id": f"wamid.out.{number}",
        "status": word,
        "timestamp": "1763720009",
        "recipient_id": "923001234567",
    }


def change(account: str = FIRST, **lists: list[Any]) -> Json:
    """One change with these lists of items."""
    metadata = {"display_phone_number": "92915551122", "phone_number_id": account}
    return {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **lists}}


def body(*changes: Json) -> bytes:
    """The whole body."""
    entry = {"id": "201", "changes": list(changes)}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def signed(raw: bytes, secret: str = SECRET) -> dict[str, str]:
    """The headers that the provider would send with these bytes."""
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={digest}"}

"""WhatsApp webhooks of about 1.2 KB, signed: what a citizen's message looks like when the provider delivers it."""

import hashlib
import hmac
import json
import time

# As people write: some name a place and are ordered at once, some are asked for it, one in eight accuses police.
TEXTS = (
    "Sir, loudspeakers are playing in Board Bazaar every night until two and nobody can sleep, please do something.",
    "میرا موٹر سائیکل کل رات گلبہار سے چوری ہو گیا ہے، مہربانی کر کے مدد کریں۔",
    "mera mobile bazar me chori ho gaya hai, madad karen",
    "Traffic is blocked at the main road in Hayatabad since morning, cars are parked on both sides.",
    "My purse with the identity card was stolen this morning.",
    "thane wale report darj nahi karte, paise mangte hain",
    "How can I get a character certificate and what papers are needed?",
    "मेरे पड़ोसी रोज़ रात को झगड़ा और मारपीट करते हैं, गुलबहार में।",
)
PADDING = "The street has been like this for weeks and people are worried. " * 8


def body(*, number: str, sender: int, message: int) -> bytes:
    """One message of one citizen, padded to about 1.2 KB; hardly two have the same words, so that each is read."""
    text = f"{TEXTS[message % len(TEXTS)]} House {message % 10_000}. {PADDING}"
    return text_body(number=number, sender=sender, message=message, text=text)


def text_body(*, number: str, sender: int, message: int, text: str) -> bytes:
    """One message of one citizen."""
    phone = f"92300{sender:07d}"
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "+92 91 0000001", "phone_number_id": number},
        "contacts": [{"profile": {"name": f"Citizen {sender}"}, "wa_id": phone}],
        "messages": [
            {
                "from": phone,
                "id": f"wamid.bench{message:012d}",
                "timestamp": str(int(time.time())),
                "type": "text",
                "text": {"body": text},
            }
        ],
    }
    entry = [{"id": "106540000000000", "changes": [{"field": "messages", "value": value}]}]
    return json.dumps({"object": "whatsapp_business_account", "entry": entry}).encode()


def request(data: bytes, *, hook: str, secret: str) -> bytes:
    """The whole HTTP request, signed."""
    signature = hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()
    head = (
        f"POST {hook} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data

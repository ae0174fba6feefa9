"""Identifiers as the provider makes them."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

COUNTRIES = {"92": "PK", "91": "IN", "880": "BD", "93": "AF", "977": "NP", "44": "GB", "1": "US", "971": "AE"}


def digits(phone: object) -> str:
    """The number as a `wa_id`: digits only, international, without plus."""
    return re.sub(r"\D", "", str(phone or ""))


def wamid(*, phone: str, outbound: bool) -> str:
    """A message id of the provider's shape: base64 of a small record that holds the person's number.

    Outbound ids hold 18 hexadecimal digits, inbound ones 20, as seen in real ids.
    """
    tail = secrets.token_hex(9 if outbound else 10).upper().encode()
    number = phone.encode()
    direction = b"\x11" if outbound else b"\x12"
    record = b"\x1c\x18" + bytes([len(number)]) + number
    record += b"\x15\x02\x00" + direction + b"\x18" + bytes([len(tail)]) + tail + b"\x00"
    return "wamid." + base64.b64encode(record).decode()


def user_id(*, waba_id: str, phone: str) -> str:
    """The business-scoped user id (BSUID): stable for a person and a business, different for each business."""
    country = next((COUNTRIES[phone[:n]] for n in (3, 2, 1) if phone[:n] in COUNTRIES), "XX")
    number = int.from_bytes(hashlib.sha256(f"{waba_id}:{phone}".encode()).digest()[:9], "big")
    return f"{country}.{number % 10**17:017d}"


def media_id() -> str:
    """A numeric media id of 16 digits."""
    return str(10**15 + secrets.randbelow(9 * 10**15))


def trace_id() -> str:
    """The `fbtrace_id` of an error."""
    return "A" + base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")


def conversation_id() -> str:
    """The id of a 24-hour conversation."""
    return secrets.token_hex(16)

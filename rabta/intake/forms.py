"""Submissions of the force's own web form: into the journal in the request's transaction, like any provider's hook."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from rabta import keys
from rabta.channels.models import Account
from rabta.files.models import StoredFile
from rabta.intake import journal
from rabta.kit import ids


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What somebody filled in. `submission` is the form's idempotency key, random and known to that person only.

    `place` is a place in words, `lat` and `lng` a point on the map. Without name and phone it is anonymous. With
    `receipt_code` it is a later message of the holder of that receipt.
    """

    submission: str
    text: str
    language: str = ""
    category: str = ""
    place: str = ""
    lat: float | None = None
    lng: float | None = None
    name: str = ""
    phone: str = ""
    safe: str = ""  # whether it is safe to write or call there: yes, no, or not said
    receipt_code: str = ""
    met: str = (
        ""  # in_person, by_phone, in_group or forwarded: an officer wrote it down, whose id is `entered_by`
    )
    entered_by: int | None = None
    at: datetime | None = None  # when it was said, where that was long before
    wish: str = ""  # what the holder of a receipt asks for beside his words
    joins: str = ""  # the case that the officer puts it to, by its public id
    handed_by: str = ""  # the other force that handed it over …
    handed: str = ""  # … and the number of the transfer there
    tip: bool = False  # it was a tip there


def submit(*, account: Account, entry: Entry, files: Sequence[StoredFile], now: datetime) -> str:
    """Put a submission into the journal, in the caller's transaction; returns its receipt code.

    The code is kept nowhere. It follows from the form's key, so that somebody whose form came twice (a slow network,
    a second press) reads the same code twice.
    """
    code = entry.receipt_code or code_of(entry.submission)
    body = _body(account, entry, files, now, receipt=receipt_digest(code))
    journal.append(account.credential, orjson.dumps(body), now)
    return code


def receipt_digest(code: str) -> str:
    """What stands for a receipt code in the database, in hex."""
    return keys.digest("receipt", code).hex()


def code_of(submission: str) -> str:
    """The receipt code of a form: 16 digits that nobody can tell from its key without the digest key of this force."""
    return ids.receipt_code(number=int.from_bytes(keys.digest("receipt code", submission), "big"))


def _body(
    account: Account, entry: Entry, files: Sequence[StoredFile], now: datetime, *, receipt: str
) -> dict[str, Any]:
    """The body as `channels.webform` reads it."""
    body: dict[str, Any] = {
        "submission": entry.submission,
        "account": account.external_id,
        "at": (entry.at or now).isoformat(),
        "receipt": receipt,
        "follow_up": bool(entry.receipt_code),
        "language": entry.language,
        "category": entry.category,
        "text": entry.text.strip(),
        "contact": {"name": entry.name, "phone": entry.phone, "safe": entry.safe},
        "files": [
            {
                "id": file.public_id,
                "kind": file.kind,
                "mime": file.mime,
                "name": file.name,
                "sha256": file.sha256,
            }
            for file in files
        ],
    }
    if entry.wish:
        body["wish"] = entry.wish
    if entry.met:
        body |= {"met": entry.met, "entered_by": str(entry.entered_by or ""), "joins": entry.joins}
    if entry.handed:
        body |= {"handed_by": entry.handed_by, "handed": entry.handed, "tip": entry.tip}
    point = {} if entry.lat is None or entry.lng is None else {"lat": entry.lat, "lng": entry.lng}
    if point or entry.place.strip():
        body["place"] = point | {"name": entry.place.strip()}
    return body

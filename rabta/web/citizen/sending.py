"""From a checked form to the journal: files first, then the words, as every other channel does it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language

from rabta.channels.models import Account
from rabta.files import uploads
from rabta.intake import forms as intake_forms
from rabta.intake.forms import Entry
from rabta.web.citizen.forms import KINDS


def post(
    *,
    account: Account,
    cleaned: dict[str, Any],
    now: datetime,
    language: str = "",
    met: str = "",
    entered_by: int | None = None,
) -> str:
    """Hand in a new matter; returns its receipt code, which is the same when the same form comes again.

    `language` of the person is that of the page unless it is given; `met` and `entered_by` when an officer wrote it.
    """
    entry = Entry(
        submission=cleaned["key"],
        text=cleaned["text"],
        language=language or get_language() or "",
        category=cleaned["category"],
        place=cleaned["place"],
        lat=cleaned["lat"],
        lng=cleaned["lng"],
        name=cleaned["name"],
        phone=cleaned["phone"],
        safe=cleaned["safe"],
        met=met,
        entered_by=entered_by,
    )
    return _submit(account, entry, cleaned, now)


def follow_up(*, account: Account, code: str, cleaned: dict[str, Any], now: datetime, wish: str = "") -> str:
    """Hand in more words or pictures to the matter of a receipt code, which is returned; or a wish (`rules.wishes`)."""
    entry = Entry(
        submission=cleaned["key"],
        text=cleaned["text"],
        language=get_language() or "",
        receipt_code=code,
        wish=wish,
    )
    return _submit(account, entry, cleaned, now)


def apart(*, account: Account, cleaned: dict[str, Any], now: datetime) -> str:
    """Hand in words and pictures as a matter of its own, of nobody who is known; returns its receipt code."""
    entry = Entry(submission=cleaned["key"], text=cleaned["text"], language=get_language() or "")
    return _submit(account, entry, cleaned, now)


def _submit(account: Account, entry: Entry, cleaned: dict[str, Any], now: datetime) -> str:
    """Store the files as they came, then write all rows at once. The worker makes the copies to look at."""
    taken = uploads.take(cleaned["photos"], kinds=KINDS)
    with transaction.atomic():
        files = uploads.keep(taken, now=now)
        return intake_forms.submit(account=account, entry=entry, files=files, now=now)

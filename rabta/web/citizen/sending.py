"""From a checked form to the journal: files first, then the words, as every other channel does it."""

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language

from rabta.channels.models import Account
from rabta.files import images, store
from rabta.files.checks import check_upload
from rabta.files.models import StoredFile
from rabta.intake import forms as intake_forms
from rabta.intake.forms import Entry
from rabta.web.citizen.forms import KINDS

QUEUE = 10.0  # seconds that a picture may wait for its turn


def post(*, account: Account, cleaned: dict[str, Any], now: datetime) -> str:
    """Hand in a new matter; returns its receipt code, which is the same when the same form comes again."""
    entry = Entry(
        submission=cleaned["key"],
        text=cleaned["text"],
        language=get_language() or "",
        category=cleaned["category"],
        place=cleaned["place"],
        lat=cleaned["lat"],
        lng=cleaned["lng"],
        name=cleaned["name"],
        phone=cleaned["phone"],
    )
    files = _store(cleaned["photos"], now=now)
    return intake_forms.submit(account=account, entry=entry, files=files, now=now)


def follow_up(*, account: Account, code: str, cleaned: dict[str, Any], now: datetime) -> str:
    """Hand in more words or pictures to the matter of a receipt code, which is returned."""
    entry = Entry(
        submission=cleaned["key"], text=cleaned["text"], language=get_language() or "", receipt_code=code
    )
    files = _store(cleaned["photos"], now=now)
    return intake_forms.submit(account=account, entry=entry, files=files, now=now)


def _store(uploads: list[UploadedFile], *, now: datetime) -> list[StoredFile]:
    """Files as evidence, pictures with the clean copy that people look at; raises UploadRefused for a broken one."""
    stored = []
    for upload in uploads:
        found = check_upload(upload, kinds=KINDS)
        file = store.save(upload.chunks(), kind=found.kind, mime=found.mime, name=upload.name or "", now=now)
        if file.kind == "image":
            images.clean(file, now, queue=QUEUE)
        stored.append(file)
    return stored

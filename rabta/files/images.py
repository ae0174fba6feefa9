"""Pictures as people may look at them: decoded and written anew in a process that can do no harm.

The original stays, sealed, as evidence; what is shown is the copy without the camera's notes.
"""

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from rabta.files import store
from rabta.files.checks import PIXELS, UploadRefused, too_many_points, unreadable
from rabta.files.models import StoredFile

RECODER = Path(__file__).with_name("recoder.py")
PATIENCE = 30.0  # seconds of waiting; the process's own limit is on the time it computes
AT_ONCE = 4  # of these processes: each may take a gigabyte
_room = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """The copy, and what the original says of its making. `taken_at` is as the camera's clock stood, often naive."""

    file: StoredFile
    taken_at: datetime | None
    lat: float | None
    lng: float | None


def clean(stored: StoredFile, now: datetime) -> StoredFile:
    """The copy of a stored picture that may be shown. Raises UploadRefused when it is no picture that can be read.

    Takes seconds: for jobs, never for pages.
    """
    return clean_with_facts(stored, now).file


def ensure_clean(stored: StoredFile, now: datetime) -> None:
    """Make the copy of a picture that has none; other files need none. Raises UploadRefused."""
    if stored.kind == "image" and stored.cleaned_id is None:
        clean(stored, now)


def clean_with_facts(stored: StoredFile, now: datetime) -> Cleaned:
    """As `clean`, with the time and place that the camera noted. The copy is linked by `stored.cleaned`."""
    facts, picture = _recode(b"".join(store.read(stored)))
    with transaction.atomic():
        copy = store.save([picture], "image", facts["mime"], stored.name, now)
        stored.cleaned = copy
        stored.save(update_fields=["cleaned"])
    taken = datetime.fromisoformat(facts["taken_at"]) if facts["taken_at"] else None
    return Cleaned(file=copy, taken_at=taken, lat=facts["lat"], lng=facts["lng"])


def _recode(data: bytes) -> tuple[dict[str, Any], bytes]:
    command = [sys.executable, "-I", "-B", str(RECODER), str(PIXELS)]
    try:
        with _room:
            done = subprocess.run(
                command, input=data, capture_output=True, timeout=PATIENCE, cwd="/", env={}, check=False
            )
    except subprocess.TimeoutExpired:
        raise UploadRefused(unreadable()) from None
    line, _, picture = done.stdout.partition(b"\n")
    if done.returncode or not line:
        raise UploadRefused(unreadable())
    facts: dict[str, Any] = json.loads(line)
    if "refused" in facts:
        raise UploadRefused(too_many_points() if facts["refused"] == "points" else unreadable())
    return facts, picture

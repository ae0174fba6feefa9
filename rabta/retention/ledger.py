"""The erasure ledger: one line of JSON for each thing erased, in a file beside the heads of the record.

It lies outside the database and its backups, so that a backup from before is erased again when it is restored. A line
that was not written because a process died is written by the next turn.
"""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from rabta.retention.models import Erasure

NAME = "erasures.jsonl"
LATE = timedelta(days=1)  # something erased may be committed later than what was erased after it


def path() -> Path:
    """Where the ledger of this installation lies."""
    return Path(settings.HEADS_DIR) / NAME


def write() -> int:
    """Add what the ledger does not have yet, fsynced; returns how many lines were added. One process at a time.

    Things are told apart by what they are: numbers of rows begin anew in a restored database.
    """
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    newest = max((datetime.fromisoformat(line["at"]) for line in read(file)), default=None)
    since = newest - LATE if newest else datetime.min.replace(tzinfo=UTC)
    have = {
        (line["what"], line["subject"]) for line in read(file) if datetime.fromisoformat(line["at"]) >= since
    }
    erased = Erasure.objects.filter(at__gte=since).order_by("pk").iterator()
    missing = [one for one in erased if (one.what, one.subject) not in have]
    with file.open("a", encoding="utf-8") as target:
        if _is_cut_off(file):
            target.write("\n")
        for erasure in missing:
            target.write(json.dumps(_line(erasure), sort_keys=True) + "\n")
        target.flush()
        os.fsync(target.fileno())
    return len(missing)


def _is_cut_off(file: Path) -> bool:
    """Whether the last line has no end: what comes next would be lost with it."""
    with file.open("rb") as source:
        if source.seek(0, os.SEEK_END) == 0:
            return False
        source.seek(-1, os.SEEK_END)
        return source.read(1) != b"\n"


def _line(erasure: Erasure) -> dict[str, Any]:
    return {
        "id": erasure.pk,
        "what": erasure.what,
        "subject": erasure.subject,
        "of": erasure.of,
        "digest": erasure.digest,
        "rows": erasure.rows,
        "files": erasure.files,
        "at": erasure.at.isoformat(),
    }


def read(file: Path) -> Iterator[dict[str, Any]]:
    """The lines of a ledger; a last line that was cut off is left out."""
    if not file.exists():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue

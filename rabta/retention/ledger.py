"""The erasure ledger: one line of JSON for each thing erased, in a file beside the heads of the record.

It lies outside the database and its backups, so that a backup from before is erased again when it is restored. A line
that was not written because a process died is written by the next turn.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from rabta.retention.models import Erasure

NAME = "erasures.jsonl"


def path() -> Path:
    """Where the ledger of this installation lies."""
    return Path(settings.HEADS_DIR) / NAME


def write() -> int:
    """Add what the ledger does not have yet, fsynced; returns how many lines were added. One process at a time."""
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    have = max((line["id"] for line in read(file)), default=0)
    added = 0
    with file.open("a", encoding="utf-8") as target:
        for erasure in Erasure.objects.filter(pk__gt=have).order_by("pk").iterator():
            target.write(json.dumps(_line(erasure), sort_keys=True) + "\n")
            added += 1
        target.flush()
        os.fsync(target.fileno())
    return added


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

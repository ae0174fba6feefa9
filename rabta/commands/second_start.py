"""What the second start of a demonstration need not do again: preparing and connecting take as long as all the rest.

The note is only believed while tables, ports and folders are the ones that it was written for. A real force is always
prepared anew.
"""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rabta import embedded
from rabta.commands.site import Site

_CODE = Path(__file__).resolve().parent.parent


def remember(site: Site, welcome: Mapping[str, Any]) -> None:
    """Note that everything is prepared and connected, and what was told at the end."""
    _note(site).write_text(json.dumps({"fits": _state(site), "welcome": welcome}))


def remembered(site: Site) -> dict[str, Any] | None:
    """What was told at the last start, if nothing needs to be prepared; None otherwise."""
    if not site.demo or not embedded.cluster_folder(site.home).exists():
        return None
    try:
        note = json.loads(_note(site).read_text())
    except (OSError, ValueError):
        return None
    welcome: dict[str, Any] | None = note.get("welcome") if note.get("fits") == _state(site) else None
    return welcome


def forget(home: Path) -> None:
    """The database is no longer the one that was prepared (a restored backup)."""
    (home / "run" / "prepared.json").unlink(missing_ok=True)


def _note(site: Site) -> Path:
    return site.home / "run" / "prepared.json"


def _state(site: Site) -> str:
    """Changes with the migrations, the libraries that bring some, the ports, and the folders that must be there."""
    state = hashlib.sha256(repr(sorted(site.ports.items())).encode())
    for library in ("django", "procrastinate"):
        state.update(version(library).encode())
    for file in sorted(_CODE.glob("*/migrations/*.py")):
        state.update(file.read_bytes())
    for name in ("keys", "simulator"):
        state.update(str((site.home / name).exists()).encode())
    return state.hexdigest()

"""The clusters that an earlier run made: until a migration changes they are copied, in a second instead of twenty.

A clean checkout has none and makes them. They lie in pytest's cache; `pytest --cache-clear` forgets them.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / ".pytest_cache" / "d" / "ground"  # what `--cache-clear` removes
KINDS = ("cluster", "fresh")


def take(home: Path) -> bool:
    """Put the kept clusters of these migrations into `home`; False when there are none."""
    kept = FOLDER / _made_of()
    try:
        for kind in KINDS:
            copy(kept / kind, home / kind)
    except subprocess.CalledProcessError:  # none, or just being replaced by another run
        for kind in KINDS:
            shutil.rmtree(home / kind, ignore_errors=True)
        return False
    return True


def keep(home: Path) -> None:
    """Keep the clusters of `home` for the next runs, and no older ones."""
    new = FOLDER / f"new-{os.getpid()}"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    for kind in KINDS:
        copy(home / kind, new / kind)
    name = _made_of()
    for old in FOLDER.iterdir():
        if old not in (new, FOLDER / name) and not old.name.startswith("new-"):
            shutil.rmtree(old, ignore_errors=True)
    try:
        new.rename(FOLDER / name)
    except OSError:  # another run was faster
        shutil.rmtree(new)


def copy(folder: Path, new: Path) -> None:
    """Copy a cluster with its owners, who may not be ours."""
    subprocess.run(["cp", "-a", str(folder), str(new)], check=True, stderr=subprocess.DEVNULL)


def _made_of() -> str:
    """A name for all that decides what is in the clusters."""
    made = hashlib.sha256()
    for path in sorted(_sources()):
        made.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return made.hexdigest()[:20]


def _sources() -> Iterator[Path]:
    """Migrations, what they import, who runs them, and the versions of the packages."""
    yield from (ROOT / "rabta").glob("*/migrations/*.py")
    for name in ("schema.py", "kit/ids.py", "embedded.py", "commands/database.py"):
        yield ROOT / "rabta" / name
    yield from (ROOT / "uv.lock", ROOT / "tests" / "ground_server.py")

"""`rabta demo-reset`: throw a demonstration's data away, and never those of a real force."""

import shutil
import sys
from pathlib import Path

from rabta import embedded
from rabta.commands.site import home_from_environment, kind
from rabta.supervisor import SupervisorError, only_one

DATA = ("pg", "pg.new", "pg-socket", "files", "keys", "demo-keys", "heads", "simulator")
OURS = (*DATA, "log", "run", "tmp", "static", "site.json")  # not `tables`: those are somebody's own


def run() -> int:
    """Remove all that a demonstration keeps in RABTA_HOME; returns the exit code."""
    home = home_from_environment()
    try:
        reset(home)
    except SupervisorError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Nothing of a demonstration is left in {home}. The next `make demo` begins anew.")
    return 0


def reset(home: Path) -> None:
    """Remove the demonstration in `home`; SupervisorError when it runs or when this is no demonstration."""
    found = kind(home)
    if found == "force" or (not found and embedded.cluster_folder(home).exists()):
        raise SupervisorError(f"{home} holds a real force, not a demonstration. Nothing was removed.")
    if not found:
        return
    with only_one(home):
        embedded.stop(home)
        shutil.rmtree(embedded.socket_folder(home), ignore_errors=True)
        for name in OURS:
            path = home / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

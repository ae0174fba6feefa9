"""`rabta demo-reset`: throw a demonstration's data away, and never those of a real force."""

import os
import shutil
import sys
from pathlib import Path

from rabta import embedded
from rabta.supervisor import SupervisorError, only_one

MARK = "demonstration"  # a file that `rabta demo` leaves in its home
OURS = ("pg", "pg.new", "pg-socket", "files", "keys", "log", "run", "simulator", "static", MARK)


def run() -> int:
    """Remove all that a demonstration keeps in RABTA_HOME; returns the exit code."""
    home = Path(os.environ.get("RABTA_HOME", "var")).resolve()
    try:
        reset(home)
    except SupervisorError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{home} is empty. The next `make demo` begins anew.")
    return 0


def reset(home: Path) -> None:
    """Remove the demonstration in `home`; SupervisorError when it runs or when this is no demonstration."""
    if not (home / MARK).exists():
        if embedded.cluster_folder(home).exists():
            raise SupervisorError(f"{home} holds a real force, not a demonstration. Nothing was removed.")
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


def check_kind(home: Path, *, demo: bool) -> None:
    """A demonstration and a real force never share a home; SupervisorError when they would. Marks a new one."""
    exists, marked = embedded.cluster_folder(home).exists(), (home / MARK).exists()
    if exists and marked and not demo:
        raise SupervisorError(f"{home} holds a demonstration. Choose another RABTA_HOME for a real force.")
    if exists and demo and not marked:
        raise SupervisorError(f"{home} holds a real force. Choose another RABTA_HOME for the demonstration.")
    if demo:
        (home / MARK).touch()

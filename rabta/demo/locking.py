"""`python -m rabta.demo.locking FOLDER`: locks each `NAME.key` in the folder with the passphrase on standard input.

A process of its own: a lock that resists guessing takes two seconds of work, and there are six beside three weeks of
history. Each becomes `NAME.age`, and the open key is removed.
"""

import os
import subprocess
import sys
from pathlib import Path

import pyrage


def begin(folder: Path, passphrase: str) -> "subprocess.Popen[str]":
    """Start the process; the caller waits for it."""
    child = subprocess.Popen([sys.executable, "-m", __name__, str(folder)], stdin=subprocess.PIPE, text=True)
    assert child.stdin  # it is a pipe
    with child.stdin:
        child.stdin.write(passphrase)
    return child


def lock(folder: Path, passphrase: str) -> None:
    """Lock all keys of the folder."""
    for key in sorted(folder.glob("*.key")):
        locked = key.with_suffix(".age")
        locked.write_bytes(pyrage.passphrase.encrypt(key.read_bytes(), passphrase))
        locked.chmod(0o600)
        key.unlink()


if __name__ == "__main__":
    os.nice(5)
    lock(Path(sys.argv[1]), sys.stdin.read())

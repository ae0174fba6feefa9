"""A supervisor over three small children, run as a process by the supervisor's tests: `dummy_site.py HOME NAME…`.

`steady` starts a child of its own, `stubborn` ignores SIGTERM, `broken` ends at once.
"""

import asyncio
import sys
from pathlib import Path

from rabta.supervisor import Child, Supervisor, SupervisorError, only_one

STEADY = """
import subprocess, sys, pathlib, time
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1]).write_text(str(inner.pid))
print("steady speaks", flush=True)
time.sleep(600)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
time.sleep(600)
"""
BROKEN = "import sys; print('no configuration found'); sys.exit(3)"


def children(home: Path, names: set[str]) -> list[Child]:
    """`steady`, and those of the others that are named."""
    inner = home / "inner.pid"
    every = [
        Child(name="steady", command=[sys.executable, "-c", STEADY, str(inner)], ready=inner.exists),
        Child(name="stubborn", command=[sys.executable, "-c", STUBBORN]),
        Child(name="broken", command=[sys.executable, "-c", BROKEN], ready=lambda: False),
    ]
    return [child for child in every if child.name in names | {"steady"}]


async def run(home: Path, names: set[str]) -> None:
    """Run until a signal comes."""
    supervisor = Supervisor(home, say=lambda text: print(text, flush=True))
    supervisor.listen_for_signals()
    try:
        await supervisor.start(*children(home, names))
        print("ready", flush=True)
        await supervisor.until_stopped()
    finally:
        await supervisor.stop()


if __name__ == "__main__":
    place = Path(sys.argv[1])
    try:
        with only_one(place):
            asyncio.run(run(place, set(sys.argv[2:])))
    except SupervisorError as error:
        sys.exit(str(error))

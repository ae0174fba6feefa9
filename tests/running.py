"""Real processes for tests: started, waited for and ended in one way. Whatever way the tests end, they end too."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rabta.children import die_with_parent

ROOT = Path(__file__).parent.parent
PATIENCE = 90.0  # seconds; only a test that fails waits so long
Child = subprocess.Popen[bytes]


def environment(home: Path, *, port: int, role: str = "", **more: str) -> dict[str, str]:
    """As from a fresh shell, nothing of the tests' own site: this home, these ports and, if given, this role."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("RABTA_", "DJANGO_"))}
    facts = {"RABTA_HOME": str(home), "RABTA_PORT": str(port), "RABTA_REACH": "127.0.0.0/8,::1"}
    django = {"RABTA_DB_ROLE": role, "DJANGO_SETTINGS_MODULE": "rabta.settings"} if role else {}
    return plain | facts | django | more


def start(command: list[str], *, environment: Mapping[str, str], **output: Any) -> Child:
    """Start a process in a session of its own; `output` says where stdout and stderr go."""
    return subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=die_with_parent(),
        **output,
    )


def stop(child: Child, *, number: int = signal.SIGTERM, patience: float = 20) -> int:
    """Ask the process to end; its exit code. One that does not is killed with its group, and the test fails."""
    child.send_signal(number)
    try:
        return child.wait(patience)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        raise


def wait_until(true: Callable[[], Any], *, seconds: float = PATIENCE, child: Child | None = None) -> None:
    """Return when it is true; fail when it does not become so in time, or when the child ended before."""
    until = time.monotonic() + seconds
    while not true():
        assert child is None or child.poll() is None, "the process ended"
        assert time.monotonic() < until, "it does not come about"
        time.sleep(0.05)


def ask(
    port: int,
    path: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 30,
) -> tuple[int, str]:
    """Status and body of the answer on this port; 0 and nothing when there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


def free_ports() -> int:
    """A port whose two neighbours are free as well; never the same twice, and none that another worker gives."""
    for first in _ports:
        with contextlib.ExitStack() as stack:
            try:
                for port in range(first, first + 3):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return first
    raise AssertionError("no free ports")


def _my_ports() -> Iterator[int]:
    """Below 32768, where outgoing connections get theirs; another run on this machine begins elsewhere."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 10
    mine = range(18000 + worker * 1400, 18000 + (worker + 1) * 1400 - 2, 3)
    begin = os.getpid() % len(mine)
    return iter([*mine[begin:], *mine[:begin]])


_ports = _my_ports()

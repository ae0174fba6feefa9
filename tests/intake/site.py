"""A database server and a gateway of a test's own, so that both can be stopped, killed and held still."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg

from rabta import embedded, keys
from tests.intake import bodies

DJANGO = "import django; django.setup()\n"
MIGRATE = """
import os
from pathlib import Path
from rabta.commands import database
database.create_roles(database.server(Path(os.environ["RABTA_HOME"])))
database.migrate()
"""
SETUP = """
from rabta.channels import accounts
from rabta.force.models import Level, Unit
level = Level.objects.create(name="Force", code="force", rank=0)
unit = Unit.objects.create(name="Headquarters", code="hq", level=level)
values = {"app_secret": "secret of the app", "access_token": "token", "verify_token": "word"}
app = accounts.create_credential(channel="whatsapp", name="app", values=values, hook="hook")
for name, external_id in (("First", "109876543210001"), ("Second", "109876543210002")):
    accounts.create_account(credential=app, name=name, external_id=external_id, unit=unit)
form = accounts.create_credential(channel="webform", name="form", values={}, hook="form")
"""
READ = """
import json
from django.utils import timezone
from rabta.intake import ledger
from rabta.intake.reading import Handlers, read_batch
heard = []
arrived = lambda items: heard.extend(x.item.provider_id for x in items)
nothing = lambda items: None
while read_batch(7, timezone.now(), Handlers(arrived=arrived, receipts=nothing, changed=nothing)):
    pass
print(json.dumps({"heard": heard, "ledger": ledger.balance().to_json()}))
"""


class Site:
    """A home with its own cluster. Times are generous: the machine may be busy."""

    def __init__(self, home: Path, *, setup: str = SETUP, **environment: str) -> None:
        self.home, self.port = home, free_ports()
        self.more = environment
        self.gateway: subprocess.Popen[bytes] | None = None
        keys.make(home / "keys")
        self.start_database()
        migrating = self._started(MIGRATE + setup, role="rabta_migrate")
        migrating.communicate(timeout=120)
        assert migrating.returncode == 0

    def environment(self, role: str) -> dict[str, str]:
        facts = {
            "RABTA_HOME": str(self.home),
            "RABTA_PORT": str(self.port),
            "RABTA_DB_ROLE": role,
            **self.more,
        }
        return os.environ | facts | {"DJANGO_SETTINGS_MODULE": "rabta.settings"}

    def python(self, code: str, *, role: str) -> str:
        """Run the code in a process of its own under this role; returns what it prints."""
        return self.started(code, role=role).communicate(timeout=60)[0].decode()

    def started(self, code: str, *, role: str) -> "subprocess.Popen[bytes]":
        """The same, without waiting for it."""
        return self._started(DJANGO + code, role=role)

    def _started(self, code: str, *, role: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", code]
        return subprocess.Popen(command, env=self.environment(role), stdout=subprocess.PIPE)

    def read(self) -> dict[str, Any]:
        """Read the whole journal as the worker; what was heard and the ledger."""
        told: dict[str, Any] = json.loads(self.python(READ, role="rabta_worker"))
        return told

    def sql(self, query: str) -> list[Any]:
        with psycopg.connect(embedded.dsn(self.home), autocommit=True) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []

    def start_database(self) -> None:
        embedded.start(self.home, max_connections="30", shared_buffers="32MB")

    def signal_database(self, number: int) -> None:
        """To the postmaster and all its children."""
        postmaster = int((self.home / "pg" / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for pid in (postmaster, *map(int, children)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def start_gateway(self) -> None:
        command = [sys.executable, "-m", "rabta", "gateway"]
        self.gateway = subprocess.Popen(
            command, env=self.environment("rabta_gateway"), start_new_session=True
        )
        self.wait_until(lambda: self.get("/health")[0] in (200, 503))

    def stop_gateway(self, number: int = signal.SIGTERM) -> int:
        assert self.gateway is not None
        self.gateway.send_signal(number)
        return self.gateway.wait(20)

    def close(self) -> None:
        if self.gateway is not None and self.gateway.poll() is None:
            self.stop_gateway(signal.SIGKILL)
        embedded.stop(self.home)

    def wait_until(self, true: Any, *, seconds: float = 30) -> None:
        until = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < until, "it does not come about"
            time.sleep(0.05)

    def get(self, path: str) -> tuple[int, str]:
        return self._request("GET", path, None, {})

    def post(self, raw: bytes, *, hook: str = "hook", headers: dict[str, str] | None = None) -> int:
        """Send a body to a hook, signed unless headers are given; the status, 0 without an answer."""
        signed = bodies.signed(raw) if headers is None else headers
        return self._request("POST", f"/hooks/{hook}", raw, signed)[0]

    def post_together(self, raws: list[bytes]) -> list[int]:
        with ThreadPoolExecutor(max_workers=24) as pool:
            return list(pool.map(self.post, raws))

    def raw_connection(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port + 1), timeout=20)

    def _request(self, method: str, path: str, raw: bytes | None, headers: dict[str, str]) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port + 1, timeout=30)
        try:
            connection.request(method, path, body=raw, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()


def free_ports() -> int:
    """A port whose two neighbours are free as well."""
    while True:
        with contextlib.ExitStack() as stack:
            first = stack.enter_context(socket.socket())
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                for neighbour in (port + 1, port + 2):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", neighbour))
            except (OSError, OverflowError):
                continue
            return port


@contextlib.contextmanager
def running(home: Path) -> Iterator[Site]:
    """A site with its gateway running."""
    site = Site(home)
    try:
        site.start_gateway()
        yield site
    finally:
        site.close()

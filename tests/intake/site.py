"""A database server and a gateway of a test's own, so that both can be stopped, killed and held still."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg

from rabta import embedded, keys
from rabta.supervisor import rabta_command
from tests import running as processes
from tests.conftest import HOME
from tests.ground_server import copy_cluster
from tests.intake import bodies

DJANGO = "import django; django.setup()\n"
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
        self.home, self.port = home, processes.free_ports()
        self.more = environment
        self.gateway: processes.Child | None = None
        self.wait_until = processes.wait_until
        keys.make(home / "keys")
        copy_cluster(HOME, to=home)
        self.start_database()
        filling = self.started(setup, role="rabta_migrate")
        filling.communicate(timeout=300)
        assert filling.returncode == 0

    def environment(self, role: str) -> dict[str, str]:
        return processes.environment(self.home, port=self.port, role=role, **self.more)

    def python(self, code: str, *, role: str) -> str:
        """Run the code in a process of its own under this role; returns what it prints."""
        return self.started(code, role=role).communicate(timeout=300)[0].decode()

    def started(self, code: str, *, role: str) -> processes.Child:
        """The same, without waiting for it."""
        command = [sys.executable, "-c", DJANGO + code]
        return processes.start(command, environment=self.environment(role), stdout=subprocess.PIPE)

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
        self.gateway = processes.start(
            rabta_command("gateway"), environment=self.environment("rabta_gateway")
        )
        self.wait_until(lambda: self.get("/health")[0] in (200, 503), child=self.gateway)

    def stop_gateway(self, number: int = signal.SIGTERM) -> int:
        assert self.gateway is not None
        return processes.stop(self.gateway, number=number)

    def close(self) -> None:
        if self.gateway is not None and self.gateway.poll() is None:
            self.stop_gateway(signal.SIGKILL)
        embedded.stop(self.home)

    def get(self, path: str) -> tuple[int, str]:
        return processes.ask(self.port + 1, path)

    def post(self, raw: bytes, *, hook: str = "hook", headers: dict[str, str] | None = None) -> int:
        """Send a body to a hook, signed unless headers are given; the status, 0 without an answer."""
        signed = bodies.signed(raw) if headers is None else headers
        return processes.ask(self.port + 1, f"/hooks/{hook}", method="POST", body=raw, headers=signed)[0]

    def post_together(self, raws: list[bytes]) -> list[int]:
        with ThreadPoolExecutor(max_workers=24) as pool:
            return list(pool.map(self.post, raws))

    def raw_connection(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port + 1), timeout=60)


@contextlib.contextmanager
def running(home: Path) -> Iterator[Site]:
    """A site with its gateway running."""
    site = Site(home)
    try:
        site.start_gateway()
        yield site
    finally:
        site.close()

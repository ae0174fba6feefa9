"""A whole installation in a folder of its own, with the demonstration's force and no history."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg

from rabta import embedded, keys
from rabta.children import die_with_parent
from rabta.commands import database

FILL = """
from django.utils import timezone
from rabta.demo import force, provider
from rabta.force.access import system
with system("filling the bench"):
    force.create(today=timezone.localdate())
    provider.create_accounts(simulator="http://127.0.0.1:9")
"""
DJANGO = "import django; django.setup()\n"


@dataclass(frozen=True)
class Site:
    """The installation: where it lives, its ports, and how the provider signs."""

    home: Path
    port: int
    hook: str = ""
    secret: str = ""
    number: str = ""

    @property
    def gateway(self) -> int:
        return self.port + 1

    def environment(self, role: str) -> dict[str, str]:
        """What a process of this site finds in its environment."""
        return {
            **os.environ,
            "RABTA_HOME": str(self.home),
            "RABTA_PORT": str(self.port),
            "RABTA_DEMO": "1",
            "RABTA_READERS": str(min(os.cpu_count() or 1, 4)),  # as in service
            "RABTA_DB_ROLE": role,
            "DJANGO_SETTINGS_MODULE": "rabta.settings",
        }

    def admin(self) -> "psycopg.Connection[Any]":
        """A connection past all policies, for counting."""
        return psycopg.connect(embedded.dsn(self.home), autocommit=True)

    def one(self, query: str) -> Any:
        """The first value of the first row."""
        with self.admin() as connection:
            row = connection.execute(query).fetchone()
        return row[0] if row else None

    def python(self, script: str, role: str, *arguments: str) -> str:
        """Run a script in a process of its own with Django as this role; returns what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", DJANGO + script, *arguments],
            env=self.environment(role), check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return done.stdout

    @contextlib.contextmanager
    def process(self, name: str, port: int | None = None) -> Iterator["subprocess.Popen[bytes]"]:
        """`rabta NAME`, ready when its port answers."""
        words = [sys.executable, "-m", "rabta", name]
        with running(
            words, self.environment(f"rabta_{name}"), port=port, log=self.home / f"{name}.log"
        ) as child:
            yield child

    def empty(self) -> None:
        """Throw away all that came in and went out; the force and its accounts stay."""
        kept = ("force_", "channels_", "django_", "auth_", "procrastinate_")
        with self.admin() as connection:
            rows = connection.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
                                      " AND relnamespace = 'public'::regnamespace").fetchall()  # fmt: skip
            names = [name for (name,) in rows if not name.startswith(kept)]
            connection.execute(f"TRUNCATE {', '.join(names)} CASCADE")
            connection.execute("CHECKPOINT")


@contextlib.contextmanager
def running(
    words: list[str], environment: dict[str, str], *, port: int | None, log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """A child process until the block ends; with a port, from the moment it answers there."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            words, env=environment, stdout=output, stderr=output, start_new_session=True,
            preexec_fn=die_with_parent(),
        )  # fmt: skip
        try:
            until = time.monotonic() + 90
            while port and not _answers(port):
                if child.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"{' '.join(words[2:])} does not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.05)
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(12)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextlib.contextmanager
def made(port: int) -> Iterator[Site]:
    """Make a site in a temporary folder, with PostgreSQL as it is in service (fsync on), and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="rabta-bench-") as folder:
        home = Path(folder)
        bare = Site(home=home, port=port)
        server = embedded.start(home)
        try:
            keys.make(home / "keys")
            os.environ.pop("DATABASE_URL", None)
            database.create_roles(database.server(home))
            bare.python("from django.core.management import call_command; call_command('migrate', verbosity=0)",
                        "rabta_migrate")  # fmt: skip
            bare.python(FILL, "rabta_migrate")
            yield _with_account(bare)
        finally:
            embedded.stop(home)
            if server:
                server.wait(15)


def _with_account(site: Site) -> Site:
    words = [sys.executable, "-m", "rabta", "accounts", "--json"]
    done = subprocess.run(
        words, env=site.environment("rabta_worker"), check=True, stdout=subprocess.PIPE, text=True
    )
    account = next(row for row in json.loads(done.stdout) if row["channel"] == "whatsapp")
    path = "/" + account["hook"].split("/", 3)[3]
    return Site(
        home=site.home,
        port=site.port,
        hook=path,
        secret=account["secret"],
        number=account["external_id"],
    )

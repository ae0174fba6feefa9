"""Two forces, each with its own database, keys and processes: a case goes over by HTTP, and the number comes back."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from rabta import embedded, keys
from rabta.commands.database import create_database
from tests import running
from tests.conftest import HOME
from tests.ground_server import TEMPLATE

# In the other force's processes: its own home and keys, on a database of its own in the cluster of this run.
THERE = """
from django.conf import settings
settings.DATABASES["default"] |= {{"NAME": "{database}", "HOST": "{socket}"}}
import django
django.setup()
"""
MAKE = """
from datetime import datetime, UTC
from django.db import transaction
from tests.web import small_force
from rabta.journey.posts import force_keys
with transaction.atomic():
    force = small_force.make()
    print(force_keys.make(force="sindh", by=None, now=datetime.now(UTC)))
"""
WEB = "from rabta.web.server import run\nrun()"
WORKER = """
import signal, threading
from rabta.jobs import readers, worker
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
worker.work((worker.Loop("intake", readers.read),), stop)
"""
LOOK = """
SELECT c.reference, c.waiting_why ->> 'code', m.text, h.reference, h.force FROM cases_case c
JOIN cases_message m ON m.case_id = c.id AND m.direction = 'in' JOIN cases_handed h ON h.case_id = c.id
"""


@dataclass
class Elsewhere:
    """The other force's installation."""

    home: Path
    database: str
    port: int
    key: str = ""

    def command(self, work: str) -> list[str]:
        there = THERE.format(database=self.database, socket=embedded.socket_folder(HOME))
        return [sys.executable, "-c", there + work]

    def environment(self, role: str) -> dict[str, str]:
        return running.environment(self.home, port=self.port, role=role, RABTA_SECOND_FACTOR="later")

    def does(self, work: str) -> str:
        """What a short program there prints."""
        done = subprocess.run(
            self.command(work),
            env=self.environment("rabta_migrate"),
            cwd=running.ROOT,
            capture_output=True,
            check=False,
            timeout=running.PATIENCE,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()

    def begins(self, work: str, role: str) -> running.Child:
        return running.start(self.command(work), environment=self.environment(role))

    def has(self) -> list[tuple[str, ...]]:
        """Its cases, by the word of its database: number, why it waits, the words, the number here, from whom."""
        with psycopg.connect(embedded.dsn(HOME, database=self.database)) as connection:
            return connection.execute(LOOK).fetchall()


@pytest.fixture
def elsewhere(django_db_setup: None, new_home: Callable[[], Path]) -> Iterator[Elsewhere]:
    home, port = new_home(), running.free_ports()
    keys.make(home / "keys")
    there = Elsewhere(home=home, database=f"rabta_elsewhere_{port}", port=port)
    with psycopg.connect(embedded.dsn(HOME, database="postgres"), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(1)")
        create_database(admin, there.database, template=TEMPLATE)
    children: list[running.Child] = []
    try:
        there.key = there.does(MAKE)
        children += [there.begins(WORKER, "rabta_worker"), there.begins(WEB, "rabta_web")]
        running.wait_until(lambda: running.ask(port, "/health")[0] == 200, child=children[-1])
        yield there
    finally:
        for child in children:
            if child.poll() is None:
                running.stop(child)
        with psycopg.connect(embedded.dsn(HOME, database="postgres"), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {there.database} WITH (FORCE)")


@pytest.fixture
def here(transactional_db: None) -> SimpleNamespace:
    from tests import cast

    return cast.make()


def transferred(here: SimpleNamespace, elsewhere: Elsewhere) -> Any:
    """A theft that the desk gives to the other force, to which it is joined."""
    from django.db import transaction

    from rabta import journey
    from rabta.journey.posts import neighbours
    from tests.cast import HOUR, NOW, acting
    from tests.steps.stage import theft

    with transaction.atomic():
        neighbours.join(
            force="punjab_pk",
            address=f"http://127.0.0.1:{elsewhere.port}",
            key=elsewhere.key,
            by=here.administrator,
            now=NOW,
        )
        case = theft(here)
    with transaction.atomic(), acting(here.operator) as by:
        later = NOW + HOUR
        return journey.transfer(case=case, force="punjab_pk", remark="Lahore", by=by, now=later)


def test_a_case_goes_over_and_its_number_comes_back_once_whoever_dies_in_between(
    here: SimpleNamespace, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rabta.cases.transfers import Transfer
    from rabta.jobs import handing
    from rabta.journey.ending import transferring
    from tests.cast import DAY, NOW
    from tests.steps.stage import told

    transfer = transferred(here, elsewhere)
    assert transfer.state == "waiting"

    # Dies after the other force has it, before this one has written that down.
    with monkeypatch.context() as killed:
        killed.setattr(transferring, "arrived", _dies)
        with pytest.raises(Killed):
            handing.hand_over(transfer.pk, now=NOW + DAY)
    assert Transfer.objects.get().state == "waiting"
    assert len(elsewhere.has()) == 1

    # Whatever tries again, however often: one case there, one number here, one letter.
    for _ in range(2):
        handing.hand_over(transfer.pk, now=NOW + DAY)
    transfer = Transfer.objects.select_related("case").get()
    case, words = transfer.case, "My motorcycle was stolen near Kotwali last night"
    # Over there the place lies outside, which its desk is told instead of where it came from.
    assert elsewhere.has() == [(transfer.reference, "outside", words, case.reference, "sindh")]
    assert (transfer.state, transfer.trouble, transfer.tries) == ("received", "", 1)
    assert sum(transfer.reference in said for said in told(case)) == 1


class Killed(BaseException):
    """As by SIGKILL: nothing after it is done."""


def _dies(*_words: object, **_facts: object) -> None:
    raise Killed

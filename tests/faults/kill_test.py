"""Twenty SIGKILLs over gateway, worker and relay while people write: nothing is lost, nothing happens twice.

The provider repeats and reorders webhooks; it takes every letter it gets, so a letter sent twice would arrive twice.
Watching are the simulator's own register and the database, never what a killed process said of itself.
"""

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from rabta.supervisor import rabta_command
from tests import running as processes
from tests.intake.site import Site

pytestmark = pytest.mark.faults
KILLS, AT_ONCE = 20, 10
PEOPLE = KILLS * AT_ONCE
MOMENT = (0.02, 0.25)  # seconds after they began to write
PROCESSES = ("gateway", "worker", "relay")
NUMBER = "1065400000000001"
SETUP = """
from django.utils import timezone
from rabta.demo import fill, force, provider
from rabta.force.access import system
with system("setting up a test"):
    force.create(today=timezone.localdate())
    provider.create_accounts(simulator=fill.simulator_url())
"""
CONNECT = """
from rabta.demo import fill, provider
from rabta.force.access import system
with system("setting up a test"):
    provider.connect(simulator=fill.simulator_url())
"""
LEDGER = "import json; from rabta.intake import ledger; print(json.dumps(ledger.balance().to_json()))"


class Town(Site):
    """A site of the demonstration's force, with every process of it and the simulated provider."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, setup=SETUP, RABTA_DEMO="1")
        self.children: dict[str, processes.Child] = {}
        simulator = ["simulator", "--port", str(self.port + 2), "--home", str(home / "simulator")]
        self.simulator = processes.start([sys.executable, "-m", *simulator], environment=os.environ)
        for name in PROCESSES:
            self.start(name)
        self.wait_until(lambda: self.answers("/sim/health"), child=self.simulator)
        self.wait_until(lambda: self.get("/health")[0] == 200)
        self.python(CONNECT, role="rabta_worker")

    def start(self, name: str) -> None:
        with (self.home / f"{name}.log").open("ab") as log:
            self.children[name] = processes.start(
                rabta_command(name), environment=self.environment(f"rabta_{name}"), stdout=log, stderr=log
            )

    def kill(self, name: str) -> None:
        """Without warning; its successor starts at once."""
        self.children[name].send_signal(signal.SIGKILL)
        self.children[name].wait()
        self.start(name)

    def close(self) -> None:
        for child in (*self.children.values(), self.simulator):
            child.kill()
            child.wait()
        super().close()

    def ask(self, path: str, body: Any = None, *, method: str = "GET") -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = Request(
            f"http://127.0.0.1:{self.port + 2}{path}", data=data, method=method, headers=headers
        )
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def answers(self, path: str) -> bool:
        try:
            self.ask(path)
        except OSError:
            return False
        return True

    def someone_writes(self, number: int) -> None:
        """Everybody has one matter; its text is not like any other."""
        text = f"My motorcycle was stolen near Saddar, its plate is KPK {number:05d}"
        facts = {"account": NUMBER, "from": f"92300{number:07d}", "type": "text", "text": text}
        self.ask("/sim/send", facts, method="POST")

    def quiet(self) -> bool:
        """Whether nothing waits anywhere: at the provider, in the journal, in the outbox."""
        waiting = (
            "SELECT (SELECT count(*) FROM intake_unread),"
            " (SELECT count(*) FROM outbox_delivery WHERE state IN ('queued', 'sending'))"
        )
        return self.ask("/sim/health")["pending_webhooks"] == 0 and self.sql(waiting) == [(0, 0)]


@pytest.fixture
def town(new_home: Callable[[], Path]) -> Iterator[Town]:
    town = Town(new_home())
    try:
        yield town
    finally:
        town.close()


def test_nothing_is_lost_and_nothing_happens_twice(town: Town) -> None:
    chance = random.Random(20)
    town.ask("/sim/faults", {"duplicate": 0.2, "reorder": 0.2, "retry_max_ms": 1000, "seed": 3}, method="PUT")
    with ThreadPoolExecutor(max_workers=AT_ONCE) as people:
        for kill in range(KILLS):
            town.wait_until(lambda: town.get("/health")[0] == 200)
            crowd = range(kill * AT_ONCE, (kill + 1) * AT_ONCE)
            written = [people.submit(town.someone_writes, number) for number in crowd]
            time.sleep(chance.uniform(*MOMENT))  # in the middle of it
            town.kill(PROCESSES[kill % len(PROCESSES)])
            for one in written:
                one.result()
            time.sleep(chance.uniform(0, 1))
    town.wait_until(town.quiet, seconds=180)
    time.sleep(1)  # receipts of the last letters
    town.wait_until(town.quiet, seconds=180)

    _every_message_is_there_once(town)
    _every_letter_went_once(town)
    ledger = json.loads(town.python(LEDGER, role="rabta_worker"))
    assert ledger["balanced"], ledger
    account = next(a for a in ledger["accounts"] if a["messages"])
    assert (account["messages"], account["quarantined"], account["pending"]) == (PEOPLE, 0, 0)


def _every_message_is_there_once(town: Town) -> None:
    rows = town.sql(
        "SELECT right(text, 5)::int, count(*) FROM cases_message WHERE direction = 'in' GROUP BY 1"
    )
    assert sorted(rows) == [(number, 1) for number in range(PEOPLE)]
    assert town.sql("SELECT count(*), count(DISTINCT conversation_id) FROM cases_case") == [(PEOPLE, PEOPLE)]


def _every_letter_went_once(town: Town) -> None:
    """What the provider took, by our own token, against what the outbox says of it."""
    taken = Counter(m["callback_data"] for m in town.ask("/sim/outbox?limit=100000")["messages"])
    states = {str(token): state for token, state in town.sql("SELECT token, state FROM outbox_delivery")}
    assert [token for token, times in taken.items() if times > 1] == [], "sent twice"
    assert set(taken) <= set(states), "sent without a record"
    lost = [token for token, state in states.items() if token not in taken and state != "in_doubt"]
    assert lost == [], f"lost: {[states[token] for token in lost]}"
    unsure = [token for token, state in states.items() if state == "in_doubt"]
    assert len(unsure) <= KILLS, "in doubt are the letters that a killed relay had in hand, and no others"
    assert not [token for token in unsure if token in taken], "the provider's receipts settle what it took"
    acknowledged = town.sql(
        "SELECT count(DISTINCT m.case_id) FROM cases_message m WHERE m.direction = 'out' AND m.automatic"
    )
    assert acknowledged == [(PEOPLE,)]

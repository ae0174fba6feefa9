"""`rabta check`: what is wrong with this installation, and how to mend it."""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from rabta import embedded
from rabta.commands import database
from rabta.commands.site import kind

FREE_BYTES = 2 * 1024**3
OLDEST_POSTGRES = 150000


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something wrong, and what to do about it."""

    what: str
    mend: str


Check = Callable[[Path], Iterator[Problem]]


def run(*, home: Path, deploy: bool) -> int:
    """Print each check with its outcome; returns 1 when anything is wrong."""
    wrong = 0
    for name, check in (CHECKS | DEPLOY_CHECKS if deploy else CHECKS).items():
        problems = list(check(home))
        print(f"{'WRONG' if problems else 'ok   '}  {name}")
        for problem in problems:
            print(f"       {problem.what}\n       → {problem.mend}")
        wrong += len(problems)
    print("Nothing is wrong." if not wrong else f"{wrong} to mend.")
    return 1 if wrong else 0


def folder(home: Path) -> Iterator[Problem]:
    """RABTA_HOME is there, ours, and has room."""
    if not home.exists():
        yield Problem(what=f"{home} does not exist.", mend="Run `rabta up` once, or set RABTA_HOME.")
    elif not os.access(home, os.W_OK):
        yield Problem(
            what=f"{home} can't be written to.", mend=f"Give it to this user: chown {os.getuid()} {home}"
        )
    elif (free := shutil.disk_usage(home).free) < FREE_BYTES:
        yield Problem(
            what=f"Only {free // 1024**2} MB are free under {home}.", mend="Free some space: 2 GB at least."
        )


def keys(home: Path) -> Iterator[Problem]:
    """The keys are there and only their owner can read them."""
    place = home / "keys"
    if not place.exists():
        yield Problem(
            what=f"{place} does not exist.",
            mend="Run `rabta up` once, or restore the keys from their backup.",
        )
        return
    for path in (place, *place.glob("*.key")):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            yield Problem(what=f"Others may read {path} (mode {mode:o}).", mend=f"chmod go= {path}")


def browser_files(home: Path) -> Iterator[Problem]:
    """The files that the pages load were brought in when the package was built."""
    if not (Path(__file__).parent.parent / "web/static/vendor/htmx.min.js").exists():
        yield Problem(
            what="The browser files are missing.", mend="Run `make demo` or `uv sync` in the source folder."
        )


def server(home: Path) -> Iterator[Problem]:
    """PostgreSQL answers, is new enough, and has our roles."""
    ours = database.server(home)
    if not ours.outside and not embedded.is_ready(home):
        yield Problem(
            what="The embedded PostgreSQL does not run.", mend="Start Rabta (`rabta up`) and check again."
        )
        return
    try:
        with psycopg.connect(ours.admin, connect_timeout=5) as connection:
            if connection.info.server_version < OLDEST_POSTGRES:
                yield Problem(what="PostgreSQL is too old.", mend="Use version 15 or newer.")
            rows = connection.execute("SELECT rolname FROM pg_roles").fetchall()
            missing = sorted(set(database.ROLES) - {name for (name,) in rows})
    except psycopg.OperationalError as error:
        yield Problem(
            what=f"PostgreSQL can't be reached: {error}", mend="Start it, and look at DATABASE_URL."
        )
        return
    if missing:
        yield Problem(what=f"Roles are missing: {', '.join(missing)}.", mend="Run `rabta db roles`.")


def tables(home: Path) -> Iterator[Problem]:
    """The tables are those of this version."""
    if list(server(home)):
        return
    database.use_role("rabta_migrate")
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Problem(what="The tables are older than this version.", mend="Run `rabta db migrate`.")


def real_server(home: Path) -> Iterator[Problem]:
    """In service the roles must be told apart by passwords, which the embedded server's socket does not do."""
    if not database.server(home).outside:
        yield Problem(
            what="The embedded PostgreSQL trusts whoever reaches its socket: row-level security stops no intruder.",
            mend="Set DATABASE_URL to a PostgreSQL of its own, with a password for each role.",
        )


def real_address(home: Path) -> Iterator[Problem]:
    """People and providers reach us encrypted."""
    for name in ("RABTA_URL", "RABTA_HOOKS_URL"):
        if not os.environ.get(name, "").startswith("https://"):
            yield Problem(
                what=f"{name} is not an https address.", mend=f"Set {name}=https://… (and a proxy with TLS)."
            )


def real_force(home: Path) -> Iterator[Problem]:
    """Nothing of the demonstration, and no root."""
    if os.environ.get("RABTA_DEMO") == "1" or kind(home) == "demonstration":
        yield Problem(what="This is the demonstration.", mend="Use another RABTA_HOME, without RABTA_DEMO.")
    if os.geteuid() == 0:
        yield Problem(what="Rabta runs as root.", mend="Run it as a user of its own.")


CHECKS: dict[str, Check] = {
    "folder": folder,
    "keys": keys,
    "browser files": browser_files,
    "PostgreSQL and roles": server,
    "tables": tables,
}
DEPLOY_CHECKS: dict[str, Check] = {
    "a server of its own": real_server,
    "addresses": real_address,
    "real service": real_force,
}

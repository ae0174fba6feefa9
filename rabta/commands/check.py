"""`rabta check`: what is wrong with this installation, and how to mend it."""

import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict
from ipaddress import ip_address
from pathlib import Path

import psycopg

from rabta import embedded
from rabta.commands import check_database, check_vault, database
from rabta.commands.problem import Problem
from rabta.commands.site import kind

FREE_BYTES = 2 * 1024**3
OLDEST_POSTGRES = 150000
WORDS = {"danger": "DANGER", "wrong": "WRONG ", "advice": "advice"}


Check = Callable[[Path], Iterator[Problem]]


def run(*, home: Path, deploy: bool, as_json: bool = False) -> int:
    """Print each check with its outcome; returns 1 when anything is wrong (advice alone is not)."""
    checks = CHECKS | DEPLOY_CHECKS if deploy else CHECKS
    found = {name: list(check(home)) for name, check in checks.items()}
    problems = [problem for some in found.values() for problem in some]
    wrong = sum(problem.severity != "advice" for problem in problems)
    if as_json:
        print(json.dumps({"wrong": wrong, "problems": [asdict(problem) for problem in problems]}, indent=1))
        return 1 if wrong else 0
    for name, some in found.items():
        _say(name, some)
    print("Nothing is wrong." if not wrong else f"{wrong} to mend.")
    return 1 if wrong else 0


def _say(name: str, problems: list[Problem]) -> None:
    severities = [severity for severity in WORDS if any(p.severity == severity for p in problems)]
    print(f"{WORDS[severities[0]] if severities else 'ok    '}  {name}")
    for problem in problems:
        print(f"        {problem.code}: {problem.what}\n        → {problem.mend}")


def folder(home: Path) -> Iterator[Problem]:
    """RABTA_HOME is there, ours, and has room."""
    if not home.exists():
        yield Problem(
            code="home-missing",
            what=f"{home} does not exist.",
            mend="Run `rabta up` once, or set RABTA_HOME.",
        )
    elif not os.access(home, os.W_OK):
        yield Problem(
            code="home-not-writable",
            what=f"{home} can't be written to.",
            mend=f"Give it to this user: chown {os.getuid()} {home}",
        )
    elif (free := shutil.disk_usage(home).free) < FREE_BYTES:
        yield Problem(
            code="disk-full",
            what=f"Only {free // 1024**2} MB are free under {home}.",
            mend="Free some space: 2 GB at least.",
        )


def keys(home: Path) -> Iterator[Problem]:
    """The keys are there and only their owner can read them."""
    place = home / "keys"
    if not place.exists():
        yield Problem(
            code="keys-missing",
            what=f"{place} does not exist.",
            mend="Run `rabta up` once, or restore the keys from their backup.",
        )
        return
    for path in (place, *place.glob("*.key")):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            yield Problem(
                code="keys-readable",
                severity="danger",
                what=f"Others may read {path} (mode {mode:o}).",
                mend=f"chmod go= {path}",
            )


def browser_files(home: Path) -> Iterator[Problem]:
    """The files that the pages load were brought in when the package was built."""
    if not (Path(__file__).parent.parent / "web/static/vendor/htmx.min.js").exists():
        yield Problem(
            code="browser-files-missing",
            what="The browser files are missing.",
            mend="Run `make demo` or `uv sync` in the source folder.",
        )


def server(home: Path) -> Iterator[Problem]:
    """PostgreSQL answers, is new enough, and has our roles."""
    ours = database.server(home)
    if not ours.outside and not embedded.is_ready(home):
        yield Problem(
            code="server-down",
            what="The embedded PostgreSQL does not run.",
            mend="Start Rabta (`rabta up`) and check again.",
        )
        return
    try:
        with psycopg.connect(ours.admin, connect_timeout=5) as connection:
            if connection.info.server_version < OLDEST_POSTGRES:
                yield Problem(
                    code="server-too-old", what="PostgreSQL is too old.", mend="Use version 15 or newer."
                )
            rows = connection.execute("SELECT rolname FROM pg_roles").fetchall()
            missing = sorted(set(database.ROLES) - {name for (name,) in rows})
    except psycopg.OperationalError as error:
        yield Problem(
            code="server-unreachable",
            what=f"PostgreSQL can't be reached: {error}",
            mend="Start it, and look at DATABASE_URL.",
        )
        return
    if missing:
        yield Problem(
            code="roles-missing",
            what=f"Roles are missing: {', '.join(missing)}.",
            mend="Run `rabta db roles`.",
        )


def tables(home: Path) -> Iterator[Problem]:
    """The tables are those of this version."""
    if list(server(home)):
        return
    database.use_role("rabta_migrate")
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    if database.half_way():
        yield Problem(
            code="tables-half-way",
            what="The tables are half-way to a version before the first release.",
            mend=f"Run `rabta db migrate` with {database.LAST_BEFORE} first, then with this one.",
        )
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Problem(
            code="tables-old", what="The tables are older than this version.", mend="Run `rabta db migrate`."
        )


def real_server(home: Path) -> Iterator[Problem]:
    """In service the roles must be told apart by passwords, which the embedded server's socket does not do."""
    if not database.server(home).outside:
        yield Problem(
            code="embedded-server",
            severity="danger",
            what="The embedded PostgreSQL trusts whoever reaches its socket: row-level security stops no intruder.",
            mend="Set DATABASE_URL to a PostgreSQL of its own, with a password for each role.",
        )


def real_address(home: Path) -> Iterator[Problem]:
    """People and providers reach us encrypted."""
    for name in ("RABTA_URL", "RABTA_HOOKS_URL"):
        if not os.environ.get(name, "").startswith("https://"):
            yield Problem(
                code="address-not-https",
                what=f"{name} is not an https address.",
                mend=f"Set {name}=https://… (and a proxy with TLS).",
            )


def real_force(home: Path) -> Iterator[Problem]:
    """Nothing of the demonstration, and no root."""
    if os.environ.get("RABTA_DEMO") == "1" or kind(home) == "demonstration":
        yield Problem(
            code="demonstration",
            what="This is the demonstration.",
            mend="Use another RABTA_HOME, without RABTA_DEMO.",
        )
    if os.geteuid() == 0:
        yield Problem(code="runs-as-root", what="Rabta runs as root.", mend="Run it as a user of its own.")


def keys_apart(home: Path) -> Iterator[Problem]:
    """Each process could be given only its own keys."""
    place = home / "keys"
    together = [name for name, key in _OWN_KEY.items() if (place / f"{key}.key").exists()]
    if len(together) > 1:
        yield Problem(
            code="keys-together",
            severity="advice",
            what=f"Keys of {', '.join(together)} lie in one folder: whoever becomes this user opens everything.",
            mend="Run the relay on a machine of its own, with relay.key there and nowhere else (docs/map.md, Keys).",
        )


_OWN_KEY = {"relay": "relay", "worker": "journal", "web": "django"}


def real_settings(home: Path) -> Iterator[Problem]:
    """Nothing is set that belongs to trials, and nobody reaches us past the proxy."""
    if os.environ.get("RABTA_SECOND_FACTOR") == "later":
        yield Problem(
            code="second-factors-wait",
            severity="danger",
            what="RABTA_SECOND_FACTOR=later lets second factors wait.",
            mend="Leave RABTA_SECOND_FACTOR out.",
        )
    near = _is_loopback(os.environ.get("RABTA_BIND", "127.0.0.1"))
    behind = os.environ.get("RABTA_BEHIND_PROXY") == "1"
    if not near and not behind:
        yield Problem(
            code="open-without-proxy",
            severity="danger",
            what="Pages and gateway listen beyond this machine, without TLS.",
            mend="Leave RABTA_BIND out and put a proxy with TLS before them; RABTA_BEHIND_PROXY=1 if it is elsewhere.",
        )
    if near and behind:
        yield Problem(
            code="proxy-believed",
            severity="advice",
            what="RABTA_BEHIND_PROXY=1 believes whoever names visitors; with a proxy on this machine it is not needed.",
            mend="Leave it out, unless something on this machine passes requests of others on.",
        )


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def scanner(home: Path) -> Iterator[Problem]:
    """Files are scanned before officers take them, and the scanner answers."""
    from django.conf import settings

    from rabta.files import scanner

    if not scanner.is_on():
        yield Problem(
            code="no-scanner",
            severity="advice",
            what="Documents, films and voice notes are not scanned for harmful programs.",
            mend="Install ClamAV and set RABTA_CLAMD to its socket.",
        )
    elif not scanner.answers():
        passes = "files pass unscanned" if settings.CLAMD_DOWN_PASSES else "files wait or are refused"
        yield Problem(
            code="scanner-down",
            what=f"The scanner at {settings.CLAMD} does not answer: {passes}.",
            mend="Start clamd, or set RABTA_CLAMD right. RABTA_CLAMD_DOWN decides what happens meanwhile.",
        )


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
    "settings": real_settings,
    "database roles": check_database.roles,
    "one force a server": check_database.neighbours,
    "rows and rights": check_database.rows_and_rights,
    "sign-in": check_database.sign_in,
    "the record": check_database.record,
    "keyholders": check_vault.keyholders,
    "clock": check_database.clock,
    "secrets of processes": check_database.environments,
    "keys apart": keys_apart,
    "scanner": scanner,
    "backups": check_database.backups,
}

"""`rabta check --deploy` beyond files and settings: the database, sign-in, the record, running processes."""

import csv
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg.conninfo import make_conninfo

from rabta import embedded
from rabta.commands import database
from rabta.commands.problem import Problem

SKEW_SECONDS = 2.0
HEADS_AFTER = timedelta(hours=3)
CHECKED_AFTER = timedelta(days=2)
MOST_PASSWORDS = 60  # each costs Argon2's time
RIGHTS = ("select", "insert", "update", "delete")
Database = psycopg.Connection[Any]

_TABLES = """
    SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
"""
_RIGHTS = """
    SELECT c.relname, role, r, has_table_privilege(role, c.oid, r),
      (SELECT string_agg(attname, '+' ORDER BY attname) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0
         AND NOT attisdropped AND r <> 'delete' AND has_column_privilege(role, c.oid, attname,
           CASE r WHEN 'delete' THEN 'select' ELSE r END))
    FROM pg_class c, unnest(%s::text[]) role, unnest(%s::text[]) WITH ORDINALITY AS rights (r, n)
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
    ORDER BY c.relname, role, n
"""
_MEMBER_OF = """
    SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
    WHERE u.rolname = 'rabta_smpp'
"""
_OWN_GRANTS = "SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = 'rabta_smpp'"
_STRONG = """
    SELECT rolname FROM pg_roles
    WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
"""
_OWNED = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = ANY(%s)"
_NEIGHBOURS = """
    SELECT d.datname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba
    WHERE r.rolname = 'rabta_owner' AND d.datname <> current_database() AND NOT d.datistemplate ORDER BY 1
"""
_ENCRYPTED = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
_SECOND_FACTORS = """
    SELECT DISTINCT o.username, o.name, t.role FROM force_posting p
    JOIN force_officer o ON o.id = p.officer_id JOIN force_post t ON t.id = p.post_id
    WHERE t.role = ANY(%s) AND o.is_active AND p.starts <= current_date
      AND coalesce(p.ends, current_date) >= current_date
      AND NOT EXISTS (SELECT 1 FROM mfa_authenticator a WHERE a.user_id = o.id AND a.type IN ('totp', 'webauthn'))
    ORDER BY o.username
"""


_ADMINISTRATORS = """
    SELECT count(DISTINCT o.id) FROM force_posting p JOIN force_officer o ON o.id = p.officer_id
    JOIN force_post t ON t.id = p.post_id JOIN force_unit u ON u.id = t.unit_id
    LEFT JOIN force_unit above ON above.id = u.parent_id
    WHERE t.role = 'administrator' AND o.is_active AND o.password NOT LIKE '!%' AND above.parent_id IS NULL
      AND p.starts <= current_date AND coalesce(p.ends, current_date) >= current_date
"""


def connected(home: Path) -> Database | None:
    """Our database as its administrator; None while it can't be reached (another check says so)."""
    ours = database.server(home)
    if not ours.outside and not embedded.is_ready(home):
        return None
    try:
        return psycopg.connect(make_conninfo(ours.admin, dbname=ours.database, connect_timeout=5))
    except psycopg.OperationalError:
        return None


def roles(home: Path) -> Iterator[Problem]:
    """Processes log in as roles that own nothing, and each has a password of its own."""
    inside = connected(home)
    if inside is None:
        return
    with inside:
        names = list(database.PROCESS_ROLES)
        for (name,) in inside.execute(_STRONG, [names]).fetchall():
            yield Problem(
                code="role-too-strong",
                severity="danger",
                what=f"The database role {name} may do too much.",
                mend=f"ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION;",
            )
        ((owned,),) = inside.execute(_OWNED, [names]).fetchall()
        if owned:
            yield Problem(
                code="process-owns-tables",
                severity="danger",
                what=f"{owned} tables belong to roles of processes.",
                mend="Give them to rabta_migrate (ALTER TABLE … OWNER TO rabta_migrate) and run `rabta db migrate`.",
            )
        yield from _encryption(home, inside)
    yield from _passwords(home)


def neighbours(home: Path) -> Iterator[Problem]:
    """Roles belong to the whole server of databases: another force's there opens with the passwords of this one."""
    inside = connected(home)
    if inside is None:
        return
    with inside:
        names = [name for (name,) in inside.execute(_NEIGHBOURS).fetchall()]
    if names:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        yield Problem(
            code="databases-share-roles",
            severity="danger",
            what=f"The roles of this force open {', '.join(names[:3])}{more} on the same server too.",
            mend="Give each force a PostgreSQL server (cluster) of its own; drop databases that are not needed.",
        )


def _encryption(home: Path, inside: Database) -> Iterator[Problem]:
    host = inside.info.host or ""
    near = host.startswith("/") or host in ("", "localhost", "127.0.0.1", "::1")
    ((encrypted,),) = inside.execute(_ENCRYPTED).fetchall()
    if not near and not encrypted:
        yield Problem(
            code="database-not-encrypted",
            severity="danger",
            what=f"The connection to {host} is not encrypted.",
            mend="Set PGSSLMODE=verify-full (and PGSSLROOTCERT) for every process.",
        )


def _passwords(home: Path) -> Iterator[Problem]:
    ours = database.server(home)
    if not ours.outside:
        return
    admin = unquote(urlsplit(database._text("DATABASE_URL")).password or "")
    known = {role: ours.passwords.get(role, "") for role in database.PROCESS_ROLES}
    shared = [role for role, word in known.items() if list(known.values()).count(word) > 1 or word == admin]
    if shared:
        yield Problem(
            code="passwords-shared",
            what=f"These roles have no password of their own: {', '.join(sorted(shared))}.",
            mend="Set RABTA_WEB_PASSWORD_FILE and so on for each, then run `rabta db roles`.",
        )


def rows_and_rights(home: Path) -> Iterator[Problem]:
    """Row-level security is on where it must be, and every role may do what this version grants it, and no more."""
    expected = expected_tables()
    if expected is None:
        yield Problem(
            code="grants-unknown",
            severity="advice",
            what="The list of tables and grants is not in this package.",
            mend="Install Rabta from its wheel or its source folder.",
        )
        return
    inside = connected(home)
    if inside is None:
        return
    with inside:
        protected = dict(inside.execute(_TABLES).fetchall())
        for table, row in expected.items():
            if row["rows"] == "protected" and not protected.get(table, False):
                yield Problem(
                    code="row-security-off",
                    severity="danger",
                    what=f"Row-level security is off on {table}.",
                    mend=f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
                    " then find out who turned it off.",
                )
        for table, role, found in _found_rights(inside):
            wanted = expected.get(table, {}).get(role.removeprefix("rabta_"), "")
            if found != wanted:
                yield Problem(
                    code="grants-differ",
                    severity="danger",
                    what=f"{role} may “{found or 'nothing'}” on {table}; this version grants “{wanted or 'nothing'}”.",
                    mend="Undo it with REVOKE or GRANT, and find out who changed it.",
                )
        yield from _smpp(inside)


def _smpp(inside: Database) -> Iterator[Problem]:
    """The role that sends and receives SMS has what relay and gateway have, and nothing of its own."""
    members = {name for (name,) in inside.execute(_MEMBER_OF).fetchall()}
    ((own,),) = inside.execute(_OWN_GRANTS).fetchall()
    if members != {"rabta_relay", "rabta_gateway"} or own:
        yield Problem(
            code="grants-differ",
            severity="danger",
            what="rabta_smpp is not just a member of rabta_relay and rabta_gateway.",
            mend="Run `rabta db roles`, REVOKE what else it has, and find out who changed it.",
        )


def expected_tables() -> dict[str, dict[str, str]] | None:
    """Table → how its rows are kept and what each process may do: the list that the tests hold the database to."""
    places = (Path(__file__).with_name("tables.csv"), Path(__file__).parents[2] / "tests/access/tables.csv")
    for place in places:
        if place.exists():
            return {row["table"]: row for row in csv.DictReader(place.read_text("utf-8").splitlines())}
    return None


def _found_rights(inside: Database) -> Iterator[tuple[str, str, str]]:
    """(table, role, rights) as the list writes them."""
    found: dict[tuple[str, str], list[str]] = {}
    listed = [role for role in database.PROCESS_ROLES if role != "rabta_smpp"]
    for table, role, right, whole, columns in inside.execute(_RIGHTS, [listed, list(RIGHTS)]):
        some = found.setdefault((table, role), [])
        if whole:
            some.append(right)
        elif columns:
            some.append(f"{right}({columns})")
    for (table, role), some in found.items():
        yield table, role, " ".join(some)


def sign_in(home: Path) -> Iterator[Problem]:
    """Whoever needs a second factor has one, and nobody has the demonstration's password."""
    inside = connected(home)
    if inside is None:
        return
    database.use_role("rabta_web")
    from rabta.web.accounts import policy

    strict = [role for role, line in policy.table().items() if line.second_factor]
    with inside:
        for username, name, role in inside.execute(_SECOND_FACTORS, [strict]).fetchall():
            yield Problem(
                code="second-factor-missing",
                what=f"{name} ({username}, {role}) has no second factor.",
                mend="Ask the officer to sign in: the pages lead to setting one up.",
            )
        yield from _default_passwords(inside)
        ((administrators,),) = inside.execute(_ADMINISTRATORS).fetchall()
    if administrators < 2:
        yield Problem(
            code="one-administrator",
            what=f"{administrators} administrator of the whole force can sign in: nobody has to confirm what one does.",
            mend="Appoint at least two, better three, who do not serve under each other (docs/decisions/0023).",
        )


def _default_passwords(inside: Database) -> Iterator[Problem]:
    from django.contrib.auth.hashers import check_password

    from rabta.demo.force import PASSWORD

    rows = inside.execute(
        "SELECT username, password FROM force_officer WHERE is_active AND password LIKE 'argon2%%'"
        " ORDER BY id LIMIT %s",
        [MOST_PASSWORDS],
    ).fetchall()
    known = [username for username, password in rows if check_password(PASSWORD, password)]
    if known:
        more = f" and {len(known) - 5} more" if len(known) > 5 else ""
        yield Problem(
            code="default-password",
            severity="danger",
            what=f"{', '.join(known[:5])}{more}: the demonstration's password.",
            mend="Let an administrator give them links for new ones, or deactivate these officers.",
        )


def clock(home: Path) -> Iterator[Problem]:
    """This machine and the database agree on the time: limits, postings and the record hang on it."""
    inside = connected(home)
    if inside is None:
        return
    with inside:
        ((theirs,),) = inside.execute("SELECT extract(epoch FROM clock_timestamp())").fetchall()
    apart = float(theirs) - time.time()
    if abs(apart) > SKEW_SECONDS:
        yield Problem(
            code="clock-skew",
            what=f"The database's clock is {apart:+.1f} s from this machine's.",
            mend="Let both machines follow a time server (chrony or systemd-timesyncd).",
        )


def record(home: Path) -> Iterator[Problem]:
    """The record is sealed, checked, and its heads leave the host."""
    inside = connected(home)
    if inside is None:
        return
    from rabta import settings

    local = not settings.HEADS_DIR.exists() or settings.HEADS_DIR.stat().st_dev == home.stat().st_dev
    if local and not settings.HEADS_URL:
        yield Problem(
            code="heads-stay-here",
            what="Heads of the record stay on this machine, whose owner could rewrite it.",
            mend="Set RABTA_HEADS to a folder of another machine, or RABTA_HEADS_URL to an address that keeps them.",
        )
    now = datetime.now(UTC)
    with inside:
        checked = inside.execute(
            "SELECT at, problem FROM audit_verification ORDER BY id DESC LIMIT 1"
        ).fetchone()
        head = inside.execute("SELECT at, trouble FROM audit_head ORDER BY id DESC LIMIT 1").fetchone()
        newest = inside.execute("SELECT max(at) FROM audit_block").fetchone()
    if checked and checked[1]:
        yield Problem(
            code="record-broken",
            severity="danger",
            what=f"The record is broken {checked[1]}.",
            mend="Keep the database as it is, tell oversight, and compare with heads: rabta audit verify --head FOLDER",
        )
    if not checked or now - checked[0] > CHECKED_AFTER:
        yield Problem(
            code="record-not-checked",
            what="The record was not checked for two days.",
            mend="Is the worker running? Check by hand: rabta audit verify",
        )
    stale = head is not None and newest is not None and newest[0] and newest[0] - head[0] > HEADS_AFTER
    if head is None or head[1] or stale:
        yield Problem(
            code="heads-do-not-leave",
            what=f"No head left lately{': ' + head[1] if head and head[1] else '.'}",
            mend="Look at the folder of RABTA_HEADS and at the address of RABTA_HEADS_URL, and at the worker's log.",
        )


def environment_of(pid: int) -> dict[str, str]:
    """The environment of a running process of ours; empty where the system does not tell."""
    try:
        words = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return {}
    return dict(word.split("=", 1) for word in words if "=" in word)


def environments(home: Path) -> Iterator[Problem]:
    """No process has another's password in its environment."""
    for file in sorted((home / "run").glob("*.pid")):
        name = file.stem
        if name not in ("gateway", "web", "worker", "relay", "smpp"):
            continue
        text = file.read_text().strip()
        found = environment_of(int(text)) if text.isdigit() else {}
        foreign = sorted(key for key in found if _is_foreign(key, found[key], name))
        if foreign:
            yield Problem(
                code="secrets-shared",
                what=f"{name} has secrets of others in its environment: {', '.join(foreign)}.",
                mend=f"Start it with `rabta up`, or give `rabta {name}` only what is its own.",
            )


def _is_foreign(key: str, value: str, process: str) -> bool:
    base = key.removesuffix("_FILE")
    if base.startswith("RABTA_") and base.endswith("_PASSWORD"):
        return base != f"RABTA_{process.upper()}_PASSWORD"
    if base == "RABTA_SECRET_KEY":
        return process != "web"
    return key == "DATABASE_URL_FILE" or (key == "DATABASE_URL" and bool(urlsplit(value).password))


def backups(home: Path) -> Iterator[Problem]:
    """There is a backup, and it is not older than a day."""
    folder = os.environ.get("RABTA_BACKUPS", "")
    if not folder:
        yield Problem(
            code="backups-unknown",
            severity="advice",
            what="Where backups are kept is not said: their age is unknown.",
            mend="Set RABTA_BACKUPS to the folder that `rabta backup` writes to.",
        )
        return
    times = [path.stat().st_mtime for path in Path(folder).glob("rabta-*/manifest.json")]
    if not times or time.time() - max(times) > 86400:
        yield Problem(
            code="backup-old",
            what=f"No backup in {folder} is younger than a day.",
            mend=f"Run `rabta backup {folder}` each night, from a timer.",
        )

"""Roles, database and migrations: `rabta db roles` and `rabta db migrate`.

| role | what for | sees past row-level security |
|---|---|---|
| rabta_owner | owns the database | yes |
| rabta_migrate | runs the migrations, owns the tables | yes |
| rabta_backup | reads everything for `rabta backup` | yes |
| rabta_web, rabta_worker, rabta_relay, rabta_gateway | one a process, with the rights that migrations grant | no |
| rabta_smpp | sends and receives: a member of relay and gateway | no |
| rabta_search | owns the search function; nobody can log in as it | yes |
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from rabta import embedded

PROCESS_ROLES = ("rabta_web", "rabta_worker", "rabta_relay", "rabta_gateway", "rabta_smpp")
ROLES = {
    "rabta_owner": "NOLOGIN BYPASSRLS",
    "rabta_migrate": "LOGIN BYPASSRLS",
    "rabta_backup": "LOGIN BYPASSRLS",
    "rabta_search": "NOLOGIN BYPASSRLS",
    **dict.fromkeys(PROCESS_ROLES, "LOGIN NOBYPASSRLS"),
}
LAST_BEFORE = "the last version that has rabta/cases/migrations/0015_fir.py"
_LOCK = 727_222_001  # two machines that start at once take turns


class DatabaseError(Exception):
    """The database can't be prepared; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """How the server is reached with the right to create roles, and which database is ours."""

    admin: str
    database: str
    passwords: Mapping[str, str] = field(default_factory=dict)
    outside: bool = False

    def dsn(self, role: str) -> str:
        """Connection string to our database as `role`."""
        password = {"password": self.passwords[role]} if self.passwords.get(role) else {}
        return make_conninfo(self.admin, user=role, dbname=self.database, **password)


def server(home: Path) -> Server:
    """The outside server of DATABASE_URL, or the embedded one (whose socket needs no passwords)."""
    url = _text("DATABASE_URL")
    if not url:
        admin = embedded.dsn(home, database="postgres")
        return Server(admin=admin, database=embedded.DATABASE)
    parts = urlsplit(url)
    common = unquote(parts.password or "")
    passwords = {role: _text(f"{role.upper()}_PASSWORD") or common for role in ROLES}
    admin = parts._replace(path="/postgres").geturl()
    return Server(admin=admin, database=parts.path.lstrip("/") or "rabta", passwords=passwords, outside=True)


def create_roles(server: Server) -> list[str]:
    """Create the roles and the database that are missing, and set their rights; returns the names created.

    Safe to repeat. Raises DatabaseError when the server is not reachable or the user may not create roles.
    """
    try:
        with psycopg.connect(server.admin, autocommit=True) as admin:
            admin.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            made = _make_roles(admin, server.passwords)
            made += create_database(admin, server.database)
        with psycopg.connect(server.admin, dbname=server.database, autocommit=True) as inside:
            _grant(inside, server.database)
    except psycopg.OperationalError as error:
        raise DatabaseError(f"PostgreSQL can't be reached: {error}") from None
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseError(
            f"The user of DATABASE_URL may not do this ({error.diag.message_primary}). "
            "Run `rabta db roles` once as a superuser."
        ) from None
    return made


def create_database(admin: psycopg.Connection, name: str, *, template: str = "template0") -> list[str]:
    """Create database `name` owned by rabta_owner unless it is there; returns the names created."""
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return []
    words = sql.SQL("CREATE DATABASE {} OWNER rabta_owner TEMPLATE {}")
    admin.execute(words.format(sql.Identifier(name), sql.Identifier(template)))
    return [name]


def _make_roles(admin: psycopg.Connection, passwords: Mapping[str, str]) -> list[str]:
    present = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles").fetchall()}
    for role, rights in ROLES.items():
        if role not in present:
            admin.execute(sql.SQL("CREATE ROLE {} " + rights).format(sql.Identifier(role)))
        if passwords.get(role) and "NOLOGIN" not in rights:
            words = sql.SQL("ALTER ROLE {} PASSWORD {}")
            admin.execute(words.format(sql.Identifier(role), sql.Literal(passwords[role])))
    admin.execute("GRANT rabta_owner, rabta_search TO rabta_migrate")
    admin.execute("GRANT rabta_relay, rabta_gateway TO rabta_smpp")
    admin.execute("GRANT pg_read_all_data TO rabta_backup")
    return [role for role in ROLES if role not in present]


def _grant(inside: psycopg.Connection, database: str) -> None:
    """Rights on the database and on what the migrations will make in it."""
    name = sql.Identifier(database)
    processes = sql.SQL(", ".join(PROCESS_ROLES))
    inside.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    inside.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, rabta_migrate, rabta_backup").format(name, processes)
    )
    inside.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    inside.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}, rabta_backup").format(processes))
    inside.execute("GRANT USAGE, CREATE ON SCHEMA public TO rabta_search, rabta_migrate")


def migrate(*, verbosity: int = 0) -> None:
    """Bring the tables to this version, as rabta_migrate. Call before Django is loaded in the process.

    Raises DatabaseError when an older version left them half-way.
    """
    use_role("rabta_migrate")
    os.environ["PGOPTIONS"] = "-c lock_timeout=10s"
    from django.core.management import call_command

    apps = half_way()
    if apps:
        raise DatabaseError(
            f"The tables of {', '.join(apps)} are half-way to a version before the first release. "
            f"Run `rabta db migrate` with {LAST_BEFORE} first, then with this one."
        )
    call_command("migrate", interactive=False, verbosity=verbosity)


def half_way() -> list[str]:
    """Apps whose tables were made by some, but not all, of the migrations that this version's replace."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    loader = MigrationLoader(connection, load=False)
    loader.load_disk()
    done = set(MigrationRecorder(connection).applied_migrations())
    return sorted(
        {
            key[0]
            for key, migration in loader.disk_migrations.items()
            if done.intersection([key, *migration.replaces]) and not done.issuperset(migration.replaces)
        }
    )


def use_role(role: str) -> None:
    """Load Django so that this process talks to the database as `role`."""
    os.environ["RABTA_DB_ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rabta.settings")
    import django

    django.setup()


def _text(name: str) -> str:
    """The variable NAME, or the content of the file that NAME_FILE names."""
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text().strip() if file else os.environ.get(name, "")

"""`rabta prepare`: what `up` and `demo` do between the start of PostgreSQL and that of the processes.

Progress goes to standard error; the last line of standard output is JSON with what there is to tell in the end.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rabta.commands import database
from rabta.commands.site import home_from_environment


def run() -> int:
    """Create roles, database, tables and keys; fill the demonstration, or make the first administrator's link."""
    home = home_from_environment()
    server = database.server(home)
    try:
        with _step("roles"):
            database.create_roles(server)
        with _step("keys"):
            _make_keys(home / "keys")
        with _step("tables"):
            database.migrate()
    except database.DatabaseError as error:
        print(error, file=sys.stderr)
        return 1
    with contextlib.redirect_stdout(sys.stderr):
        welcome = _demonstration() if os.environ.get("RABTA_DEMO") == "1" else _first_administrator()
    print(json.dumps(welcome))
    return 0


def _make_keys(folder: Path) -> None:
    """Before Django reads the settings: they take the secret key from there."""
    from rabta import keys

    keys.make(folder)


def _demonstration() -> dict[str, object]:
    """Fill an empty database; returns a login for each role."""
    from rabta.demo import fill
    from rabta.force.models import Unit

    if not Unit.objects.exists():
        with _step("demonstration force"):
            fill.fill(progress=_say)
    return {"logins": [list(map(str, row)) for row in fill.logins()], "phones": fill.phones()}


def _first_administrator() -> dict[str, object]:
    """The one-time link while there is no administrator."""
    from django.conf import settings

    from rabta.force import setup

    return {"link": setup.first_administrator_link(base_url=settings.BASE_URL)}


@contextlib.contextmanager
def _step(name: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    _say(f"{name} ({time.monotonic() - started:.1f} s)")


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)

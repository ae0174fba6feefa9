"""The PostgreSQL of a test run: its own process, started by pytest's first process, ended with it.

Started with a home folder as its argument it makes a cluster there, migrates a template database and waits. What
the tests then know is in `home/template`: the word `ready`, or why there is none.
"""

import os
import signal
import sys
import traceback
from pathlib import Path

from rabta import embedded, keys
from rabta.commands import database

TEMPLATE = "rabta_template"
# A cluster that is thrown away need not survive a power cut.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def main(home: Path) -> None:
    """Make the template database, say so, and wait for SIGTERM."""
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    told = home / "template"
    try:
        embedded.start(home, **QUICK)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, stop)
        _make_template(home)
        signal.pthread_sigmask(signal.SIG_BLOCK, stop)
        _tell(told, "ready")
        signal.sigwait(stop)
    except Exception:
        _tell(told, traceback.format_exc())
        raise
    finally:
        embedded.stop(home)


def _make_template(home: Path) -> None:
    server = database.server(home)
    database.create_roles(server)
    keys.make(home / "keys")
    database.migrate()
    from django.db import connections

    connections.close_all()
    import psycopg

    with psycopg.connect(server.admin, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {embedded.DATABASE} RENAME TO {TEMPLATE}")
        # Tests run as rabta_migrate and take the part of a process with SET ROLE.
        roles = ", ".join(database.PROCESS_ROLES)
        admin.execute(f"GRANT {roles} TO rabta_migrate WITH INHERIT FALSE, SET TRUE")


def _tell(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text)
    new.rename(path)


if __name__ == "__main__":
    os.environ["RABTA_HOME"] = sys.argv[1]
    main(Path(sys.argv[1]))

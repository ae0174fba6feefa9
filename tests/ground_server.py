"""The PostgreSQL of a test run: its own process, started by pytest's first process, ended with it.

Started with a home folder as its argument it makes a cluster there, migrates a template database and waits. What
the tests then know is in `home/template`: the word `ready`, or why there is none. Beside it are copies of the whole
cluster for tests that need a server of their own (`copy_cluster`): `home/cluster` with roles and empty tables,
`home/fresh` as `initdb` made it.
"""

import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Literal

from rabta import embedded, keys
from rabta.commands import database
from tests import ground_kept

TEMPLATE = "rabta_template"
# A cluster that is thrown away need not survive a power cut.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}


def main(home: Path) -> None:
    """Make the template database, say so, and wait for SIGTERM."""
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    told = home / "template"
    try:
        if ground_kept.take(home):
            ground_kept.copy(home / "cluster", embedded.cluster_folder(home))
        else:
            _make_clusters(home, stop)
        embedded.start(home, **QUICK)
        _make_template(home)
        _tell(told, "ready")
        signal.sigwait(stop)
    except Exception:
        _tell(told, traceback.format_exc())
        raise
    finally:
        embedded.stop(home)


def wait_until_ready(home: Path) -> None:
    """Return when template and cluster are made; TimeoutError or RuntimeError says why they are not."""
    told, until = home / "template", time.monotonic() + 300
    while not told.exists():
        if time.monotonic() > until:
            raise TimeoutError((home / "server.log").read_text()[-3000:])
        time.sleep(0.05)
    if told.read_text() != "ready":
        raise RuntimeError(told.read_text())


def copy_cluster(home: Path, *, to: Path, kind: Literal["cluster", "fresh"] = "cluster") -> None:
    """Give the home `to` a cluster of this kind: seconds less than to make one, ten less than to migrate one."""
    wait_until_ready(home)
    ground_kept.copy(home / kind, embedded.cluster_folder(to))


def _make_clusters(home: Path, stop: set[signal.Signals]) -> None:
    embedded.prepare(home)
    ground_kept.copy(embedded.cluster_folder(home), home / "fresh")
    embedded.start(home, **QUICK)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, stop)
    _make_tables(home)
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    embedded.stop(home)
    ground_kept.copy(embedded.cluster_folder(home), home / "cluster")
    ground_kept.keep(home)


def _make_tables(home: Path) -> None:
    database.create_roles(database.server(home))
    keys.make(home / "keys")
    database.migrate()
    from django.db import connections

    connections.close_all()


def _make_template(home: Path) -> None:
    import psycopg

    server = database.server(home)
    with psycopg.connect(server.admin, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {embedded.DATABASE} RENAME TO {TEMPLATE}")
        # Tests run as rabta_migrate and take the part of a process with SET ROLE.
        roles = ", ".join(database.PROCESS_ROLES)
        admin.execute(f"GRANT {roles} TO rabta_migrate WITH INHERIT FALSE, SET TRUE")
        admin.execute("GRANT SET ON PARAMETER session_replication_role TO rabta_migrate")  # tests/emptying.py


def _tell(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text)
    new.rename(path)


if __name__ == "__main__":
    os.environ["RABTA_HOME"] = sys.argv[1]
    main(Path(sys.argv[1]))

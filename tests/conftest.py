"""Ground for all tests: a real PostgreSQL for the run, a clone of one migrated database for each worker.

Tests set up as `rabta_migrate`, which sees everything, and look as the role of a process: `with as_role("rabta_web"):`.
Nobody is superuser. Only the loopback network can be reached. Warnings are errors. See `tests/ground_server.py`.
"""

import contextlib
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.figures import figure  # noqa: F401 - a fixture for all tests

# Tests start many processes; containers that forbid compiled modules would have each compile everything anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if not WORKER:
    os.environ["RABTA_HOME"] = tempfile.mkdtemp(prefix="rabta-test-")
    for name in (
        "DATABASE_URL",
        "DATABASE_URL_FILE",
        "RABTA_DEMO",
        "RABTA_PORT",
        "RABTA_URL",
        "RABTA_HOOKS_URL",
    ):
        os.environ.pop(name, None)
HOME = Path(os.environ["RABTA_HOME"])
os.environ["RABTA_DB_ROLE"] = "rabta_migrate"
os.environ["RABTA_REACH"] = (
    "127.0.0.0/8,::1"  # the stand-ins of providers; tests/channels/reach_test.py goes without
)
os.environ["RABTA_SECOND_FACTOR"] = "later"  # what may not wait in service is tried in tests/web/accounts
os.environ["DJANGO_SETTINGS_MODULE"] = "rabta.settings"

hypothesis.settings.register_profile("rabta", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("rabta")

LONGEST = (
    "tests/journeys/newcomer_test.py",
    # The other workers do what asks for no database while that is being made.
    "tests/rules/words_test.py",
    "tests/channels/contract_test.py",
    "tests/shape/",
    "tests/faults/",
    "tests/web/silent_test.py",
    "tests/intake/replay_test.py",
    "tests/web/matrix_test.py",
    "tests/journeys/life_test.py",
    "tests/security/",
    "tests/web/desk/day_test.py",
    "tests/web/officer/browser_test.py",
    "tests/vault/browser_test.py",
    "tests/web/routes_test.py",
    "tests/web/api/schema_test.py",
    "tests/intake/gateway_test.py",
    "tests/journeys/",
    "tests/web/desk/browser_test.py",
    "tests/web/desk/composer_test.py",
    "tests/channels/sms/",
    "tests/channels/email/",
    "tests/web/server/",
    "tests/web/live/",
    "tests/simulator/test_phone_page.py",
    "tests/ground/",
    "tests/outbox/",
    "tests/access/",
)
AsRole = Callable[[str], contextlib.AbstractContextManager[None]]


def pytest_configure(config: pytest.Config) -> None:
    """Start the server beside the collection; whoever needs it first waits for it. Then load Django."""
    from rabta import keys

    if not WORKER:
        keys.make(HOME / "keys")
        _start_server(config)
    import django
    from django.conf import settings

    django.setup()
    gc.set_threshold(50_000, 20, 100)  # a tenth of the time went into looking through what Django keeps
    settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2"]


def _start_server(config: pytest.Config) -> None:
    from tests import running

    command = [sys.executable, "-m", "tests.ground_server", str(HOME)]
    with (HOME / "server.log").open("wb") as log:
        config.ground_server = running.start(  # type: ignore[attr-defined]
            command, environment=os.environ, stdout=log, stderr=log
        )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files come first, so that no worker is left alone with one in the end.

    What drives a browser has a second try, which the summary tells (`RERUN`): look into each, as into a failure. What
    holds a promise (`security`) or kills processes (`faults`) has none.
    """

    def place(item: pytest.Item) -> int:
        return next((n for n, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST))

    items.sort(key=place)
    for item in items:
        marked = {mark.name for mark in item.iter_markers()}
        if "browser" in marked and not marked & {"security", "faults"}:
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove its folder."""
    from tests import running

    server = getattr(config, "ground_server", None)
    if server is None:
        return
    with contextlib.suppress(subprocess.TimeoutExpired):  # killed then
        running.stop(server, patience=10)
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: object) -> None:
    """Instead of pytest-django's own: this worker's database is a clone of the migrated template."""
    import psycopg
    from django.conf import settings
    from django.db import connections
    from django.test import TransactionTestCase

    from rabta import embedded
    from rabta.commands.database import create_database
    from tests.emptying import empty_tables
    from tests.ground_server import TEMPLATE, wait_until_ready

    try:
        wait_until_ready(HOME)
    except (TimeoutError, RuntimeError) as error:
        pytest.exit(f"The test database could not be made:\n{error}")
    name = f"rabta_{WORKER or 'main'}"
    with psycopg.connect(embedded.dsn(HOME, database="postgres"), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(1)")  # a template is copied by one at a time
        create_database(admin, name, template=TEMPLATE)
    settings.DATABASES["default"]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name
    TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def web(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """A web process on this worker's database, for all files that ask for one: it starts and warms up once."""
    from tests.web import processes

    with django_db_blocker.unblock(), processes.web() as process:
        yield process


@pytest.fixture
def as_role() -> AsRole:
    """`with as_role("rabta_web"):` — the connection of the test has only the rights of that role."""

    @contextlib.contextmanager
    def acting(role: str) -> Iterator[None]:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {role}")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")

    return acting


@pytest.fixture(scope="session")
def new_home() -> Callable[[], Path]:
    """Makes folders for sites of their own. (Not tmp_path: pytest closes the folder above it to PostgreSQL's user.)"""
    return lambda: Path(tempfile.mkdtemp(prefix="site-", dir=HOME))


@pytest.fixture(scope="session")
def axe_script() -> str:
    """The source of axe-core, for the accessibility tests."""
    return (Path(__file__).parent.parent / "node_modules/axe-core/axe.min.js").read_text()

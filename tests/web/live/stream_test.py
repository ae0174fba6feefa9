"""`/live` with a real web process and a real tailer: who hears of what, how soon, and when it ends."""

import http.client
import queue
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from rabta import embedded
from rabta.audit.settled import SETTLED
from rabta.cases.models import Case
from rabta.force.models import Officer, Posting
from tests.conftest import HOME
from tests.web import processes, small_force

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 30.0  # only a test that fails waits so long; less than `live.RECHECK_SECONDS`
SILENCE = 0.7


class Stream:
    """An open page: what it hears, read in a thread."""

    def __init__(self, port: int, officer: Officer | None) -> None:
        self.heard: queue.Queue[tuple[str, str, float]] = queue.Queue()
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Cookie": f"rabta_session={sign_in(officer)}"} if officer else {}
        self.connection.request("GET", "/live", headers=headers)
        self.socket = self.connection.sock
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.ended = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        if self.status == 200:
            self.response.readline()  # the first line comes when the stream is listed
            self.reader.start()

    def _read(self) -> None:
        name = ""
        try:
            while line := self.response.readline().decode():
                if line.startswith("event: "):
                    name = line[7:].strip()
                elif line.startswith("data: "):
                    self.heard.put((name, line[6:].strip(), time.monotonic()))
        except (OSError, http.client.HTTPException, ValueError):
            pass
        finally:
            self.ended.set()
            self.response.close()
            self.connection.close()

    def hears(self, name: str, data: str, *, within: float = SOON) -> float:
        """When it came; fails when it does not."""
        until = time.monotonic() + within
        while True:
            try:
                what, which, at = self.heard.get(timeout=max(0.001, until - time.monotonic()))
            except queue.Empty:
                pytest.fail(f"never heard {name} {data}")
            if (what, which) == (name, data):
                return at

    def is_silent(self, seconds: float = SILENCE) -> bool:
        """Nothing at all comes for a while."""
        try:
            heard = self.heard.get(timeout=seconds)
        except queue.Empty:
            return True
        pytest.fail(f"heard {heard}")

    def close(self) -> None:
        """Leave."""
        if self.status == 200 and not self.ended.is_set():
            self.socket.shutdown(socket.SHUT_RDWR)
            self.reader.join(10)
        self.connection.close()


def sign_in(officer: Officer) -> str:
    """The key of a new session, as after the login page."""
    session = SessionStore()
    session[SESSION_KEY] = str(officer.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = officer.get_session_auth_hash()
    session.create()
    assert session.session_key
    return session.session_key


@pytest.fixture
def force() -> SimpleNamespace:
    return small_force.make()


@pytest.fixture
def streams(
    force: SimpleNamespace, web: processes.Process, tailing: processes.Process
) -> Iterator[SimpleNamespace]:
    """Operator, and the officers in charge of North and South, with open pages."""
    port = web.port
    opened = SimpleNamespace(
        operator=Stream(port, force.operator),
        north=Stream(port, force.sho_north),
        south=Stream(port, force.sho_south),
        port=port,
    )
    yield opened
    for stream in (opened.operator, opened.north, opened.south):
        stream.close()


def test_a_page_hears_of_its_own_cases_and_of_no_others(
    force: SimpleNamespace, streams: SimpleNamespace
) -> None:
    own = small_force.case(desk=force.hq, seen_by=[force.hq, force.north], account=force.account)
    small_force.order(own, force.sho_north)
    small_force.happens(own)
    streams.operator.hears("case", own.public_id)
    streams.north.hears("case", own.public_id)
    streams.north.hears("order", own.public_id)
    assert streams.south.is_silent()


def test_an_accusation_makes_no_sound_at_the_accused_unit(
    force: SimpleNamespace, streams: SimpleNamespace
) -> None:
    withheld = small_force.case(
        desk=force.hq,
        seen_by=[force.hq],
        account=force.account,
        withheld="accusation",
        accused_unit=force.north,
    )
    small_force.happens(withheld)
    streams.operator.hears("case", withheld.public_id)
    assert streams.north.is_silent()
    assert streams.south.is_silent()


def test_nobody_listens_without_a_session_or_a_posting(
    force: SimpleNamespace, streams: SimpleNamespace
) -> None:
    idle = Officer.objects.create(username="idle", name="Idle", password="!")
    for officer in (None, idle):
        stream = Stream(streams.port, officer)
        stream.close()
        assert stream.status == 401


def test_the_stream_closes_when_the_posting_ends(force: SimpleNamespace, streams: SimpleNamespace) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Posting.objects.filter(officer=force.sho_north).update(ends=yesterday)
    assert streams.north.ended.wait(SOON)
    assert not streams.south.ended.is_set()


def test_the_stream_closes_when_the_officer_signs_out(
    force: SimpleNamespace, streams: SimpleNamespace
) -> None:
    stream = Stream(streams.port, force.sho_south)
    newest = SessionStore.get_model_class().objects.order_by("-expire_date").first()
    assert newest is not None
    newest.delete()
    assert stream.ended.wait(SOON)  # by the database's word: the next look is a minute away
    stream.close()


def test_changes_are_heard_soon(force: SimpleNamespace, streams: SimpleNamespace) -> None:
    delays = []
    for _ in range(20):
        case = small_force.case(desk=force.hq, seen_by=[force.hq], account=force.account)
        small_force.happens(case)
        tellable = tellable_at(case)
        delays.append(streams.operator.hears("case", case.public_id) - tellable)
        time.sleep(0.26)  # one piece of news at a time: what waits for the one before is not what is measured
    delays.sort()
    assert delays[len(delays) // 2] < 0.3, delays  # the p95 is measured by `make bench`, on a quiet machine


def tellable_at(case: Case) -> float:
    """When no older transaction was open any more."""
    question = f"SELECT bool_and(tx < {SETTLED}) FROM cases_event WHERE case_id = %s"
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(question, [case.pk])
            if cursor.fetchone() == (True,):
                return time.monotonic()
        time.sleep(0.005)
    raise AssertionError("an older transaction stayed open for thirty seconds")


CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE usename IN ('rabta_web', 'rabta_worker') AND datname = %s
"""


def test_an_open_desk_outlives_a_database_that_went_away(
    force: SimpleNamespace, streams: SimpleNamespace
) -> None:
    """The lines of both processes to the database are cut: they come back, and the page is told to look anew."""
    with psycopg.connect(embedded.dsn(HOME, database="postgres"), autocommit=True) as admin:
        row = admin.execute(CUT, [connection.settings_dict["NAME"]]).fetchone()
    assert row is not None
    assert row[0] >= 2
    streams.operator.hears("refresh", "", within=30)
    case = small_force.case(desk=force.hq, seen_by=[force.hq], account=force.account)
    until = time.monotonic() + 30
    while streams.operator.heard.empty() or streams.operator.heard.get()[:2] != ("case", case.public_id):
        assert time.monotonic() < until, "changes are not told any more"
        small_force.happens(case)
        time.sleep(0.2)

"""The web process as a browser, a bad line and a slow reader meet it."""

import contextlib
import gzip
import http.client
import select
import signal
import socket
import time
from collections.abc import Iterator

import pytest

from tests.web import processes

pytestmark = pytest.mark.django_db(transaction=True)


def ask(
    port: int, method: str = "GET", path: str = "/login/", **words: object
) -> tuple[int, str, dict[str, str]]:
    """Status, body (unpacked where it went packed) and headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, **words)  # type: ignore[arg-type]
    answer = connection.getresponse()
    content = answer.read()
    body = (gzip.decompress(content) if answer.headers["Content-Encoding"] == "gzip" else content).decode(
        errors="replace"
    )
    connection.close()
    return answer.status, body, {name.lower(): value for name, value in answer.getheaders()}


def open_post(port: int, length: int, sent: bytes) -> socket.socket:
    """A POST that announces more than it sends."""
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    head = f"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\n"
    line.sendall(head.encode() + sent)
    return line


def test_pages_static_files_and_health_are_served(web: processes.Process) -> None:
    assert ask(web.port)[0] == 200
    assert ask(web.port, path="/health")[:2] == (200, "ok\n")
    status, body, headers = ask(web.port, path="/static/favicon.svg")
    assert (status, headers["content-type"]) == (200, "image/svg+xml")
    assert body.startswith("<svg")
    again = ask(web.port, path="/static/favicon.svg", headers={"If-None-Match": headers["etag"]})
    assert again[:2] == (304, "")
    _status, small, headers = ask(web.port, path="/static/favicon.svg", headers={"Accept-Encoding": "gzip"})
    assert (small, headers["content-encoding"], headers["vary"]) == (body, "gzip", "Accept-Encoding")
    assert int(headers["content-length"]) < len(body)
    part = {"Accept-Encoding": "gzip", "Range": "bytes=0-3"}
    assert ask(web.port, path="/static/favicon.svg", headers=part)[:2] == (206, body[:4])
    assert ask(web.port, path="/static/../settings.py")[0] == 404


@pytest.mark.parametrize("path", ["/login/?next=/م".encode(), b"/login/?next=\xff", b"/\xff", b"/login/%ff"])
def test_an_address_with_bare_bytes_is_answered(web: processes.Process, path: bytes) -> None:
    with socket.create_connection(("127.0.0.1", web.port), timeout=30) as line:
        line.sendall(b"GET " + path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert line.recv(65536).split()[1] in (b"200", b"400", b"404")


def test_head_has_no_body(web: processes.Process) -> None:
    status, body, _ = ask(web.port, method="HEAD")
    assert (status, body) == (200, "")


def test_a_body_over_the_limit_is_refused_in_the_readers_language(web: processes.Process) -> None:
    status, body, headers = ask(web.port, "POST", body=b"x" * 3_500_000, headers={"Accept-Language": "en"})
    assert status == 413
    assert "too large" in body
    assert headers["connection"] == "close"
    status, body, _ = ask(web.port, "POST", "/api/v1/cases", body=b"x" * 3_500_000)
    assert (status, body[0]) == (413, "{")


def test_a_body_without_length_has_the_same_limit(web: processes.Process) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(60):
            yield b"x" * 65536

    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)) as connection:
        try:
            connection.request("POST", "/login/", body=endless(), encode_chunked=True)
            assert connection.getresponse().status == 413
        except (BrokenPipeError, ConnectionResetError):
            pass  # it was shown the door while it still sent
    assert ask(web.port)[0] == 200


def test_stalled_uploads_do_not_hang_the_pages_and_end(web: processes.Process) -> None:
    stalled = [
        open_post(web.port, 1_000_000, b"half a photo") for _ in range(30)
    ]  # more than there are threads
    assert ask(web.port)[0] == 200
    assert not select.select(stalled, [], [], 0)[0], "the page came only when the uploads had been given up"
    assert stalled[0].recv(65536).decode().startswith("HTTP/1.1 408")
    for line in stalled:
        line.close()


def test_an_upload_that_is_cut_off_never_reaches_a_view(web: processes.Process) -> None:
    from django.contrib.sessions.models import Session

    # A view that ran would have answered; here even a whole CSRF check must not happen.
    before = Session.objects.count()
    line = open_post(web.port, 500_000, b"username=operator&password=")
    line.shutdown(socket.SHUT_WR)  # he still listens, and is told
    answer = line.recv(65536).decode()
    assert answer.startswith("HTTP/1.1 408") and "The upload stopped half-way" in answer
    line.close()
    assert Session.objects.count() == before


def test_a_reader_who_takes_nothing_holds_no_thread(web: processes.Process) -> None:
    lines = []
    for _ in range(40):
        line = socket.create_connection(("127.0.0.1", web.port), timeout=30)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        line.sendall(b"GET /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        lines.append(line)
    started = time.monotonic()
    assert ask(web.port)[0] == 200
    assert time.monotonic() - started < 5
    for line in lines:
        line.close()


def test_it_stops_when_asked(django_db_setup: None) -> None:
    with processes.web() as process:
        process.child.send_signal(signal.SIGTERM)
        assert process.child.wait(20) == 0

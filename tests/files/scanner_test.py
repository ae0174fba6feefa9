"""A scanner that speaks clamd's language is asked about every upload; what it finds is refused by name."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rabta.channels.contract import Trouble
from rabta.commands import check
from rabta.files import checks, scanner
from rabta.jobs import media

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
Clamd = Callable[..., list[bytes]]


@pytest.fixture
def clamd(settings: Any, tmp_path: Path) -> Iterator[Clamd]:
    """`clamd()` starts one; it keeps what it was sent. With `says`, it answers that to everything."""
    servers = []

    def start(says: bytes = b"") -> list[bytes]:
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(tmp_path / f"clamd{len(servers)}"))
        server.listen()
        got: list[bytes] = []
        threading.Thread(target=_serve, args=(server, got, says), daemon=True).start()
        settings.CLAMD, settings.CLAMD_DOWN_PASSES = str(tmp_path / f"clamd{len(servers)}"), False
        servers.append(server)
        return got

    yield start
    for server in servers:
        server.close()


def _serve(server: socket.socket, got: list[bytes], says: bytes) -> None:
    while True:
        try:
            line, _ = server.accept()
        except OSError:
            return
        with line, line.makefile("rb") as words:
            command = b""
            while not command.endswith(b"\0"):
                command += words.read(1)
            if command == b"zPING\0":
                line.sendall(b"PONG\0")
                continue
            data = b""
            while size := int.from_bytes(words.read(4), "big"):
                data += words.read(size)
            got.append(data)
            line.sendall(says or (b"stream: Eicar-Test FOUND\0" if EICAR in data else b"stream: OK\0"))


def test_the_whole_file_is_sent_and_a_clean_one_passes(clamd: Clamd) -> None:
    got = clamd()
    scanner.scan([b"a" * 100_000, b"b"])
    assert got == [b"a" * 100_000 + b"b"]
    assert scanner.answers()


def test_what_is_found_is_named(clamd: Clamd) -> None:
    clamd()
    with pytest.raises(scanner.Infected, match=r"^Eicar-Test$"):
        scanner.scan([b"%PDF-1.7 ", EICAR])


def test_an_upload_that_is_infected_is_refused_in_words(clamd: Clamd) -> None:
    clamd()
    good = SimpleUploadedFile("a.pdf", b"%PDF-1.7 nothing", "application/pdf")
    assert checks.check_upload(good, kinds=("document",)).mime == "application/pdf"
    assert good.read() == b"%PDF-1.7 nothing", "left at its beginning"
    bad = SimpleUploadedFile("a.pdf", b"%PDF-1.7 " + EICAR, "application/pdf")
    with pytest.raises(checks.UploadRefused, match="harmful"):
        checks.check_upload(bad, kinds=("document",))


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR\0", b"nonsense\0"])
def test_an_answer_that_is_none_counts_as_no_scan(clamd: Clamd, says: bytes) -> None:
    clamd(says)
    with pytest.raises(scanner.NotScanned):
        scanner.scan([b"x"])


def test_a_scanner_that_is_down_refuses_or_passes_as_was_decided(settings: Any, tmp_path: Path) -> None:
    settings.CLAMD, settings.CLAMD_DOWN_PASSES = str(tmp_path / "nobody"), False
    with pytest.raises(scanner.NotScanned):
        scanner.scan([b"x"])
    upload = SimpleUploadedFile("a.pdf", b"%PDF-1.7", "application/pdf")
    with pytest.raises(checks.UploadRefused, match="can't be checked"):
        checks.check_upload(upload, kinds=("document",))
    assert [problem.code for problem in check.scanner(tmp_path)] == ["scanner-down"]
    settings.CLAMD_DOWN_PASSES = True
    scanner.scan([b"x"])
    assert [problem.code for problem in check.scanner(tmp_path)] == ["scanner-down"]


def test_without_a_scanner_files_pass_and_the_check_advises(settings: Any, tmp_path: Path) -> None:
    settings.CLAMD = ""
    scanner.scan([EICAR])
    (problem,) = check.scanner(tmp_path)
    assert (problem.code, problem.severity) == ("no-scanner", "advice")


def test_what_a_provider_brings_is_refused_with_the_reason_or_waits(clamd: Clamd, settings: Any) -> None:
    clamd()
    media._scan(iter([b"harmless"]))
    with pytest.raises(media.Refusal, match="harmful program"):
        media._scan(iter([EICAR]))
    settings.CLAMD += " gone"
    with pytest.raises(Trouble) as trouble:
        media._scan(iter([b"harmless"]))
    assert trouble.value.retry


def test_what_is_too_large_is_told_the_limit_of_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LIMITS", {"document": 3 * 1024**2, "video": 1024**2})
    film = SimpleUploadedFile("f.webm", b"\x1aE\xdf\xa3" + bytes(4 * 1024**2))
    with pytest.raises(checks.UploadRefused, match="The limit is 1 MB"):
        checks.check_upload(film, kinds=("document", "video"))

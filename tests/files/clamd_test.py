"""The scanner against the real clamd, where it is installed (Debian: clamav-daemon); with one signature of our own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rabta.files import scanner
from tests import running
from tests.files.scanner_test import EICAR

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
pytestmark = pytest.mark.skipif(CLAMD is None, reason="clamd is not installed")


@pytest.fixture(scope="module")
def clamd() -> Iterator[str]:
    """The path of its socket. No list of the world's viruses is needed or fetched."""
    # Not tmp_path: the path of a socket has room for a hundred letters.
    with tempfile.TemporaryDirectory(prefix="clamd-") as home:
        signatures, answers = Path(home, "signatures"), Path(home, "socket")
        signatures.mkdir()
        (signatures / "own.ndb").write_text(f"Rabta.Test:0:*:{EICAR.hex()}\n")
        settings = f"DatabaseDirectory {signatures}\nLocalSocket {answers}\nTemporaryDirectory {home}\nForeground yes\n"
        (Path(home) / "clamd.conf").write_text(settings)
        with Path(home, "log").open("wb") as log:
            child = running.start(
                [str(CLAMD), "-c", f"{home}/clamd.conf"], environment=os.environ, stdout=log, stderr=log
            )
        try:
            running.wait_until(answers.exists, child=child)
            yield str(answers)
        finally:
            running.stop(child)


def test_it_finds_what_it_knows_wherever_it_lies_and_lets_the_rest_pass(clamd: str, settings: Any) -> None:
    settings.CLAMD, settings.CLAMD_DOWN_PASSES = clamd, False
    assert scanner.answers()
    for harmless in ([], [b"a photo"], [os.urandom(scanner.PIECE)] * 5):
        scanner.scan(harmless)
    for harmful in ([EICAR], [b"x" * 3 * scanner.PIECE, EICAR], [EICAR[:30], EICAR[30:]]):
        with pytest.raises(scanner.Infected, match=r"Rabta\.Test"):
            scanner.scan(harmful)

"""Asking ClamAV about a file, where RABTA_CLAMD says how: a socket's path, or host:port. Bytes go by INSTREAM.

Without RABTA_CLAMD nothing is scanned. When clamd is set and does not answer, `RABTA_CLAMD_DOWN` decides: `wait`
(the file is tried again later, or the sender is asked to) or `pass` (it is taken unscanned; `rabta check` says so).
"""

import contextlib
import socket
from collections.abc import Iterable, Iterator

from django.conf import settings

PIECE = 64 * 1024
SECONDS = 30.0


class Infected(Exception):
    """The file holds what the scanner knows as harmful; the text is the scanner's name for it."""


class NotScanned(Exception):
    """The scanner does not answer, or not in its language; the text says why."""


def is_on() -> bool:
    """Whether files are scanned here."""
    return bool(settings.CLAMD)


def scan(pieces: Iterable[bytes]) -> None:
    """Return when the scanner finds nothing, or there is none. Raises Infected, or NotScanned unless that may pass."""
    if not is_on():
        return
    try:
        said = _ask(pieces)
    except NotScanned:
        if settings.CLAMD_DOWN_PASSES:
            return
        raise
    if said.endswith(" FOUND"):
        raise Infected(said.removeprefix("stream: ").removesuffix(" FOUND"))


def answers() -> bool:
    """Whether the scanner is there."""
    try:
        with _connection() as line:
            line.sendall(b"zPING\0")
            return _read(line) == "PONG"
    except OSError:
        return False


def _ask(pieces: Iterable[bytes]) -> str:
    """`stream: OK` or `stream: NAME FOUND`."""
    try:
        with _connection() as line:
            line.sendall(b"zINSTREAM\0")
            for piece in pieces:
                for at in range(0, len(piece), PIECE):
                    part = piece[at : at + PIECE]
                    line.sendall(len(part).to_bytes(4, "big") + part)
            line.sendall(bytes(4))
            said = _read(line)
    except OSError as error:
        raise NotScanned(f"{type(error).__name__}: {error}") from None
    if said != "stream: OK" and not said.endswith(" FOUND"):
        raise NotScanned(f"the scanner said {said[:100]!r}")
    return said


@contextlib.contextmanager
def _connection() -> Iterator[socket.socket]:
    place: str = settings.CLAMD
    if place.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(SECONDS)
        with line:
            line.connect(place)
            yield line
        return
    host, _, port = place.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=SECONDS) as line:
        yield line


def _read(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < 4096 and (more := line.recv(1024)):
        said += more
    return said.rstrip(b"\0").decode(errors="replace")

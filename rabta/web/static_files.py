"""Style sheets, scripts, fonts and pictures: found once at the start, sent without a thread and without Django.

Texts go packed: on a slow line the officer's page is there in half the time.
"""

import asyncio
import gzip
import io
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

from whitenoise import WhiteNoise

from rabta.web.bridge import Send

MAX_AGE = 600  # then the browser asks again and hears 304
CHUNK = 256 * 1024
TEXTS = (".css", ".js", ".svg")


def packed(content: bytes) -> bytes:
    """As a text goes over the line; the same bytes for the same text."""
    return gzip.compress(content, compresslevel=9, mtime=0)


class StaticFiles:
    """Everything below `folders`, under the address `prefix`. WhiteNoise knows types, ETags and ranges."""

    def __init__(self, folders: Iterable[Path], *, prefix: str) -> None:
        self.white = WhiteNoise(
            None, max_age=MAX_AGE, allow_all_origins=False, add_headers_function=_add_headers
        )
        self.packed: dict[str, bytes] = {}
        for folder in folders:
            if Path(folder).is_dir():
                self.white.add_files(str(folder), prefix=prefix)
                self._pack(Path(folder), prefix)

    def _pack(self, folder: Path, prefix: str) -> None:
        texts = (path for path in folder.rglob("*") if path.suffix in TEXTS)
        for path in texts:
            address = f"/{prefix.strip('/')}/{path.relative_to(folder).as_posix()}"
            self.packed.setdefault(address, packed(path.read_bytes()))

    async def answer(self, scope: dict[str, Any], send: Send) -> bool:
        """Send the file that the path names; False when there is none."""
        file = self.white.files.get(scope["path"])
        if file is None:
            return False
        asked = {
            f"HTTP_{n.decode('latin1').upper().replace('-', '_')}": v.decode("latin1")
            for n, v in scope["headers"]
        }
        response = file.get_response(scope["method"], asked)
        headers = [(name.lower().encode(), value.encode("latin1")) for name, value in response.headers]
        content, small = response.file, self.packed.get(scope["path"])
        if small is not None:
            headers.append((b"vary", b"Accept-Encoding"))
        if small is not None and response.status == HTTPStatus.OK and _takes_gzip(asked):
            headers = [(name, value) for name, value in headers if name != b"content-length"]
            headers += [(b"content-encoding", b"gzip"), (b"content-length", str(len(small)).encode())]
            if content is not None:  # of a HEAD there is none
                content.close()
                content = io.BytesIO(small)
        await send({"type": "http.response.start", "status": int(response.status), "headers": headers})
        await _send_all(content, send)
        return True


async def _send_all(content: IO[bytes] | None, send: Send) -> None:
    if content is not None:
        with content:
            while chunk := await asyncio.to_thread(content.read, CHUNK):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _add_headers(headers: Any, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def _takes_gzip(asked: dict[str, str]) -> bool:
    """Whether the browser unpacks it; a part of a file is a part of the file as it lies there."""
    return "gzip" in asked.get("HTTP_ACCEPT_ENCODING", "") and "HTTP_RANGE" not in asked

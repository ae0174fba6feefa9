"""Style sheets, scripts, fonts and pictures: found once at the start, sent without a thread and without Django."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from whitenoise import WhiteNoise

from rabta.web.bridge import Send

MAX_AGE = 600  # then the browser asks again and hears 304
CHUNK = 256 * 1024


class StaticFiles:
    """Everything below `folders`, under the address `prefix`. WhiteNoise knows types, ETags and ranges."""

    def __init__(self, folders: Iterable[Path], *, prefix: str) -> None:
        self.white = WhiteNoise(
            None, max_age=MAX_AGE, allow_all_origins=False, add_headers_function=_add_headers
        )
        for folder in folders:
            if Path(folder).is_dir():
                self.white.add_files(str(folder), prefix=prefix)

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
        await send({"type": "http.response.start", "status": int(response.status), "headers": headers})
        if response.file is not None:
            with response.file as content:
                while chunk := await asyncio.to_thread(content.read, CHUNK):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
        return True


def _add_headers(headers: Any, _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def _environ_name(name: bytes) -> str:
    return "HTTP_" + name.decode("latin1").upper().replace("-", "_")

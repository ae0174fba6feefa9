"""Media: bytes as files under the home folder, their facts in the store."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from pathlib import Path

from simulator.ids import media_id
from simulator.store import Row, Store

DAY = 86_400.0
MB = 1024 * 1024
LIMITS = {"image": 5 * MB, "audio": 16 * MB, "video": 16 * MB, "sticker": MB // 2, "document": 100 * MB}
OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "audio": ["audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg", "audio/opus"],
    "video": ["video/mp4", "video/3gpp", "video/3gp"],
    "image": ["image/jpeg", "image/png"],
    "sticker": ["image/webp"],
    "document": [
        "text/plain",
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        OFFICE + "wordprocessingml.document",
        OFFICE + "spreadsheetml.sheet",
        OFFICE + "presentationml.presentation",
    ],
}
URL_LIFE = 300


class TooLarge(Exception):
    """The file exceeds what its kind may weigh."""


def kind_of(mime_type: str) -> str | None:
    """The provider's kind for a MIME type, None when it takes no such files."""
    bare = mime_type.split(";")[0].strip().lower()
    return next((kind for kind, types in TYPES.items() if bare in types), None)


class Media:
    """The media store of all accounts."""

    def __init__(self, store: Store, home: Path) -> None:
        self.store = store
        self.folder = home / "media"
        self.folder.mkdir(parents=True, exist_ok=True)

    async def save(
        self,
        chunks: AsyncIterator[bytes],
        *,
        account: str,
        mime_type: str,
        filename: str,
        limit: int,
        days: float,
    ) -> Row:
        """Write the bytes to disk and remember them; TooLarge beyond `limit` bytes."""
        name = media_id()
        digest, size = hashlib.sha256(), 0
        part = self.folder / f"{name}.part"
        try:
            with part.open("wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise TooLarge
                    digest.update(chunk)
                    file.write(chunk)
            part.rename(self.folder / name)
        finally:
            part.unlink(missing_ok=True)
        now = time.time()
        row: Row = {
            "id": name,
            "account": account,
            "mime_type": mime_type,
            "sha256": digest.hexdigest(),
            "size": size,
            "filename": filename,
            "created_at": now,
            "expires_at": now + days * DAY,
        }
        self.store.insert("media", row)
        return row

    def find(self, name: str, *, account: str | None = None) -> Row | None:
        """The media that is not expired, of one account or of any."""
        row = self.store.one("SELECT * FROM media WHERE id = ?", name)
        if row is None or (account is not None and row["account"] != account):
            return None
        return row if row["expires_at"] > time.time() else None

    def path(self, name: str) -> Path:
        """Where the bytes of a known id are."""
        return self.folder / name

    def delete(self, name: str) -> None:
        """Forget the media and its bytes."""
        self.store.run("DELETE FROM media WHERE id = ?", name)
        self.path(name).unlink(missing_ok=True)

    def signed(self, name: str, *, expires: int, secret: str) -> str:
        """The hash in a download address, which lives five minutes."""
        return hmac.new(secret.encode(), f"{name}:{expires}".encode(), hashlib.sha256).hexdigest()[:40]

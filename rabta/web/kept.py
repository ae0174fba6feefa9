"""A file between two pages: encrypted on the disk, and named by a signed word that is good for its officer only.

No row names it: what nobody goes on with is swept away with the other orphans (`jobs.sweeps.sweep_orphans`).
"""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import IO

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from rabta.files import store
from rabta.files.store import Blob

SALT = "a kept file"
GOOD_FOR = timedelta(hours=12)
IN_MEMORY = 1024 * 1024


class Gone(Exception):
    """The word is no good, or what it named is not there any more."""


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A kept file: its id in the store, the name that it had, and the word that stands for it on the page."""

    blob: str
    name: str
    word: str


def keep(upload: UploadedFile, *, officer_id: int) -> Kept:
    """Put an upload away for the next page. Raises store.TooLarge."""
    blob = store.write(upload.chunks())
    name = (upload.name or "")[:120]
    word = signing.dumps([officer_id, blob.public_id, name], salt=SALT)
    return Kept(blob=blob.public_id, name=name, word=word)


def of(word: str, *, officer_id: int) -> Kept:
    """What the word stands for. Raises Gone."""
    try:
        whose, blob, name = signing.loads(word, salt=SALT, max_age=GOOD_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        raise Gone from None
    if whose != officer_id:
        raise Gone
    return Kept(blob=blob, name=name, word=word)


@contextlib.contextmanager
def opened(kept: Kept) -> Iterator[IO[bytes]]:
    """Its bytes, as a file without a name. Raises Gone."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY, dir=str(settings.FILE_UPLOAD_TEMP_DIR)) as file:
        try:
            for piece in store.read_blob(kept.blob):
                file.write(piece)
        except store.Damaged:
            raise Gone from None
        file.seek(0)
        yield file


def drop(kept: Kept) -> None:
    """It is not needed any more."""
    store.discard(Blob(public_id=kept.blob, size=0, sha256=""))

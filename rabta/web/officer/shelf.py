"""What a telephone shared, until its officer says what it is: encrypted on the disk, and known by a signed cookie.

Nothing names it in the database, so nothing has happened yet. Who was signed in when it was shared is in the cookie;
without that whoever signs in next in this browser takes it over. What nobody goes on with is swept away with the other
orphans (`jobs.sweeps.sweep_orphans`).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import orjson
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from rabta.files import store
from rabta.files.checks import FileType
from rabta.files.models import StoredFile
from rabta.files.store import Blob
from rabta.files.uploads import Taken

COOKIE, SALT = "rabta_shared", "what was shared"
GOOD_FOR = timedelta(hours=12)
MOST = 5  # shares that wait in one browser; the oldest goes first
NOBODY = 0


@dataclass(frozen=True, kw_only=True)
class Share:
    """One thing that was shared. `id` names what is kept of it, `refused` says why some files are not."""

    id: str
    text: str
    files: tuple[Taken, ...]
    refused: tuple[str, ...] = ()


def put(*, text: str, files: Sequence[Taken], refused: Sequence[str]) -> Share:
    """Keep it."""
    made = {"text": text, "files": [asdict(taken) for taken in files], "refused": list(refused)}
    blob = store.write([orjson.dumps(made)])
    return Share(id=blob.public_id, text=text, files=tuple(files), refused=tuple(refused))


def get(name: str) -> Share | None:
    """What is kept under this id; None when it is not there any more."""
    try:
        made: dict[str, Any] = orjson.loads(b"".join(store.read_blob(name)))
        files = tuple(
            Taken(blob=Blob(**one["blob"]), type=FileType(**one["type"]), name=one["name"])
            for one in made["files"]
        )
    except (store.Damaged, ValueError, KeyError, TypeError):
        return None
    return Share(id=name, text=made["text"], files=files, refused=tuple(made["refused"]))


def forget(share: Share, *, files: bool) -> None:
    """Remove it; with its `files` when nothing came of it (one that was handed in all the same is left alone)."""
    store.discard(Blob(public_id=share.id, size=0, sha256=""))
    unwanted = {taken.blob.public_id: taken.blob for taken in share.files} if files else {}
    named = StoredFile.objects.filter(public_id__in=unwanted).values_list("public_id", flat=True)
    for name in unwanted.keys() - set(named if unwanted else ()):
        store.discard(unwanted[name])


def waiting(request: HttpRequest, *, officer_id: int) -> list[str]:
    """The ids of what waits in this browser for this officer, the newest first."""
    return [name for whose, name in _marks(request) if whose in (officer_id, NOBODY)]


def remember(request: HttpRequest, response: HttpResponse, name: str, *, officer_id: int) -> None:
    """The browser brings it to the next page."""
    marks = [(officer_id, name), *_marks(request)]
    for _whose, old in marks[MOST:]:
        if gone := get(old):
            forget(gone, files=True)
    _set(response, marks[:MOST])


def strike(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """The browser need not bring it any more."""
    _set(response, [mark for mark in _marks(request) if mark[1] != name])


def _marks(request: HttpRequest) -> list[tuple[int, str]]:
    try:
        marks = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=GOOD_FOR)
        return [(int(whose), str(name)) for whose, name in marks]
    except (signing.BadSignature, ValueError, TypeError):
        return []


def _set(response: HttpResponse, marks: list[tuple[int, str]]) -> None:
    if not marks:
        response.delete_cookie(COOKIE, path="/officer/")
        return
    response.set_cookie(
        COOKIE,
        signing.dumps(marks, salt=SALT),
        max_age=GOOD_FOR,
        path="/officer/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

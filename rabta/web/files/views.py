"""Sending a stored file to whoever sees the message or order it belongs to, in a way that can't hurt the reader.

Pictures go as the clean copy (re-encoded, without EXIF). The original is evidence: `?original` gives it to whoever
handles or verifies the case, after proving once more who it is (`step_up`), as a download and with a record; and
never for a protected person. What such a person sent and has no copy, only who handles the case gets.
"""

import re
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from rabta import audit
from rabta.cases.looking import looked
from rabta.files import store
from rabta.files.models import StoredFile
from rabta.force.access import Permission
from rabta.web.accounts import step_up
from rabta.web.citizen import receipt
from rabta.web.files.queries import Found, for_citizen, for_officer

# What a browser shows or plays by itself; everything else is a download.
INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
PLAYED = ("audio/", "video/")
SANDBOX = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
ORIGINALS = (Permission.HANDLE_CASES, Permission.VERIFY)


@require_safe
def file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """A file by the public id of its attachment or evidence; 404 for whoever does not see it."""
    found = _found(request, public_id)
    original = "original" in request.GET
    if original and not _may_have_original(request, found):
        raise Http404
    if original and (first := step_up.ask_again(request)):
        return first
    if request.scope is not None:
        looked([found.case], by=request.scope, where="file", now=timezone.now())
    stored = found.file if original else found.file.cleaned or _without_copy(found)
    if original:
        _record(request, found)
    hides = request.scope is not None and found.case.hides_author
    name = "" if hides and found.from_citizen else found.file.name  # files are named after people
    return send(request, stored, name=name, download=original)


def _found(request: HttpRequest, public_id: str) -> Found:
    found = for_officer(scope=request.scope, public_id=public_id) if request.scope else None
    if found is None and (code := receipt.code_of(request)):
        case = receipt.open_case(code)
        found = for_citizen(case=case, public_id=public_id) if case else None
    if found is None or (found.at_desk and not request.scope.may(Permission.HANDLE_CASES, found.case)):
        raise Http404
    return found


def _without_copy(found: Found) -> StoredFile:
    """What has no clean copy goes as it came, but a picture waits for its copy: EXIF says where somebody lives."""
    if found.file.kind == "image":
        raise Http404
    return found.file


def _may_have_original(request: HttpRequest, found: Found) -> bool:
    if request.scope is None or found.case.hides_author:
        return False
    return any(request.scope.may(permission, found.case) for permission in ORIGINALS)


def _record(request: HttpRequest, found: Found) -> None:
    audit.record(
        "original",
        now=timezone.now(),
        officer_id=request.scope.officer.pk,
        subject="file",
        ids=[found.file.pk],
        case_id=found.case.pk,
    )


def send(request: HttpRequest, stored: StoredFile, *, name: str, download: bool) -> HttpResponseBase:
    """A stored file as an answer that can't hurt its reader, for whoever was found to have a right to it."""
    tag = f'"{stored.sha256[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return _headed(HttpResponseNotModified(), tag=tag)
    plain = stored.mime in INLINE or stored.mime.startswith(PLAYED)
    response = _ranged(request, stored) or StreamingHttpResponse(store.read(stored))
    response.headers.setdefault("Content-Length", str(stored.size))
    response.headers["Content-Type"] = stored.mime if plain else "application/octet-stream"
    disposition = content_disposition_header(
        download or not plain, name or f"{stored.kind}-{stored.public_id}"
    )
    response.headers["Content-Disposition"] = disposition or "attachment"
    response.headers["Accept-Ranges"] = "bytes"
    return _headed(response, tag=tag)


def _headed(response: HttpResponseBase, *, tag: str) -> HttpResponseBase:
    """Kept by the reader's browser only, and asked for again each time: the right to see it may have ended."""
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _ranged(request: HttpRequest, stored: StoredFile) -> HttpResponseBase | None:
    """The answer to a player that asks for a part; None for the whole file."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or not stored.mime.startswith(PLAYED):
        return None
    first = int(asked[1])
    last = min(int(asked[2]) if asked[2] else stored.size - 1, stored.size - 1)
    if first > last:
        return HttpResponse(
            status=416, headers={"Content-Range": f"bytes */{stored.size}", "Content-Length": "0"}
        )
    response = StreamingHttpResponse(_part(store.read(stored), first, last), status=206)
    response.headers["Content-Range"] = f"bytes {first}-{last}/{stored.size}"
    response.headers["Content-Length"] = str(last - first + 1)
    return response


def _part(pieces: Iterator[bytes], first: int, last: int) -> Iterator[bytes]:
    at = 0
    for piece in pieces:
        start, end = max(first - at, 0), min(last + 1 - at, len(piece))
        if start < end:
            yield piece[start:end]
        at += len(piece)
        if at > last:
            return

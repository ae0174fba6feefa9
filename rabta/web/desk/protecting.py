"""The desk's buttons for people who must not be known."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rabta.cases.models import Case
from rabta.journey.ending import keeping
from rabta.journey.protecting import sources

TOLD = ("name", "number", "national_id", "address", "remark")


def protect(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Nobody sees name and number from now on."""
    sources.protect(case=case, by=request.scope, now=now)
    return {"said": _("Protected. Older backups keep the name until they expire.")}


def seal(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Seal what the person told of himself; this page forgets it."""
    facts = {name: request.POST.get(name, "") for name in TOLD}
    sources.seal_told(case=case, facts=facts, by=request.scope, now=now)
    return {"said": _("Sealed. Nobody at the desk can read it again.")}


def seal_recordings(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Seal voice notes, videos and documents, whose voice or content could tell who it is."""
    number = sources.seal_recordings(case=case, by=request.scope, now=now)
    said = ngettext("%(number)d original is sealed.", "%(number)d originals are sealed.", number)
    return {"said": said % {"number": number}}


def tell_file(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """What is in a source's file, for officers who do not get it."""
    file, text = request.POST.get("file", ""), request.POST.get("told", "")
    sources.tell_of_file(case=case, file=file, text=text, by=request.scope, now=now)
    return {"said": _("Kept. Officers of this case read it in place of the file.")}


def release_file(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Officers get a source's file as it came."""
    file, remark = request.POST.get("file", ""), request.POST.get("remark", "")
    sources.release_file(case=case, file=file, remark=remark, by=request.scope, now=now)
    return {"said": _("Officers of this case can open the file now.")}


def safe(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Whether it is safe to write to this person."""
    sources.set_safe(case=case, safe=request.POST.get("safe", ""), by=request.scope, now=now)
    return {"said": _("Kept. Automatic messages obey it.")}


def hold(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Keep the case from being erased."""
    keeping.hold(case=case, reason=request.POST.get("reason", ""), by=request.scope, now=now)
    return {"said": _("Held: nothing of it is erased.")}


def end_hold(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Let the case be erased when its time comes."""
    keeping.end_hold(case=case, by=request.scope, now=now)
    return {"said": _("The hold is ended.")}


ACTS = {
    "protect": protect,
    "seal": seal,
    "seal-recordings": seal_recordings,
    "tell-file": tell_file,
    "release-file": release_file,
    "safe": safe,
    "hold": hold,
    "end-hold": end_hold,
}

"""The phone page of one instruction: receive it, pass it on, send proof; and for the superior, to decide on that."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rabta.cases.refusal import Refused
from rabta.files import uploads
from rabta.files.checks import UploadRefused
from rabta.files.uploads import Taken
from rabta.force import directory
from rabta.force.access import Permission
from rabta.force.models import Unit
from rabta.groups.models import Hop, Proof
from rabta.journey.groups.directions import proving, relaying
from rabta.journey.groups.directions.proving import Place
from rabta.web.directions import queries
from rabta.web.directions.pages import givers, runners, said_to_reader
from rabta.web.files.views import send
from rabta.web.guard import needs
from rabta.web.officer.acts import position

Act = Callable[[HttpRequest, Hop, Sequence[Taken], datetime], str]


@require_safe
@runners
def hop(request: HttpRequest, public_id: str) -> HttpResponse:
    """One instruction as it reached one group."""
    return _page(request, queries.hop_or_404(public_id, request.scope))


def _page(request: HttpRequest, found: Hop, *, open_form: str = "", why: str = "") -> HttpResponse:
    scope, now = request.scope, timezone.now()
    (line,) = queries.lines([found], now=now, directory=directory.current(now=now))
    mine = found.post_id in scope.posts and found.told_at is not None
    sent = list(
        found.proofs.select_related("officer", "decided_by").prefetch_related("photos__file").order_by("-pk")
    )
    units = Unit.objects.defer("area").in_bulk([unit for unit, _words in found.above])
    facts: dict[str, Any] = {
        "hop": found,
        "instruction": found.direction,
        "words": said_to_reader(found.direction),
        "line": line,
        "mine": mine and found.direction.ended_at is None,
        "added": [(units[unit], words) for unit, words in found.above if unit in units],
        "proofs": [(proof, _decides(request, found, proof)) for proof in sent],
        "to_prove": mine and found.direction.ended_at is None and found.proof_state in proving.OPEN,
        "excuses": found.proof_state in proving.OPEN and proving.may_judge(scope, found),
        "key": uuid4,
        "open_form": open_form,
        "typed": request.POST,
        "why": why,
        "most_added": relaying.LONGEST_ADDITION,
    }
    return render(request, "directions/hop.html", facts, status=409 if why else 200)


def _decides(request: HttpRequest, found: Hop, proof: Proof) -> bool:
    return proof.state == Proof.State.WAITING and proving.may_judge(request.scope, found, proof=proof)


@require_POST
@runners
def act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """One button. What is refused is said in words, and changes nothing."""
    if act not in ACTS:
        raise Http404
    found = queries.hop_or_404(public_id, request.scope)
    taken: list[Taken] = []
    try:
        if act == "proof":
            taken = _files(request)
        with transaction.atomic():
            said = ACTS[act](request, found, taken, timezone.now())
    except (Refused, UploadRefused) as refused:
        uploads.drop(taken)
        return _page(request, queries.hop_or_404(public_id, request.scope), open_form=act, why=str(refused))
    messages.success(request, said)
    return redirect("hop", public_id=public_id)


def _files(request: HttpRequest) -> list[Taken]:
    """The photos of the form, checked and safe on the disk before anything is written."""
    files = request.FILES.getlist("files")
    if len(files) > proving.MOST_PHOTOS:
        raise Refused(_("At most %(number)s photos at once.") % {"number": proving.MOST_PHOTOS})
    return uploads.take(files, kinds=("image",))


def _receive(request: HttpRequest, found: Hop, _files: Sequence[Taken], now: datetime) -> str:
    relaying.receive(hop=found, by=request.scope, now=now)
    return _("Received, in your name.")


def _pass_on(request: HttpRequest, found: Hop, _files: Sequence[Taken], now: datetime) -> str:
    relaying.pass_on(hop=found, words=request.POST.get("words", ""), by=request.scope, now=now)
    return _("Passed on. It goes to your members and the level below now.")


def _prove(request: HttpRequest, found: Hop, files: Sequence[Taken], now: datetime) -> str:
    lat, lng = position(request.POST.get("lat", ""), request.POST.get("lng", ""))
    proving.send(
        hop=found,
        text=request.POST.get("text", ""),
        files=files,
        by=request.scope,
        now=now,
        place=Place(lat, lng),
    )
    return _("Sent. Your superior looks at it.")


def _excuse(request: HttpRequest, found: Hop, _files: Sequence[Taken], now: datetime) -> str:
    proving.excuse(hop=found, why=request.POST.get("why", ""), by=request.scope, now=now)
    return _("Noted: it does not apply to this unit.")


ACTS: dict[str, Act] = {"receive": _receive, "pass-on": _pass_on, "proof": _prove, "excuse": _excuse}


@require_POST
@givers
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Verify a proof or reject it; back to the page where that was done."""
    proof = Proof.objects.select_related("hop__direction").filter(public_id=public_id).first()
    if proof is None:
        raise Http404
    found = queries.hop_or_404(proof.hop.public_id, request.scope)
    try:
        with transaction.atomic():
            proving.judge(
                proof=proof,
                decision=request.POST.get("decision", ""),
                remark=request.POST.get("remark", ""),
                by=request.scope,
                now=timezone.now(),
            )
    except Refused as refused:
        return _page(request, queries.hop_or_404(found.public_id, request.scope), why=str(refused))
    messages.success(request, _("Decided. The unit sees it."))
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/groups/"):
        return redirect(back)
    return redirect("hop", public_id=found.public_id)


@require_safe
@needs(Permission.SEE_CASES, Permission.WORK_ORDERS, Permission.GROUPS, Permission.ADMINISTER)
def photo(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The copy of a picture, without the camera's notes. The original is evidence and stays."""
    found = queries.photo_or_404(public_id, request.scope)
    if found.file.cleaned is None:
        raise Http404
    return send(request, found.file.cleaned, name="", download=False)

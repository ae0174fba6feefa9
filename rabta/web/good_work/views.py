"""Good work: handed in on the phone by any officer with a post, a word at each level, approved at headquarters."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rabta.cases.refusal import Refused
from rabta.files import uploads
from rabta.files.checks import UploadRefused
from rabta.files.uploads import Taken
from rabta.force.access import Permission
from rabta.groups.models import GoodWork
from rabta.journey.groups.directions import praising
from rabta.journey.groups.directions.praising import Told
from rabta.journey.groups.directions.proving import MOST_PHOTOS
from rabta.web.good_work import queries
from rabta.web.guard import needs
from rabta.web.once import first_time

officers = needs(Permission.SEE_CASES, Permission.WORK_ORDERS, Permission.GROUPS, Permission.ADMINISTER)
TABS = ("turn", "mine", "approved", "all")
Act = Callable[[HttpRequest, GoodWork, list[Taken], datetime], str]


@require_safe
@officers
def listed(request: HttpRequest) -> HttpResponse:
    """`?show=`: what waits for him, his own, what was approved, all."""
    asked = request.GET.get("show", "")
    decides = request.scope.has(Permission.DIRECT)
    tab = asked if asked in TABS else ("turn" if decides else "mine")
    works = queries.listed(request.scope, show=tab)
    turn = len(queries.listed(request.scope, show="turn")) if decides else 0
    facts = {"tab": tab, "works": works, "decides": decides, "turn": turn}
    return render(request, "good_work/list.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def new(request: HttpRequest) -> HttpResponse:
    """Hand something in. What is wrong is said, and what was typed stays."""
    why = ""
    if request.method == "POST":
        try:
            work = _submit(request)
        except (Refused, UploadRefused) as refused:
            why = str(refused)
        else:
            messages.success(request, _("Handed in. You see here what becomes of it."))
            return redirect("good_work", public_id=work.public_id) if work else redirect("good_works")
    facts = {"why": why, "typed": request.POST, "key": uuid4}
    return render(request, "good_work/new.html", facts, status=409 if why else 200)


def _submit(request: HttpRequest) -> GoodWork | None:
    """Once for each form that was shown; None for its second copy."""
    taken, now = _files(request), timezone.now()
    try:
        with transaction.atomic():
            if first_time(officer=request.scope.officer, key=request.POST.get("key", ""), now=now):
                return praising.submit(told=_told(request), files=taken, by=request.scope, now=now)
    except Refused:
        uploads.drop(taken)
        raise
    uploads.drop(taken)
    return None


def _files(request: HttpRequest) -> list[Taken]:
    files = request.FILES.getlist("files")
    if len(files) > MOST_PHOTOS:
        raise Refused(_("At most %(number)s photos at once.") % {"number": MOST_PHOTOS})
    return uploads.take(files, kinds=("image",))


def _told(request: HttpRequest) -> Told:
    return Told(
        title=request.POST.get("title", ""),
        text=request.POST.get("text", ""),
        people=request.POST.get("people", "").splitlines(),
        promised=request.POST.get("promised") == "yes",
    )


@require_safe
@officers
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """One piece of good work with each level's word."""
    return _page(request, queries.work_or_404(public_id, request.scope))


def _page(request: HttpRequest, work: GoodWork, *, why: str = "") -> HttpResponse:
    unit_id = praising.decides_at(request.scope, work)
    facts: dict[str, Any] = {
        "work": work,
        "photos": work.photos.select_related("file").order_by("pk"),
        "steps": work.steps.select_related("unit", "officer", "post").defer("unit__area").order_by("pk"),
        "decides": unit_id is not None,
        "approves": unit_id == work.unit.path[0],
        "amends": work.state == GoodWork.State.RETURNED and work.officer_id == request.scope.officer.pk,
        "typed": request.POST,
        "why": why,
    }
    return render(request, "good_work/one.html", facts, status=409 if why else 200)


@require_POST
@officers
def act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """One button. What is refused is said in words, and changes nothing."""
    if act not in ACTS:
        raise Http404
    work = queries.work_or_404(public_id, request.scope)
    taken: list[Taken] = []
    try:
        taken = _files(request) if act == "amend" else []
        with transaction.atomic():
            said = ACTS[act](request, work, taken, timezone.now())
    except (Refused, UploadRefused) as refused:
        uploads.drop(taken)
        return _page(request, queries.work_or_404(public_id, request.scope), why=str(refused))
    messages.success(request, said)
    return redirect("good_work", public_id=public_id)


def _remark(request: HttpRequest) -> str:
    return request.POST.get("remark", "")


def _support(request: HttpRequest, work: GoodWork, _files: list[Taken], now: datetime) -> str:
    praising.support(work=work, remark=_remark(request), by=request.scope, now=now)
    return _("Supported. It lies one level further up now.")


def _give_back(request: HttpRequest, work: GoodWork, _files: list[Taken], now: datetime) -> str:
    praising.give_back(work=work, remark=_remark(request), by=request.scope, now=now)
    return _("Returned. Its author reads why.")


def _approve(request: HttpRequest, work: GoodWork, _files: list[Taken], now: datetime) -> str:
    praising.approve(work=work, remark=_remark(request), by=request.scope, now=now)
    return _("Approved. All circle groups are told, and it waits to be published.")


def _amend(request: HttpRequest, work: GoodWork, files: list[Taken], now: datetime) -> str:
    praising.amend(work=work, told=_told(request), files=files, by=request.scope, now=now)
    return _("Handed in again.")


ACTS: dict[str, Act] = {"support": _support, "return": _give_back, "approve": _approve, "amend": _amend}

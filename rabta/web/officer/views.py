"""The officer's phone page: one list of tasks, one page an order, big buttons. Works without script, better with it."""

from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rabta.cases.authors import authors
from rabta.cases.looking import looked
from rabta.cases.models import Order, Report
from rabta.cases.refusal import Refused
from rabta.files import uploads
from rabta.files.checks import UploadRefused
from rabta.force import directory
from rabta.force.access import Permission, Scope
from rabta.journey.checks import inquires_as
from rabta.journey.orders import chain
from rabta.journey.posts import handovers
from rabta.people.reveal import Shown
from rabta.replying import letters
from rabta.triage.tables import category_label
from rabta.web import chain_line, contacts
from rabta.web.guard import needs
from rabta.web.lights import light_of
from rabta.web.officer import acts, minimap, queries, share
from rabta.web.once import first_time

officers = needs(Permission.WORK_ORDERS, Permission.SUPERVISE)
STARTED = (Order.State.ACCEPTED, Order.State.REPORTED)


@require_GET
@login_required
def from_link(request: HttpRequest, public_id: str) -> HttpResponse:
    """The link in an order's message: to the order, after the login."""
    return redirect("officer_order", public_id=public_id)


@require_GET
@officers
def tasks(request: HttpRequest) -> HttpResponse:
    """The list. `?show=finished` for what is done, `?after=` for the next page."""
    which = request.GET.get("show", "")
    page = queries.tasks(
        scope=request.scope, which=which, after=request.GET.get("after", ""), now=timezone.now()
    )
    officer = request.scope.officer
    facts = {
        "page": page,
        "which": which,
        "posts_waiting": handovers.to_do(officer, on=timezone.localdate()),
    }
    return render(request, "officer/tasks.html", facts)


@require_GET
@officers
def order(request: HttpRequest, public_id: str) -> HttpResponse:
    """One order: the matter in the citizen's words, the place, and what can be done next."""
    return _page(request, _found(request, public_id))


@require_POST
@officers
def act(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """One button. The same key twice has one effect; what is refused is said in words and changes nothing."""
    if act not in acts.ACTS:
        raise Http404
    if not _own_outbox(request):
        return JsonResponse(
            {"refused": _("Another officer did this on this phone. It waits for that sign-in.")}, status=403
        )
    found = _found(request, public_id)
    try:
        said = _do(request, found, act)
    except (Refused, UploadRefused) as refused:
        return _refused(request, public_id, act, str(refused))
    if _wants_json(request):
        return JsonResponse({"said": said})
    messages.success(request, said)
    if queries.mine(request.scope).filter(public_id=public_id).exists():
        return redirect("officer_order", public_id=public_id)
    return redirect("officer")  # given back: who gave it sees it no more


def _do(request: HttpRequest, order: Order, act: str) -> str:
    """The effect of a button, once, and what to say of it. Raises Refused or UploadRefused in words."""
    files, now = acts.take_files(request), timezone.now()
    try:
        with transaction.atomic():
            if first_time(officer=request.scope.officer, key=request.POST.get("key", ""), now=now):
                return acts.ACTS[act](request, order, files, now)
    except Refused:
        uploads.drop(files)
        raise
    uploads.drop(files)
    return _("This was already received.")


def _own_outbox(request: HttpRequest) -> bool:
    """What one officer left waiting on a shared phone is never done in the name of the next."""
    author = request.headers.get("X-Rabta-Officer", "")
    return not author or author == request.scope.officer.public_id


def _refused(request: HttpRequest, public_id: str, act: str, why: str) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"refused": why}, status=409)
    return _page(request, _found(request, public_id), open_form=act, why=why)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _found(request: HttpRequest, public_id: str) -> Order:
    found = queries.order_of(scope=request.scope, public_id=public_id)
    if found is None:
        raise Http404
    return found


def _page(request: HttpRequest, order: Order, *, open_form: str = "", why: str = "") -> HttpResponse:
    scope, now = request.scope, timezone.now()
    looked([order.case], by=scope, where="order", now=now)
    started = order.part != Order.Part.INFORM and order.state in STARTED and not order.on_its_way
    facts = {
        "order": order,
        "case": order.case,
        "light": light_of(order=order, now=now),
        "person": _person(request, order) if started else None,
        "protected": order.case.hides_author,
        "leaves": letters.leaves_of(order.case),
        "map": _map(order),
        "preparing": queries.being_prepared(order),
        "may_work": scope.may(Permission.WORK_ORDERS, order),
        **_chain(order, scope, now=now),
        "outcomes": [(outcome.value, outcome.label) for outcome in acts.REPORTABLE],
        "ways": contacts.ways(),
        "fir_units": queries.stations_near(order) if started else [],
        "fir_unit": order.case.fir_unit_id or order.unit_id,
        "today": timezone.localdate(now),
        "category": category_label(order.case.category, language=get_language() or "en")
        or _("No category yet"),
        "key": uuid4,  # called by the template: a new one for every form
        "typed": request.POST,
        "open_form": open_form,
        "why": why,
    }
    return render(request, "officer/order.html", facts, status=409 if why else 200)


def _chain(order: Order, scope: Scope, *, now: datetime) -> dict[str, object]:
    """From whom it came and to whom it goes: down the chain, and to officers of the unit."""
    mine = inquires_as(scope, order) is not None
    working = order.state in STARTED or order.state == Order.State.ISSUED
    return {
        "chain": chain_line.line(queries.way_of(order, scope=scope), now=now),
        "next_post": chain.next_post(order, directory=directory.current(now=now)) if order.goal_id else None,
        "inquires": mine,
        "to_take_on": mine and order.taken_on_at is None,
        "colleagues": queries.colleagues_of(order, scope=scope, now=now) if working else [],
        "rejected": sum(r.decision == Report.Decision.REJECTED for r in order.reports.all()),
    }


def _person(request: HttpRequest, order: Order) -> Shown:
    """Who wrote, for the officer who has taken the matter on; every look is recorded."""
    return authors([order.case], by=request.scope, purpose="order", now=timezone.now())[order.case_id]


def _map(order: Order) -> minimap.MiniMap | None:
    case = order.case
    if case.lat is None or case.lng is None:
        return None
    unit = case.lead_unit if case.lead_unit and case.lead_unit.area else order.unit
    places = queries.places_near(lat=case.lat, lng=case.lng)
    return minimap.draw(lat=case.lat, lng=case.lng, area=unit.area, places=places)


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """What the phone shows for a page that it has not kept. Says nothing of anybody, so it needs no sign-in."""
    return render(request, "officer/offline.html")


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """Our own script in the background of the phone; its address decides which pages it serves."""
    return render(request, "officer/worker.js", content_type="text/javascript; charset=utf-8")


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """What makes the page installable."""
    icons = [
        {"src": static(f"officer_icon_{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    start = reverse("officer")
    facts = {
        "id": start,
        "name": _("Rabta: my orders"),
        "short_name": "Rabta",
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "dir": "rtl" if get_language_bidi() else "ltr",
        "background_color": "#eef1f4",
        "theme_color": "#12283a",
        "icons": icons,
        "share_target": share.target(),
    }
    return JsonResponse(facts, content_type="application/manifest+json")

"""Other forces that run Rabta: where cases go to them, and the keys with which they hand cases to us."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from rabta.cases.refusal import Refused
from rabta.cases.transfers import ForceKey, Neighbour
from rabta.force.access import Permission
from rabta.journey.posts import force_keys, neighbours
from rabta.replying.forces import Force
from rabta.replying.forces import forces as known
from rabta.web.accounts.step_up import step_up
from rabta.web.guard import over_force

Facts = dict[str, Any]


@never_cache
@over_force(Permission.ADMINISTER)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def forces(request: HttpRequest) -> HttpResponse:
    """The list of forces, and one form for each thing that can be said of one."""
    if request.method != "POST":
        return _page(request)
    act = ACTS.get(request.POST.get("act", ""))
    try:
        facts = act(request, timezone.now()) if act else {}
    except (Refused, force_keys.UnknownForce) as why:
        typed = {"force": request.POST.get("force", ""), "address": request.POST.get("address", "")}
        return _page(request, trouble=str(why), typed=typed, status=400)
    if facts:
        return _page(request, **facts)
    return redirect("setup_forces")


def _own(request: HttpRequest, now: datetime) -> Facts:
    neighbours.say_own(force=request.POST.get("force", ""), by=request.scope.officer, now=now)
    messages.success(request, _("Saved."))
    return {}


def _join(request: HttpRequest, now: datetime) -> Facts:
    given = {name: request.POST.get(name, "") for name in ("force", "address", "key")}
    neighbours.join(**given, by=request.scope.officer, now=now)
    messages.success(request, _("Saved."))
    return {}


def _make(request: HttpRequest, now: datetime) -> Facts:
    """A new key; shown on this page and never again."""
    force = request.POST.get("force", "")
    return {
        "made": force_keys.make(force=force, by=request.scope.officer, now=now),
        "made_for": _name(force),
    }


def _end(request: HttpRequest, now: datetime) -> Facts:
    key = get_object_or_404(ForceKey, public_id=request.POST.get("key", ""))
    force_keys.end(key, by=request.scope.officer, now=now)
    messages.success(request, _("The key opens nothing any more."))
    return {}


ACTS: dict[str, Callable[[HttpRequest, datetime], Facts]] = {
    "own": _own,
    "join": _join,
    "make": _make,
    "end": _end,
}


def _page(request: HttpRequest, *, status: int = 200, **facts: Any) -> HttpResponse:
    own = Neighbour.objects.filter(own=True).values_list("force", flat=True).first() or ""
    facts |= {"own": own, "names": [(code, _name(code)) for code in known()], "lines": _lines(own)}
    return render(request, "setup/forces.html", facts, status=status)


def _lines(own: str) -> list[Facts]:
    """Each other force with what is known of it."""
    joined = {one.force: one for one in Neighbour.objects.filter(own=False)}
    held: dict[str, list[ForceKey]] = {}
    for key in ForceKey.objects.filter(ended_at=None).select_related("made_by").order_by("id"):
        held.setdefault(key.force, []).append(key)
    return [
        _line(force, joined.get(code), held.get(code, [])) for code, force in known().items() if code != own
    ]


def _line(force: Force, joined: Neighbour | None, held: list[ForceKey]) -> Facts:
    return {
        "code": force.code,
        "name": _name(force.code),
        "address": joined.address if joined else "",
        "offered": force.api,
        "has_key": bool(joined and joined.sealed_key),
        "keys": held,
    }


def _name(code: str) -> str:
    return known()[code].name(get_language() or "en") if code in known() else code

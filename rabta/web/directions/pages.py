"""Instructions: those that wait for the officer, those he gave, all below; one of them with its map; a new one."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rabta.cases.refusal import Refused
from rabta.files import uploads
from rabta.files.checks import UploadRefused
from rabta.force import directory
from rabta.force.access import Permission
from rabta.groups import directions
from rabta.groups.models import Direction, Hop
from rabta.journey.groups.directions import directing
from rabta.rules.relaying import light
from rabta.web.directions import chart, queries
from rabta.web.directions.forms import DirectionForm
from rabta.web.guard import needs
from rabta.web.once import first_time

runners = needs(Permission.GROUPS)
givers = needs(Permission.DIRECT)
TABS = ("mine", "given", "all")
LATE = "late"  # beside the states of proof: it did not come in time


@require_safe
@runners
def listed(request: HttpRequest) -> HttpResponse:
    """`?show=given` for his own, `?show=all` for all at and below his units."""
    scope, now = request.scope, timezone.now()
    waiting = queries.to_receive(scope, now=now)
    show = request.GET.get("show", "")
    tab = show if show in TABS else "mine"
    found = {"given": queries.given_by, "all": queries.below}.get(tab, lambda _scope: [])(scope)
    counts = queries.counted(found, scope=scope, now=now)
    facts = {
        "tab": tab,
        "waiting": waiting,
        "lines": [(one, [f for f in queries.figures(counts[one.pk]) if f.number]) for one in found],
        "gives": scope.has(Permission.DIRECT),
    }
    return render(request, "directions/list.html", facts)


@require_safe
@runners
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """One instruction: every figure opens its list (`?show=` a light, `?proof=` a state or "late", `?page=`)."""
    direction = queries.direction_or_404(public_id, request.scope)
    hops = list(queries.hops_of(request.scope).filter(direction=direction).order_by("path"))
    return render(request, "directions/one.html", _facts(request, direction, hops))


def _facts(request: HttpRequest, direction: Direction, hops: list[Hop]) -> dict[str, Any]:
    now, scope = timezone.now(), request.scope
    lights = {hop.pk: light(hop.facts, now=now) for hop in hops}
    counts = queries.counted([direction], scope=scope, now=now)[direction.pk]
    asked = [hop for hop in hops if hop.proof_state]
    shown, show, proof = hops, request.GET.get("show", ""), request.GET.get("proof", "")
    if show:
        shown = [hop for hop in shown if lights[hop.pk].value == show]
    if proof:
        shown = [hop for hop in shown if hop.proof_state == proof or (proof == LATE and hop.is_proof_late)]
    page = _page(request, len(shown))
    rows = queries.lines(
        shown[page * queries.ROWS : (page + 1) * queries.ROWS],
        now=now,
        directory=directory.current(now=now),
        reached=queries.reach_of(direction, hops),
    )
    areas = Hop.objects.filter(pk__in=lights, direction=direction).select_related("unit").order_by("pk")
    return {
        "instruction": direction,
        "words": said_to_reader(direction),
        "unchanged": directions.is_unchanged(direction),
        "figures": queries.figures(counts),
        "total": len(hops),
        "proofs": queries.proof_figures(asked) if asked else [],
        "asked": len(asked),
        "late": sum(hop.is_proof_late for hop in asked),
        "reach": queries.reach_sums(direction),
        "rows": rows,
        "show": show,
        "proof": proof,
        "next_page": page + 1 if (page + 1) * queries.ROWS < len(shown) else None,
        "chart": chart.draw((hop, lights[hop.pk]) for hop in areas),
        "ends": _may_end(request, direction),
        "exports": scope.has(Permission.EXPORT),
    }


def _page(request: HttpRequest, number: int) -> int:
    asked = request.GET.get("page", "0")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 0
    return min(page, max(number - 1, 0) // queries.ROWS)


def said_to_reader(direction: Direction) -> list[tuple[str, str, str]]:
    """(language, title, words): the reader's own words first, then the others, each under its title, except the one
    that heads the page already. Either may be empty."""
    mine, words = (get_language() or "en")[:2], direction.words
    titles = {"": direction.title} | direction.titles
    del titles[mine if mine in titles else ""]
    languages = sorted({*words, *titles}, key=lambda one: (one not in words, one != mine, one != "", one))
    return [(one, titles.get(one, ""), words.get(one, "")) for one in languages]


def _may_end(request: HttpRequest, direction: Direction) -> bool:
    units = request.scope.units_with(Permission.DIRECT)
    return direction.ended_at is None and bool(units & set(direction.visible_to))


@require_POST
@givers
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    """Nothing more is asked of anybody."""
    direction = queries.direction_or_404(public_id, request.scope)
    try:
        with transaction.atomic():
            directing.end(
                direction=direction, why=request.POST.get("why", ""), by=request.scope, now=timezone.now()
            )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Ended. Nobody is reminded any more."))
    return redirect("direction", public_id=public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@givers
def new(request: HttpRequest) -> HttpResponse:
    """Write an instruction and give it. What is wrong is said beside the form, and nothing has gone out."""
    form = DirectionForm(request.POST or None, request.FILES or None, scope=request.scope)
    why = ""
    if request.method == "POST" and form.is_valid():
        try:
            direction = _give(request, form)
        except (Refused, UploadRefused) as refused:
            why = str(refused)
        else:
            messages.success(request, _("Given. The first level is being told now."))
            return (
                redirect("direction", public_id=direction.public_id) if direction else redirect("directions")
            )
    facts = {"form": form, "why": why, "key": uuid4, "any": form.fields["group"].queryset.exists()}  # type: ignore[attr-defined]
    status = 400 if request.method == "POST" else 200
    return render(request, "directions/new.html", facts, status=status)


def _give(request: HttpRequest, form: DirectionForm) -> Direction | None:
    """Once for each form that was shown; None for its second copy. Raises Refused or UploadRefused."""
    now, upload = timezone.now(), form.cleaned_data["file"]
    taken = uploads.take([upload] if upload else [], kinds=("image",))
    try:
        with transaction.atomic():
            if not first_time(officer=request.scope.officer, key=request.POST.get("key", ""), now=now):
                uploads.drop(taken)
                return None
            written = form.new()
            file = next(iter(uploads.keep(taken, now=now)), None)
            return directing.give(directing.with_file(written, file), by=request.scope, now=now)
    except Refused:
        uploads.drop(taken)
        raise

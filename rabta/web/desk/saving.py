"""Saved views: lists that an officer keeps under a name, for himself or for everybody at the desk."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rabta.cases.models import State
from rabta.desk import shifts
from rabta.desk.models import View
from rabta.force import directory
from rabta.force.access import TAKES_ORDERS, Permission, Scope, current_postings
from rabta.force.models import Posting, Unit
from rabta.triage import tables
from rabta.web.desk import queries
from rabta.web.desk import queues as known
from rabta.web.desk.running import desk_of
from rabta.web.desk.where import Where
from rabta.web.guard import needs

MOST = 8  # each is counted whenever the page looks
MOST_COUNTED = 99


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A view with its address and how many cases it holds now, MOST_COUNTED + 1 at most."""

    view: View
    where: Where
    count: int
    own: bool


def views_of(scope: Scope) -> "QuerySet[View]":
    """The officer's own, and those that are shared with a desk of his."""
    shared = Q(unit__in=scope.units_with(Permission.HANDLE_CASES))
    return View.objects.filter(Q(officer=scope.officer) | shared).order_by("name", "id")


def with_counts(request: HttpRequest) -> list[Saved]:
    """The first MOST views, each with its count: one query a view, three for one with words."""
    found = [(view, Where.read(view.query)) for view in views_of(request.scope)[:MOST]]
    return [
        Saved(
            view=view,
            where=where,
            count=_count(request.scope, where),
            own=view.officer_id == request.scope.officer.pk,
        )
        for view, where in found
    ]


def _count(scope: Scope, where: Where) -> int:
    if where.text:
        return queries.count_found(
            scope=scope, text=where.text, narrow=where.narrow, most=MOST_COUNTED + 1, now=timezone.now()
        )
    queue = known.BY_CODE.get(where.queue, known.BY_CODE[known.FIRST])
    rows = queries.cases(scope).filter(queue.holds(scope)).filter(where.narrow)
    return rows.order_by()[: MOST_COUNTED + 1].count()


@require_GET
@needs(Permission.HANDLE_CASES)
def filters(request: HttpRequest) -> HttpResponse:
    """What the list can be narrowed to, and keeping it; fetched when somebody opens it."""
    where, language = Where.of(request), get_language() or "en"
    unit = desk_of(request, Permission.HANDLE_CASES)
    own = View.objects.filter(officer=request.scope.officer)
    facts = {
        "where": where,
        "categories": [
            (c.code, c.labels.get(language) or c.labels["en"]) for c in tables.categories().values()
        ],
        "states": State.choices,
        "units": _leading(request.scope),
        "officers": shifts.operators(unit.pk, now=timezone.now()),
        "leaders": _leaders(request.scope),
        "same": [view for view in own if Where.read(view.query) == where],
    }
    return render(request, "desk/filters.html", facts)


def _leading(scope: Scope) -> list[Unit]:
    """Units that may lead the desk's cases: all over which it handles them, as the force's tree has them."""
    over = scope.units_with(Permission.HANDLE_CASES)
    units = directory.current(now=timezone.now()).all_units.values()
    mine = [unit for unit in units if over & set(unit.path) and unit.level.code != "desk"]
    return sorted(mine, key=lambda unit: (unit.level.rank, str(unit)))


def _leaders(scope: Scope) -> list[Posting]:
    """Who can be ordered to lead below the desk today: officers by name, with their posts. One query."""
    below = Q()
    for pk in sorted(scope.units_with(Permission.HANDLE_CASES)):
        below |= Q(post__unit__path__contains=[pk])
    held = current_postings(on=timezone.localdate()).filter(below, post__role__in=TAKES_ORDERS)
    return list(held.select_related("officer", "post").order_by("officer__name", "id"))


@require_POST
@needs(Permission.HANDLE_CASES)
def save(request: HttpRequest) -> HttpResponse:
    """Keep the list of the address under a name; or throw one away: one's own, or a shared one as head of the desk."""
    scope, where = request.scope, Where.of(request)
    if "forget" in request.POST:
        heads = Q(unit__in=scope.units_with(Permission.RUN_DESK))
        rows = View.objects.filter(Q(officer=scope.officer) | heads, public_id=request.POST["forget"])
        rows.delete()
        return redirect("desk")
    name = request.POST.get("name", "").strip()[:60]
    if not name:
        messages.error(request, _("Give the list a name."))
    elif View.objects.filter(officer=scope.officer).exclude(name=name).count() >= MOST:
        messages.error(request, _("You keep %(most)d lists already. Throw one away first.") % {"most": MOST})
    else:
        unit = desk_of(request, Permission.HANDLE_CASES) if request.POST.get("shared") == "yes" else None
        facts = {"unit": unit, "query": where.kept, "at": timezone.now()}
        if not View.objects.filter(officer=scope.officer, name=name).update(**facts):
            View.objects.create(officer=scope.officer, name=name, **facts)
        messages.success(request, _("Kept among your lists."))
    return redirect(f"{reverse('desk')}?{where.query}")

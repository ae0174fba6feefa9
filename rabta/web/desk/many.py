"""The page for acting on many cases of a list at once, and what became of each."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from procrastinate.contrib.django import app as deferred

from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.desk import shifts
from rabta.desk.models import Batch, BatchLine
from rabta.force.access import Permission
from rabta.journey.deciding import many
from rabta.triage import tables
from rabta.web.desk import queries
from rabta.web.desk import queues as known
from rabta.web.desk.running import desks
from rabta.web.desk.views import operators
from rabta.web.desk.where import Where
from rabta.web.once import first_time

SHOWN = 100
REFUSED_SHOWN = 500


@require_http_methods(["GET", "POST"])
@operators
def choose(request: HttpRequest) -> HttpResponse:
    """The first cases of a list with a box each; a POST does one thing with those that were chosen, or with all."""
    where = Where.of(request)
    found = _ids(request, where)
    if request.method == "GET":
        return _page(request, where, found)
    now = timezone.now()
    if not first_time(officer=request.scope.officer, key=request.POST.get("key", ""), now=now):
        messages.info(request, _("This was already received."))
        return redirect("desk")
    chosen = found if request.POST.get("all") == "yes" else _boxes(request)
    data = {name: request.POST.get(name, "")[:4096] for name in ("officer", "category", "remark")}
    try:
        with transaction.atomic():
            batch = many.start(
                act=request.POST.get("act", ""), cases=chosen, data=data, by=request.scope, now=now
            )
    except Refused as refused:
        messages.error(request, str(refused))
        return _page(request, where, found, status=400)
    if len(chosen) <= many.AT_ONCE:
        many.carry_out(batch, by=request.scope, now=now)
    else:
        deferred.configure_task("rabta.jobs.tasks.work_off", allow_unknown=True, queue="desk").defer(
            batch_id=batch.pk
        )
    return redirect(f"{reverse('desk_batch')}?batch={batch.public_id}")


@require_GET
@operators
def batch(request: HttpRequest) -> HttpResponse:
    """How far it is, and what was refused with the reason."""
    made = get_object_or_404(Batch, officer=request.scope.officer, public_id=request.GET.get("batch", ""))
    lines = BatchLine.objects.filter(request.scope.visible("case__"), batch=made)
    refused = lines.filter(state=BatchLine.State.REFUSED).select_related("case")
    states = list(lines.order_by().values_list("state", flat=True))
    counts = {state: states.count(state) for state in BatchLine.State.values}
    facts = {"batch": made, "total": len(states), **counts, "lines": refused.order_by("id")[:REFUSED_SHOWN]}
    return render(request, "desk/batch.html", facts)


def _ids(request: HttpRequest, where: Where) -> list[int]:
    """Ids of all cases of the list, in its order, as far as one batch reaches."""
    if where.text:
        return queries.search_ids(
            scope=request.scope, text=where.text, narrow=where.narrow, most=many.MOST, now=timezone.now()
        )
    queue = known.BY_CODE.get(where.queue, known.BY_CODE[known.FIRST])
    return queries.ids_of(
        scope=request.scope, queue=queue, narrow=where.narrow, sort=where.sort, most=many.MOST
    )


def _boxes(request: HttpRequest) -> list[int]:
    rows = Case.objects.filter(request.scope.visible(), public_id__in=request.POST.getlist("case")[:SHOWN])
    return list(rows.order_by("id").values_list("id", flat=True))


def _page(request: HttpRequest, where: Where, found: list[int], status: int = 200) -> HttpResponse:
    shown = (
        Case.objects.filter(request.scope.visible())
        .select_related("assigned_to", "lead_unit")
        .in_bulk(found[:SHOWN])
    )
    language, now = get_language() or "en", timezone.now()
    own = desks(request, Permission.HANDLE_CASES)
    people = {one.pk: one for unit in own[:3] for one in shifts.operators(unit.pk, now=now)}
    facts: dict[str, Any] = {
        "where": where,
        "cases": [
            (shown[pk], tables.category_label(shown[pk].category, language=language))
            for pk in found
            if pk in shown
        ],
        "total": len(found),
        "most": many.MOST,
        "people": sorted(people.values(), key=str),
        "categories": [
            (c.code, c.labels.get(language) or c.labels["en"]) for c in tables.categories().values()
        ],
        "typed": request.POST,
        "key": uuid4(),
    }
    return render(request, "desk/many.html", facts, status=status)

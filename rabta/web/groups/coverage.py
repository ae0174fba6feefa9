"""Which sections of society a station's group has, and what is missing; for higher units one line for each below."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from rabta.groups import cards, coverage, kinds
from rabta.groups.models import Group
from rabta.web.groups import queries
from rabta.web.groups.registry import runners


@require_safe
@runners
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """One group with its gaps; a group of a higher unit as a table of the units below."""
    group = queries.group_or_404(public_id, request.scope)
    facts: dict[str, object] = {"group": group, "tab": "coverage"}
    facts["cards"] = cards.counted(group, today=timezone.localdate())
    if group.kind == Group.Kind.VOLUNTEERS:
        found = coverage.of_group(group)
        facts |= {"found": found, "most": max([part.members for part in found.parts], default=0)}
        return render(request, "groups/coverage.html", facts)
    rows = coverage.summed(group.unit)
    first = {
        one.unit_id: one
        for one in queries.run_by(request.scope)
        .filter(unit__in=[row.unit.pk for row in rows], closed_at=None)
        .order_by("-path__len", "-pk")
    }
    facts |= {
        "sections": [one for one in kinds.sections().values() if one.wanted],
        "rows": [(row, first.get(row.unit.pk)) for row in rows],
        "groups": sum(row.groups for row in rows),
        "members": sum(row.members for row in rows),
    }
    return render(request, "groups/coverage_below.html", facts)

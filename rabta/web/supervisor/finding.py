"""What a commander looks for by number, name, place or words, in what he may see."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from rabta.force import directory
from rabta.force.models import Unit
from rabta.triage.tables import category_label
from rabta.web.desk.lights import light_of_case
from rabta.web.desk.queries import search


def found(request: HttpRequest, text: str, unit: Unit | None) -> HttpResponse:
    """A page of what the desk's search finds among the cases that the officer may see, ordered or not."""
    now, after, language = timezone.now(), request.GET.get("after", ""), get_language() or "en"
    narrow = Q(lead_unit__in=directory.current(now=now).under(unit.pk)) if unit else Q()
    page = search(scope=request.scope, text=text, narrow=narrow, after=after, now=now)
    lines = [
        (row, light_of_case(case=row.case, now=now), category_label(row.case.category, language=language))
        for row in page.rows
    ]
    facts = {"lines": lines, "next": page.next, "text": text, "unit": unit}
    return render(request, "supervisor/found.html", facts)

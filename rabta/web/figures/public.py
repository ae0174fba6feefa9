"""Figures for everybody: a month of the whole force, nothing small told, nothing that is kept from anybody."""

from collections import Counter
from datetime import date

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from rabta.rules import durations
from rabta.rules.report_classes import DoesNotAddUp, ReportClass, report
from rabta.rules.small_cells import LEAST, MERGED, printed
from rabta.web.citizen.views import with_emergency
from rabta.web.figures import words
from rabta.web.figures.periods import months
from rabta.web.figures.report import lines_of

TOLD = (ReportClass.DISPOSED, ReportClass.FOUND_FALSE, ReportClass.PENDING)


@require_GET
@cache_control(public=True, max_age=300)
def public(request: HttpRequest) -> HttpResponse:
    """The page. `?month=2026-03`: single months only, since periods that overlap could be subtracted."""
    offered = months(today=timezone.localdate())[1:]
    month = next((one for one in offered if f"{one:%Y-%m}" == request.GET.get("month", "")), offered[0])
    found = _read(month)
    facts: dict[str, object] = {"months": offered, "month": month, "least": LEAST}
    try:
        cells = {tuple(value.split("|")): number for value, number in found["class"].items()}
        checked = report(
            {(channel, one): number for (channel, one), number in cells.items()},
            totals=found["channel"],
            flags={},
        )
        if checked.sum.total != found["all"][""]:
            raise DoesNotAddUp(f"{checked.sum.total} of {found['all']['']}")
    except DoesNotAddUp:
        return render(request, "figures/public.html", with_emergency(facts | {"error": True}), status=500)
    table = printed(
        {(row.name, str(one)): row.classes[one] for row in checked.rows for one in TOLD},
        rows=[row.name for row in checked.rows],
        columns=[str(one) for one in TOLD],
    )
    steps = {int(step): number for step, number in found["closing"].items()}
    enough = table.total and sum(steps.values()) >= 4 * LEAST
    facts |= {
        "table": table,
        "heads": [_("Others") if one == MERGED else words.class_name(one) for one in table.columns],
        "lines": lines_of(table),
        "half": words.span_of_time(durations.percentile(steps, 0.5)) if enough else "",
    }
    return render(request, "figures/public.html", with_emergency(facts))


def _read(month: date) -> dict[str, Counter[str]]:
    """The sums of a month that is over, by what is counted and by value."""
    found: dict[str, Counter[str]] = {what: Counter() for what in ("all", "channel", "class", "closing")}
    with connection.cursor() as cursor:
        cursor.execute("SELECT what, value, n FROM rabta_public_figures(%s)", [month])
        for what, value, number in cursor.fetchall():
            found[what][value] += number
    return found

"""The cases behind a figure: exactly those that it counts."""

from contextlib import suppress
from datetime import date

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from rabta.cases.models import Case, Order
from rabta.figures import counting, folding
from rabta.figures.counting import Period
from rabta.force.access import Permission
from rabta.triage.tables import category_label
from rabta.web.figures import words
from rabta.web.figures.chosen import chosen
from rabta.web.guard import needs

supervisors = needs(Permission.SUPERVISE)
MOST = 50


@require_GET
@supervisors
def cases(request: HttpRequest) -> HttpResponse:
    """The list. `?unit=`, `?since=2026-01-01&until=2026-04-01` (that day not), `?what=class&value=x|disposed`."""
    asked = chosen(request, page="figures_cases")
    what, value = request.GET.get("what", ""), request.GET.get("value", "")
    if what not in counting.COLUMNS:
        raise Http404
    period = _period(request)
    folding.step()
    before = request.GET.get("after", "")
    try:
        ids = counting.cases(
            asked.unit.pk, what=what, value=value, period=period, scope=request.scope, most=MOST + 1,
            before=int(before) if before.isascii() and before.isdigit() else counting.LAST,
        )  # fmt: skip
    except ValueError:
        raise Http404 from None
    facts = asked.facts | {
        "rows": _rows(request, ids[:MOST]),
        "next": ids[MOST - 1] if len(ids) > MOST else None,
        "number": _number(request, what, value, period),
        "name": _name(what, value),
        "period": period,
        "first": not before,
        "back": request.GET.get("back", ""),
        "what": what,
        "value": value,
    }
    return render(request, "figures/cases.html", facts)


def _period(request: HttpRequest) -> Period:
    with suppress(ValueError):
        since, until = (date.fromisoformat(request.GET.get(name, "")) for name in ("since", "until"))
        return Period(since=since, until=until)
    raise Http404


def _number(request: HttpRequest, what: str, value: str, period: Period) -> int:
    """The figure itself, as the page that led here counts it."""
    asked = chosen(request)
    found = counting.sums(
        [asked.unit.pk], what=[what], period=period, scope=request.scope, directory=asked.directory
    )
    return counting.counted(found[asked.unit.pk][what], value)


def _rows(request: HttpRequest, ids: list[int]) -> list[tuple[Case, str]]:
    found = Case.objects.filter(request.scope.visible(), pk__in=ids).select_related("lead_unit", "desk_unit")
    found = found.annotate(ordered=Exists(Order.objects.filter(case=OuterRef("pk"))))
    cases = sorted(found.defer("lead_unit__area", "desk_unit__area"), key=lambda case: -case.pk)
    return [(case, category_label(case.category, language=get_language() or "en") or "") for case in cases]


def _name(what: str, value: str) -> str:
    """What the figure counts, in words."""
    parts = value.split("|")
    if what in ("class", "flag", "day"):
        names = [*map(words.channel_name, filter(None, parts[:-1][:1] if what != "day" else []))]
        classes = parts if what == "day" else parts[1:2]
        names += [words.class_name(one) for one in classes if one]
        names += [words.flag_name(one) for one in parts[2:] if one]
        return " · ".join(names)
    if what == "officer":
        return words.officer_names({int(value)}).get(value, "") if value.isdigit() else ""
    return "" if what == "all" else words.value_name(what, value)

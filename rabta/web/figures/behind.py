"""The cases behind a figure: exactly those that it counts."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rabta.cases.looking import looked
from rabta.cases.models import Case, Order
from rabta.figures import counting, folding, placed
from rabta.figures.counting import Period
from rabta.force.access import Permission
from rabta.rules import repeats
from rabta.triage.tables import category_label
from rabta.web.figures import nearby, queries, words
from rabta.web.figures.chosen import Chosen, chosen
from rabta.web.guard import needs

supervisors = needs(Permission.SUPERVISE)
MOST = 50


@dataclass(frozen=True, kw_only=True)
class Found:
    """A page of the cases behind a figure, how many it counts in all, and behind which case the next page begins."""

    number: int
    cases: Sequence[Case]
    next: str


@require_GET
@supervisors
def cases(request: HttpRequest) -> HttpResponse:
    """The list. `?unit=`, `?since=2026-01-01&until=2026-04-01` (that day not), `?what=class&value=x|disposed`.

    `?itself=1`: what no unit below it works on.
    """
    asked = chosen(request, page="figures_cases")
    what, value = request.GET.get("what", ""), request.GET.get("value", "")
    period, itself = _period(request), bool(request.GET.get("itself"))
    after = request.GET.get("after", "")
    page = found(asked, what=what, value=value, period=period, after=after, itself=itself)
    looked(page.cases, by=request.scope, where="figures", now=timezone.now())
    language = get_language() or "en"
    facts = asked.facts | {
        "rows": [(case, category_label(case.category, language=language) or "") for case in page.cases],
        "next": page.next,
        "number": page.number,
        "name": _name(what, value),
        "heading": _("%(unit)s itself") % {"unit": asked.unit} if itself else str(asked.unit),
        "period": period,
        "what": what,
        "value": value,
        "itself": itself,
    }
    return render(request, "figures/cases.html", facts)


def found(
    asked: Chosen, *, what: str, value: str, period: Period, after: str = "", itself: bool = False
) -> Found:
    """The page behind the case `after`. Raises Http404 for what is no figure."""
    folding.step()
    seen = Case.objects.filter(asked.scope.visible())
    last = seen.filter(public_id=after).values_list("pk", flat=True).first() if after else None
    try:
        if what in placed.PARTS and not itself:
            number, ids = placed.behind(
                asked.unit.pk, what=what, value=value, period=period, after=last, most=MOST + 1,
                scope=asked.scope, directory=asked.directory,
            )  # fmt: skip
        elif what in counting.COLUMNS:
            number, ids = _counted(asked, what, value, period, after=last, itself=itself)
        else:
            raise Http404
    except (ValueError, OverflowError):
        raise Http404 from None
    rows = seen.filter(pk__in=ids[:MOST]).select_related("lead_unit", "desk_unit")
    rows = openable(rows.defer("lead_unit__area", "desk_unit__area"))
    page = sorted(rows, key=lambda case: ids.index(case.pk))
    return Found(number=number, cases=page, next=page[-1].public_id if len(ids) > MOST and page else "")


def openable(rows: QuerySet[Case]) -> QuerySet[Case]:
    """With `ordered`, which says whether supervisors have a page of the case."""
    return rows.annotate(ordered=Exists(Order.objects.filter(case=OuterRef("pk"))))


def _counted(
    asked: Chosen, what: str, value: str, period: Period, *, after: int | None, itself: bool
) -> tuple[int, list[int]]:
    """How many a figure of the overview counts, and a page of them with one more."""
    below = units_below(asked) if itself else []
    ids = counting.cases(
        asked.unit.pk, what=what, value=value, period=period, scope=asked.scope, directory=asked.directory,
        without=below, after=after, most=MOST + 1,
    )  # fmt: skip
    return _number(asked, what, value, period, without=below), ids


def _period(request: HttpRequest) -> Period:
    with suppress(ValueError):
        since, until = (date.fromisoformat(request.GET.get(name, "")) for name in ("since", "until"))
        if until > date.min:  # or it has no last day
            return Period(since=since, until=until)
    raise Http404


def units_below(asked: Chosen) -> list[int]:
    """The units that the overview counts below this one."""
    return queries.rows_of(asked.unit, asked.directory)[:-1]


def _number(asked: Chosen, what: str, value: str, period: Period, *, without: list[int]) -> int:
    """The figure itself, as the page that led here counts it."""
    found = counting.sums(
        [asked.unit.pk, *without], what=[what], period=period, scope=asked.scope, directory=asked.directory
    )
    whole = counting.counted(found[asked.unit.pk][what], value)
    return whole - sum(counting.counted(found[unit][what], value) for unit in without)


def _name(what: str, value: str) -> str:
    """What the figure counts, in words."""
    parts = value.split("|")
    if value == counting.ANY:
        return words.any_name(what)
    if what in ("class", "flag", "day"):
        names = [*map(words.channel_name, filter(None, parts[:-1][:1] if what != "day" else []))]
        classes = parts if what == "day" else parts[1:2]
        names += [words.class_name(one) for one in classes if one]
        names += [words.flag_name(one) for one in parts[2:] if one]
        return " · ".join(names)
    if what in placed.PARTS:
        return _placed_name(what, *parts)
    if what == "officer":
        return words.officer_names({int(value)}).get(value, "") if value.isdigit() else ""
    return "" if what == "all" else words.value_name(what, value)


def _placed_name(what: str, *parts: str) -> str:
    *numbers, category = parts
    where = [_("with a place")]
    if what == "placed_hour":
        where = [words.hours(int(numbers[0]), placed.HOURS)]
    elif what == "placed_square":
        lat, lng = repeats.middle((int(numbers[0]), int(numbers[1])))
        where = [*filter(None, nearby.names([(lat, lng)])), f"{lat:.4f}, {lng:.4f}"]
    return " · ".join([*where, *([words.value_name("category", category)] if category else [])])

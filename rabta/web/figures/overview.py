"""The figures of a unit for some months, each with the way to the cases behind it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rabta.figures import counting, folding
from rabta.figures.counting import Period
from rabta.force.access import Permission
from rabta.force.models import Unit
from rabta.rules import durations
from rabta.rules.report_classes import DoesNotAddUp, Flag, ReportClass, report
from rabta.web.figures import behind, charts, spans, words
from rabta.web.figures.chosen import Chosen, chosen
from rabta.web.figures.words import Figure
from rabta.web.guard import needs

supervisors = needs(Permission.SUPERVISE)
CLASSES = (ReportClass.DISPOSED, ReportClass.FOUND_FALSE, ReportClass.PENDING)
TABLES = ("channel", "category", "kind", "state", "outcome", "opinion")
TIMES = ("reply", "contact", "closing")
WHAT = ("all", "class", "flag", "officer", *TABLES, *TIMES)
AGES = (0, 3, 7, 30, 90)  # days: where each step of age begins
OLDEST = date(2000, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Below:
    """A unit below, as a line of the table."""

    name: str
    link: str
    figures: list[Figure]


@require_GET
@supervisors
def overview(request: HttpRequest) -> HttpResponse:
    """The page. `?unit=`, `?from=2026-01&to=2026-03`, `?step=day`, `week` or `month` of the chart."""
    asked = chosen(request)
    found = counted_of(asked)
    error = ""
    try:
        check(found)
    except DoesNotAddUp as reason:
        error = str(reason)
    step = spans.step_for(asked.span, request.GET.get("step", ""))
    days = counting.by_day(
        asked.unit.pk, period=asked.span.period, scope=request.scope, directory=asked.directory
    )
    facts = asked.facts | {
        "error": error,
        "classes": [_figure(asked, "all", "", _("Came in"), found), *_classes(asked, found)],
        "flags": _flags(asked, found),
        "below": [] if error else _below(asked),
        "heads": [_("Came in"), *map(words.class_name, CLASSES)],
        "tables": [(what, name, _table(asked, what, found[what])) for what, name in names()],
        "times": times(asked, found),
        "ages": ages(asked),
        "officers": _officers(asked, found["officer"]),
        "may_export": request.scope.has(Permission.EXPORT) and asked.may_be_given_away,
        "step": step,
        "steps": [("day", _("Days")), ("week", _("Weeks")), ("month", _("Months"))],
        **_trend(asked, days, step, mirrored=getattr(request, "LANGUAGE_CODE", "en") == "ur"),
    }
    return render(request, "figures/overview.html", facts, status=500 if error else 200)


def counted_of(asked: Chosen) -> dict[str, Counter[str]]:
    """All that is counted of the unit and months that are asked for."""
    folding.step()
    return asked.sums([asked.unit.pk], WHAT)[asked.unit.pk]


def names() -> list[tuple[str, str]]:
    """What is counted in tables of one number each, with their heads."""
    heads = {
        "channel": _("Channel"),
        "category": _("Category"),
        "kind": _("Kind"),
        "state": _("State"),
        "outcome": _("Outcome"),
        "opinion": _("What citizens think of it"),
    }
    return [(what, heads[what]) for what in TABLES]


def check(found: dict[str, Counter[str]]) -> None:
    """Every table is the same cases. Raises DoesNotAddUp."""
    cells = {tuple(value.split("|")): number for value, number in found["class"].items()}
    told = report(
        {(channel, one): number for (channel, one), number in cells.items()},
        totals=found["channel"],
        flags={},
    )
    whole = found["all"][""]
    for what, number in [
        ("class", told.sum.total),
        *((one, found[one].total()) for one in ("kind", "state", "category")),
    ]:
        if number != whole:
            raise DoesNotAddUp(f"{what}: {number} of {whole}")


def _figure(asked: Chosen, what: str, value: str, name: str, found: dict[str, Counter[str]]) -> Figure:
    link = words.opens(asked.unit, asked.span.period, what, value)
    return Figure(name=name, number=counting.counted(found[what], value), link=link)


def _classes(asked: Chosen, found: dict[str, Counter[str]]) -> list[Figure]:
    return [_figure(asked, "class", f"|{one}", words.class_name(one), found) for one in CLASSES]


def _flags(asked: Chosen, found: dict[str, Counter[str]]) -> list[Figure]:
    return [_figure(asked, "flag", f"||{flag}", words.flag_name(flag), found) for flag in Flag]


def _below(asked: Chosen) -> list[Below]:
    """The units directly below, the unit itself for what none of them has, and all of it: the lines add up."""
    units = [asked.directory.all_units[one] for one in behind.units_below(asked)]
    found = asked.sums([unit.pk for unit in [asked.unit, *units]], ("all", "class"))
    counted = [("all", "", _("Came in")), *(("class", f"|{one}", words.class_name(one)) for one in CLASSES)]

    def number(unit: Unit, what: str, value: str) -> int:
        return counting.counted(found[unit.pk][what], value)

    def line(unit: Unit, name: str, link: str = "", *, itself: bool = False) -> Below:
        figures = [
            Figure(
                name=head,
                number=number(unit, what, value)
                - (sum(number(one, what, value) for one in units) if itself else 0),
                link=words.opens(unit, asked.span.period, what, value, itself=itself),
            )
            for what, value, head in counted
        ]
        return Below(name=name, link=link, figures=figures)

    if not units:
        return []
    return [
        *(line(unit, str(unit), asked.address(unit)) for unit in units),
        line(asked.unit, _("%(unit)s itself") % {"unit": asked.unit}, itself=True),
        line(asked.unit, _("All together")),
    ]


def _table(asked: Chosen, what: str, found: Counter[str]) -> list[Figure]:
    most = max(found.values(), default=0)
    return [
        Figure(
            name=words.value_name(what, value),
            number=number,
            link=words.opens(asked.unit, asked.span.period, what, value),
            share=round(100 * number / most),
        )
        for value, number in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def times(asked: Chosen, found: dict[str, Counter[str]]) -> list[dict[str, object]]:
    """How long things took: of how many, half of them and nine in ten."""
    lines = []
    for what, name in words.time_names().items():
        steps = {int(step): number for step, number in found[what].items()}
        lines.append(
            {
                "what": what,
                "name": name,
                "number": sum(steps.values()),
                "link": words.opens(asked.unit, asked.span.period, what, counting.ANY),
                "median": words.span_of_time(durations.percentile(steps, 0.5)),
                "most": words.span_of_time(durations.percentile(steps, 0.9)),
            }
        )
    return lines


def ages(asked: Chosen) -> list[Figure]:
    """How old all is that is pending today, whenever it came in."""
    today = timezone.localdate()
    ever = Period(since=OLDEST, until=today + timedelta(days=1))
    days = counting.by_day(
        asked.unit.pk,
        period=ever,
        scope=asked.scope,
        directory=asked.directory,
        only=ReportClass.PENDING,
    )
    found = []
    for begins, ends in zip(AGES, (*AGES[1:], 0), strict=True):
        older = today - timedelta(days=ends - 1) if ends else OLDEST
        part = Period(since=older, until=today - timedelta(days=begins - 1))
        number = sum(n for (day, _one), n in days.items() if part.since <= day < part.until)
        link = words.opens(asked.unit, part, "day", ReportClass.PENDING)
        found.append(Figure(name=_age(begins, ends), number=number, link=link))
    return found


def _age(begins: int, ends: int) -> str:
    """A step of age in words: from so many days to the day before `ends`."""
    if not begins:
        return _("up to %(n)d days") % {"n": ends - 1}
    if not ends:
        return _("%(n)d days and more") % {"n": begins}
    return _("%(n)d to %(most)d days") % {"n": begins, "most": ends - 1}


def _officers(asked: Chosen, found: Counter[str]) -> list[Figure]:
    """Open cases of these months by the officer of the desk who has them."""
    names = words.officer_names({int(one) for one in found})
    figures = _table(asked, "officer", found)
    order = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        Figure(name=names.get(one, one), number=figure.number, link=figure.link, share=figure.share)
        for (one, _number), figure in zip(order, figures, strict=True)
    ]


def _trend(asked: Chosen, days: Counter[tuple[date, str]], step: str, *, mirrored: bool) -> dict[str, object]:
    """The chart and the table beside it."""
    columns, lines = [], []
    for name, part in spans.steps(asked.span.period, step):
        numbers = Counter(dict.fromkeys(CLASSES, 0))
        for (day, one), number in days.items():
            if part.since <= day < part.until:
                numbers[ReportClass(one)] += number
        parts = [(str(one), words.class_name(one), numbers[one]) for one in CLASSES]
        columns.append(charts.Column(name=name, parts=parts))
        figures = [
            Figure(name=said, number=number, link=words.opens(asked.unit, part, "day", one))
            for one, said, number in parts
        ]
        whole = words.opens(asked.unit, part, "day", counting.ANY)
        lines.append((name, figures, Figure(name=_("All"), number=sum(numbers.values()), link=whole)))
    return {
        "chart": charts.draw(columns, mirrored=mirrored),
        "trend": lines,
        "looks": [(str(one), words.class_name(one)) for one in CLASSES],
    }

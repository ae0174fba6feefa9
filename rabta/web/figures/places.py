"""Places and times: where the same kind of thing happens again, when, and which crimes were reported beforehand (R4).

A beat watch is ordered from here. Never a figure of a person.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rabta import audit, journey
from rabta.cases.models import Case, Order, State
from rabta.cases.refusal import Refused
from rabta.figures import crimes, folding, placed
from rabta.figures.counting import Period
from rabta.figures.models import Crime
from rabta.force import names
from rabta.force.access import Permission
from rabta.force.models import Unit
from rabta.rules import repeats
from rabta.rules.repeats import Incident, Place
from rabta.tasking.orders import OPEN
from rabta.triage import tables
from rabta.web.accounts.step_up import step_up
from rabta.web.figures import behind, nearby, words
from rabta.web.figures.chosen import chosen
from rabta.web.figures.words import Figure
from rabta.web.guard import needs

supervisors = needs(Permission.SUPERVISE)
MOST_FORESEEN, LARGEST = 30, 20 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """A crime that reports of its kind and place went before, and the case on which a watch can be ordered."""

    crime: Crime
    kind: str
    cases: Sequence[Case]
    watch: Case | None
    ordered: bool  # and not done yet


@dataclass(frozen=True, kw_only=True)
class _Links:
    """The ways to the cases behind the figures of this page: of a unit and these days, perhaps of one kind."""

    unit: Unit
    period: Period
    kind: str

    def placed(self, period: Period) -> str:
        return words.opens(self.unit, period, "placed", self.kind)

    def day(self, day: date) -> str:
        return self.placed(Period(since=day, until=day + timedelta(days=1)))

    def hours(self, first: int) -> str:
        return words.opens(self.unit, self.period, "placed_hour", f"{first}|{self.kind}")

    def square(self, place: Place, kind: str = "") -> str:
        row, column = place.square
        return words.opens(self.unit, self.period, "placed_square", f"{row}|{column}|{kind or self.kind}")


@require_GET
@supervisors
def places(request: HttpRequest) -> HttpResponse:
    """The page. `?unit=`, `?from=`, `?to=`, `?kind=` one category."""
    asked = chosen(request, page="figures_places")
    folding.step()
    period = asked.span.period
    kind = request.GET.get("kind", "")
    known = crimes.crimes(asked.unit, period=period)
    of_kind = [one for one in map(crimes.incident, known) if one and kind in ("", one.category)]
    found = placed.laid(
        asked.unit.pk,
        period=period,
        kind=kind,
        crimes=of_kind,
        scope=request.scope,
        directory=asked.directory,
    )
    shown = Period(since=max(period.since, found.since), until=period.until)
    links = _Links(unit=asked.unit, period=shown, kind=kind)
    told = _told(found.places, links)
    facts = asked.facts | {
        "kinds": [(one, words.value_name("category", one)) for one in found.kinds],
        "kind": kind,
        "places": told,
        "points": [_point(place, said) for place, said in zip(found.places, told, strict=True)],
        "weeks": _calendar(found.days, links),
        "hours": _hours(found.hours, links),
        "number": Figure(name="", number=found.days.total(), link=links.placed(shown)),
        "only_from": shown.since if shown.since > period.since else None,
        "crimes": len(known),
        "foreseen": _foreseen(request, known, of_kind, found.near),
        "metres": repeats.METRES,
        "days": repeats.DAYS,
        "may_order": request.scope.has(Permission.ORDER),
        "may_import": request.scope.has(Permission.EXPORT),
    }
    return render(request, "figures/places.html", facts)


@require_POST
@supervisors
def watch(request: HttpRequest) -> HttpResponse:
    """Order a beat watch: to the head of the crime's station, on an open case that was reported before it."""
    asked = chosen(request, page="figures_places")
    case = Case.objects.filter(request.scope.visible(), public_id=request.POST.get("case", "")).first()
    known = {crime.pk: crime for crime in crimes.crimes(asked.unit, period=asked.span.period)}
    number = request.POST.get("crime", "")
    crime = known.get(int(number)) if number.isascii() and number.isdigit() else None
    if case is None or crime is None:
        raise Http404
    post = asked.directory.head(crime.unit_id)
    try:
        if post is None:
            raise Refused(_("This station has no post of its head. Order the watch by telephone."))
        order = journey.order(
            case=case,
            post=post,
            part=Order.Part.SUPPORT,
            instruction=_instruction(request.POST.get("instruction", ""), crime),
            by=request.scope,
            now=timezone.now(),
        )
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("The beat watch is ordered: %(post)s.") % {"post": order.post})
    return redirect(asked.address(asked.unit))


@needs(Permission.EXPORT)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Bring in the register of crimes: check, then save. Nothing is saved while a line is wrong."""
    asked = chosen(request, page="figures_places")
    facts: dict[str, Any] = asked.facts | {"table": crimes.TABLE}
    upload = request.FILES.get("crimes")
    if request.method != "POST":
        return render(request, "figures/crimes.html", facts)
    if upload is None or (upload.size or 0) > LARGEST:
        facts["trouble"] = _("Choose a table of at most 20 MB.")
        return render(request, "figures/crimes.html", facts, status=400)
    over, now = request.scope.units_with(Permission.EXPORT), timezone.now()
    mine = [unit for unit in asked.directory.all_units.values() if over & set(unit.path)]
    kinds = tables.categories().keys()
    found = crimes.check(upload.read(), units=mine, kinds=kinds, by=request.scope.officer, now=now)
    if found.problems or "save" not in request.POST:
        facts |= {"checked": True, "problems": found.problems, "notes": found.notes, "new": len(found.crimes)}
        return render(request, "figures/crimes.html", facts, status=400 if found.problems else 200)
    number = crimes.save(found)
    audit.record(
        "crimes_imported",
        now=now,
        officer_id=request.scope.officer.pk,
        subject="crimes",
        detail={"rows": len(found.crimes), "new": number},
    )
    said = ngettext("%(number)d new line was saved.", "%(number)d new lines were saved.", number)
    messages.success(request, said % {"number": number})
    return redirect(asked.address(asked.unit))


def _instruction(text: str, crime: Crime) -> str:
    usual = _("Beat watch near %(place)s: reports of the same kind came before FIR %(number)s.") % {
        "place": crime.place or crime.unit,
        "number": crime.number,
    }
    return text.strip()[:500] or usual


def _foreseen(
    request: HttpRequest, known: Sequence[Crime], placed: Sequence[Incident], reported: Sequence[Incident]
) -> list[Foreseen]:
    by_id = {crime.pk: crime for crime in known}
    pairs = repeats.preceded(placed, reported)[:MOST_FORESEEN]
    ids = {report.id for _crime, before in pairs for report in before}
    visible = Case.objects.filter(request.scope.visible(), pk__in=ids)
    cases = {case.pk: case for case in behind.openable(visible)}
    watches = _watches(cases)
    found = []
    for crime, before in pairs:
        theirs = [cases[report.id] for report in before if report.id in cases]
        still = next((case for case in theirs if case.state != State.CLOSED and not case.withheld), None)
        found.append(
            Foreseen(
                crime=by_id[crime.id],
                kind=words.value_name("category", crime.category),
                cases=theirs,
                watch=still,
                ordered=any((by_id[crime.id].unit_id, case.pk) in watches for case in theirs),
            )
        )
    return found


def _watches(cases: Iterable[int]) -> set[tuple[int, int]]:
    """Unit and case of supporting orders that are open: a watch that was ordered is not ordered twice."""
    rows = Order.objects.filter(case__in=list(cases), part=Order.Part.SUPPORT, state__in=OPEN)
    return set(rows.values_list("unit_id", "case_id"))


def _told(found: Sequence[Place], links: _Links) -> list[dict[str, Any]]:
    near = nearby.names([(place.lat, place.lng) for place in found])
    return [_place(place, name, links) for place, name in zip(found, near, strict=True)]


def _place(place: Place, near: str, links: _Links) -> dict[str, Any]:
    busiest = min(place.hours, key=lambda hour: (-place.hours[hour], hour))
    ordered = sorted(place.kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    return {
        "number": place.number,
        "link": links.square(place),
        "kinds": [
            Figure(name=words.value_name("category", kind), number=number, link=links.square(place, kind))
            for kind, number in ordered
        ],
        "near": near,
        "at": f"{place.lat:.4f}, {place.lng:.4f}",
        "hour": f"{busiest}:00–{(busiest + 1) % 24}:00",
    }


def _point(place: Place, told: dict[str, Any]) -> list[object]:
    """A circle on the map: where, how many, what it says, and where it leads."""
    said = names.listed(f"{one.name} {one.number}" for one in told["kinds"])
    return [place.lat, place.lng, place.number, said, told["link"]]


def _hours(counted: Counter[int], links: _Links) -> list[Figure]:
    """Six parts of the day."""
    most = max(counted.values(), default=0) or 1
    return [
        Figure(
            name=words.hours(first, placed.HOURS),
            number=counted[first],
            link=links.hours(first),
            share=round(100 * counted[first] / most),
        )
        for first in range(0, 24, placed.HOURS)
    ]


def _calendar(counted: Counter[date], links: _Links) -> list[list[tuple[date, int, int, str] | None]]:
    """Weeks from Monday: (day, number, step of darkness from 0 to 4, the way to the cases), None outside the days."""
    most = max(counted.values(), default=0) or 1
    since, last = links.period.since, links.period.last
    day, weeks = since - timedelta(days=since.weekday()), []
    while day <= last:
        week = [day + timedelta(days=n) for n in range(7)]
        weeks.append(
            [
                (one, counted[one], -(-4 * counted[one] // most), links.day(one))
                if since <= one <= last
                else None
                for one in week
            ]
        )
        day += timedelta(days=7)
    return weeks

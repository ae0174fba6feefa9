"""What a page of figures is asked for: a unit, and from which month to which."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from rabta.figures import counting
from rabta.figures.counting import Sums
from rabta.force import directory
from rabta.force.access import Permission, Scope
from rabta.force.directory import Directory
from rabta.force.models import Unit
from rabta.web.figures import queries, spans
from rabta.web.figures.spans import Span


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A unit that the officer supervises, and some months."""

    scope: Scope
    directory: Directory
    unit: Unit
    units: Sequence[Unit]
    span: Span
    page: str

    def sums(self, units: Sequence[int], what: Sequence[str]) -> Sums:
        """The figures of these units for these months."""
        return counting.sums(
            units, what=what, period=self.span.period, scope=self.scope, directory=self.directory
        )

    def address(self, unit: Unit, page: str = "") -> str:
        """This page, or another, for another unit."""
        months = f"from={self.span.since:%Y-%m}&to={self.span.last:%Y-%m}"
        return f"{reverse(page or self.page)}?unit={unit.public_id}&{months}"

    @property
    def may_be_given_away(self) -> bool:
        """Tables of units without units below them point to people too easily: they are read here only."""
        return any(unit.parent_id == self.unit.pk for unit in self.directory.all_units.values())

    @property
    def facts(self) -> dict[str, object]:
        """What every page of figures shows on top."""
        over = self.scope.units_with(Permission.SUPERVISE)
        path = [self.directory.all_units[one] for one in self.unit.path]
        above = [unit for unit in path if over & set(unit.path) and unit.pk != self.unit.pk]
        return {
            "asked": self,
            "unit": self.unit,
            "span": self.span,
            "units": self.units,
            "months": spans.offered(today=timezone.localdate()),
            "trail": [(str(unit), self.address(unit)) for unit in above],
            "query": self.address(self.unit).partition("?")[2],
            "page": self.page,
            "read_at": timezone.now(),
        }


def chosen(request: HttpRequest, *, page: str = "figures_overview") -> Chosen:
    """Raises Http404 for a unit whose figures the officer may not see."""
    now = timezone.now()
    force = directory.current(now=now)
    wanted, over = request.GET.get("unit", ""), request.scope.units_with(Permission.SUPERVISE)
    units = queries.units_of(request.scope, force)
    found = next((one for one in units if one.public_id == wanted or not wanted), None)
    if found is None and wanted:  # one without units below it: not in the list, reached from the table
        every = force.all_units.values()
        found = next((one for one in every if one.public_id == wanted and over & set(one.path)), None)
    if found is None:
        raise Http404
    return Chosen(
        scope=request.scope,
        directory=force,
        unit=found,
        units=units if found in units else [*units, found],
        span=spans.asked(request.GET, today=timezone.localdate(now)),
        page=page,
    )

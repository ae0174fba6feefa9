"""From which month to which figures are asked for, and in which steps of time they are drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format

from rabta.figures.counting import Period
from rabta.web.figures.periods import chosen, months

DAYS, WEEKS, MONTHS = "day", "week", "month"


@dataclass(frozen=True, kw_only=True)
class Span:
    """Whole months, from the first of `since` to the last of `last`."""

    since: date
    last: date

    @property
    def period(self) -> Period:
        return Period(since=self.since, until=following(self.last))

    @property
    def end(self) -> date:
        """Its last day."""
        return self.period.last


def following(month: date) -> date:
    """The first day of the next month."""
    return (month.replace(day=28) + timedelta(days=5)).replace(day=1)


def asked(given: Mapping[str, str], *, today: date) -> Span:
    """`?from=2026-01&to=2026-03`; this month for anything else, and the other way round where they are swapped."""
    last = chosen(given.get("to", ""), today=today)
    since = chosen(given.get("from", ""), today=today) if given.get("from") else last
    return Span(since=min(since, last), last=max(since, last))


def offered(*, today: date) -> list[date]:
    """The months to choose from, the newest first."""
    return months(today=today)


def step_for(span: Span, wanted: str) -> str:
    """Days, weeks or months: as wanted, else so that a chart stays readable."""
    if wanted in (DAYS, WEEKS, MONTHS):
        return wanted
    days = (span.period.until - span.period.since).days
    return DAYS if days <= 62 else WEEKS if days <= 250 else MONTHS


def steps(period: Period, step: str) -> list[tuple[str, Period]]:
    """The steps of the period, each with its name; those at its ends are cut off there."""
    begin, found = _BEGIN[step](period.since), []
    while begin < period.until:
        end = _END[step](begin)
        part = Period(since=max(begin, period.since), until=min(end, period.until))
        found.append((date_format(part.since, _NAMED[step]), part))
        begin = end
    return found


_BEGIN: dict[str, Callable[[date], date]] = {
    DAYS: lambda day: day,
    WEEKS: lambda day: day - timedelta(days=day.weekday()),
    MONTHS: lambda day: day.replace(day=1),
}
_END: dict[str, Callable[[date], date]] = {
    DAYS: lambda day: day + timedelta(days=1),
    WEEKS: lambda day: day + timedelta(days=7),
    MONTHS: following,
}
_NAMED = {DAYS: "j M", WEEKS: "j M", MONTHS: "M Y"}

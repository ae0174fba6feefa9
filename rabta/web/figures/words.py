"""Codes of figures in the reader's words, and the address of the cases behind a figure."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from rabta.cases.models import Kind, Outcome, State
from rabta.channels.registry import BY_KIND
from rabta.figures.counting import Period
from rabta.force.models import Officer, Unit
from rabta.rules.report_classes import Flag, ReportClass
from rabta.triage.tables import category_label


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number, its words, and the address of its cases."""

    name: str
    number: int
    link: str
    share: int = 0  # of the largest in its table, in hundredths


def class_name(code: str) -> str:
    """A report class."""
    return {
        ReportClass.DISPOSED: _("Disposed of"),
        ReportClass.CONFIDENTIAL: _("In confidential inquiry"),
        ReportClass.FOUND_FALSE: _("Found false"),
        ReportClass.PENDING: _("Pending"),
    }[ReportClass(code)]


def flag_name(code: str) -> str:
    """What is printed "of which"."""
    return {
        Flag.UNDER_INVESTIGATION: _("under investigation"),
        Flag.FIR: _("FIR registered"),
        Flag.AGAINST_POLICE: _("against police"),
        Flag.REOPENED: _("reopened"),
        Flag.IN_APPEAL: _("in appeal"),
    }[Flag(code)]


def channel_name(code: str) -> str:
    """A channel."""
    return str(BY_KIND[code].label) if code in BY_KIND else code


def time_names() -> dict[str, str]:
    """How long things took, by what is counted."""
    return {
        "reply": _("Until the first reply"),
        "contact": _("Until somebody was contacted"),
        "closing": _("Until it was closed"),
    }


def hours(first: int, number: int) -> str:
    """So many hours of a day, in figures that are read from the left in every language."""
    return f"{first}:00–{first + number}:00"


def any_name(what: str) -> str:
    """All that were counted with some value."""
    return time_names().get(what, _("Came in"))


def value_name(what: str, value: str) -> str:
    """A value of what is counted."""
    if what == "category":
        return category_label(value, language=get_language() or "en") or value or _("Not decided yet")
    if what == "channel":
        return channel_name(value)
    if what == "opinion":
        return ngettext("%(n)d star", "%(n)d stars", int(value)) % {"n": int(value)}
    labels = {"kind": Kind, "state": State, "outcome": Outcome}.get(what)
    return str(dict(labels.choices).get(value, value)) if labels else value


def officer_names(ids: set[int]) -> dict[str, str]:
    """Officers by their id as text."""
    return {str(officer.pk): str(officer) for officer in Officer.objects.filter(pk__in=ids)}


def span_of_time(taken: timedelta | None) -> str:
    """About how long something takes."""
    if taken is None:
        return "–"
    minutes = round(taken.total_seconds() / 60)
    if minutes < 90:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < 60 * 48:
        hours = round(minutes / 60)
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = round(minutes / 60 / 24)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def opens(unit: Unit, period: Period, what: str, value: str = "", *, itself: bool = False) -> str:
    """The address of the cases behind a figure; `itself`: of those that no unit below works on."""
    asked = {
        "unit": unit.public_id,
        "since": period.since,
        "until": period.until,
        "what": what,
        "value": value,
    } | ({"itself": 1} if itself else {})
    return f"{reverse('figures_cases')}?{urlencode(asked)}"

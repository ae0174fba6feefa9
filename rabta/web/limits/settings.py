"""Limits, working hours and holidays of the force: one page, tried before it counts, and kept as a version."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rabta.audit.writing import record
from rabta.force.access import Permission
from rabta.force.models import Unit
from rabta.review import tables
from rabta.review.models import Version
from rabta.rules import spans
from rabta.rules.limits import OF_THE_CASE, URGENT, WORKING, Rules, Step
from rabta.triage import tables as triage
from rabta.web.accounts.step_up import step_up
from rabta.web.guard import over_force

DAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
ORDERS = (Step.ACKNOWLEDGED, Step.PASSED_ON)
URGENCIES = range(5)


class Settings(forms.Form):
    """All that a version says. Fields for hours, limits and orders are made from the tables."""

    warn_percent = forms.IntegerField(
        label=gettext_lazy("Warn when so much of the time has run (percent)"), min_value=50, max_value=95
    )
    interim_days = forms.IntegerField(
        label=gettext_lazy("Interim reply after so many days"), min_value=3, max_value=90
    )
    interim_automatic = forms.BooleanField(
        label=gettext_lazy("Send interim replies automatically, where it is safe"), required=False
    )
    holidays = forms.CharField(
        label=gettext_lazy("Holidays"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=gettext_lazy(
            "One a line: 2026-03-23 Pakistan Day. For one unit and those below it add its code: 2026-05-01 Fair @mardan"
        ),
    )

    def __init__(self, *args: Any, rules: Rules, holidays: list[dict[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules, self.units = rules, dict(Unit.objects.values_list("code", "pk"))
        self.initial = _initial(rules, holidays)
        for n, day in enumerate(DAYS):
            self.fields[f"day_{n}"] = forms.CharField(label=day, required=False, max_length=60)
        for name in _limit_names():
            self.fields[name] = forms.CharField(required=False, max_length=20, label=name)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            body = self._body(given)
            if body is not None:
                given["body"] = body
        return given

    def _body(self, given: dict[str, Any]) -> dict[str, Any] | None:
        """The version that the form says; None with errors on the fields that make no sense."""
        week = [given[f"day_{n}"] for n in range(7)]
        body = {
            "warn_percent": given["warn_percent"],
            "interim_days": given["interim_days"],
            "interim_automatic": given["interim_automatic"],
            "week": [self._hours(n, text) for n, text in enumerate(week)],
            "holidays": list(self._holidays(given["holidays"])),
        }
        if self.errors:
            return None
        try:
            day = tables.over_shipped(body, number=0, units=self.units).calendar.day
        except ValueError:
            self.add_error("day_0", _("Give the force hours on one day at least."))
            return None
        body["limits"] = [line for name in _limit_names() if (line := self._limit(name, given[name], day))]
        body["usual"] = [line for line in body["limits"] if "urgency" in line]
        body["limits"] = [line for line in body["limits"] if "category" in line]
        return None if self.errors else body

    def _hours(self, n: int, text: str) -> str:
        try:
            return tables.in_words(tables.hours(text))
        except ValueError:
            self.add_error(f"day_{n}", _("Write hours as 09:00-13:00 14:00-17:00, or leave it empty."))
            return ""

    def _holidays(self, text: str) -> Iterator[dict[str, str]]:
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip():
                continue
            day, _space, name = line.strip().partition(" ")
            name, _at, unit = name.partition("@")
            try:
                date.fromisoformat(day)
            except ValueError:
                self.add_error(
                    "holidays", _("Line %(number)d: begin with a day as 2026-03-23.") % {"number": number}
                )
                continue
            if unit.strip() and unit.strip() not in self.units:
                self.add_error("holidays", _("Line %(number)d: no unit has this code.") % {"number": number})
                continue
            yield {"day": day, "name": name.strip()[:80], "unit": unit.strip()}

    def _limit(self, name: str, text: str, day: Any) -> dict[str, Any] | None:
        kind, of, step = name.split("__")
        try:
            found = spans.parse(text, working_day=day)
        except ValueError:
            self.add_error(name, _("Write 15 min, 4 h, 10 d, or 2 d working."))
            return None
        if kind == "order":
            if found is None:
                self.add_error(name, _("This limit cannot be left out."))
                return None
            return {"urgency": int(of), "step": step, "minutes": found.minutes, "runs": found.runs}
        urgent = triage.categories()[of].urgency <= URGENT
        if found and urgent and found.runs == WORKING:
            self.add_error(name, _("What is urgent always runs by the clock."))
        minutes, runs = (found.minutes, found.runs) if found else (None, "clock")
        return {"category": of, "step": step, "minutes": minutes, "runs": runs}

    def rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The table of categories: its name and the fields of its three limits."""
        language = get_language() or "en"
        return [
            (
                triage.category_label(code, language=language),
                [self[f"limit__{code}__{s}"] for s in OF_THE_CASE],
            )
            for code in triage.categories()
        ]

    def orders(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The table of orders: the urgency and the fields of its limits."""
        return [(f"U{n}", [self[f"order__{n}__{s}"] for s in ORDERS]) for n in URGENCIES]

    def days(self) -> list[forms.BoundField]:
        """The fields of the week."""
        return [self[f"day_{n}"] for n in range(7)]


def _limit_names() -> Iterator[str]:
    for code in triage.categories():
        yield from (f"limit__{code}__{step}" for step in OF_THE_CASE)
    for n in URGENCIES:
        yield from (f"order__{n}__{step}" for step in ORDERS)


def _initial(rules: Rules, holidays: list[dict[str, str]]) -> dict[str, Any]:
    day = rules.calendar.day
    first: dict[str, Any] = {
        "warn_percent": rules.warn_percent,
        "interim_days": rules.interim_days,
        "interim_automatic": rules.interim_automatic,
        "holidays": "\n".join(
            f"{line['day']} {line['name']}" + (f" @{line['unit']}" if line.get("unit") else "")
            for line in holidays
        ),
    }
    first |= {f"day_{n}": tables.in_words(hours) for n, hours in enumerate(rules.calendar.week)}
    for name in _limit_names():
        kind, of, step = name.split("__")
        found = rules.usual.get((int(of), step)) if kind == "order" else rules.limits.get((of, step))
        first[name] = spans.write(found, working_day=day)
    return first


@over_force(Permission.ADMINISTER)
@step_up
@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: HttpRequest) -> HttpResponse:
    """The page. The first press says how many open cases get other limits, the second saves a new version."""
    tables.forget()
    rules = tables.current()
    version = Version.objects.filter(pk=rules.number).select_related("made_by").first()
    holidays = version.body.get("holidays", []) if version else []
    form = Settings(request.POST or None, rules=rules, holidays=holidays)
    touched = None
    if request.method == "POST" and form.is_valid():
        if request.POST.get("act") == "save":
            return _save(request, form.cleaned_data["body"])
        new = tables.over_shipped(form.cleaned_data["body"], number=0, units=form.units)
        touched = _touched(rules, new)
    facts = {"form": form, "version": version, "touched": touched}
    return render(request, "limits/settings.html", facts, status=400 if form.errors else 200)


def _save(request: HttpRequest, body: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    made = Version.objects.create(made_at=now, made_by=request.scope.officer, body=body)
    tables.forget()
    record("limits_changed", now=now, officer_id=request.scope.officer.pk, subject="limits", ids=[made.pk])
    messages.success(
        request, _("Saved. Open cases follow within a minute; what has run out stays as it was.")
    )
    return redirect("setup_limits")


def _touched(old: Rules, new: Rules) -> int:
    """How many open cases have a limit that would be another one, at most: counted by kind, not read.

    What is withheld or confidential is not among them: a number may not tell of it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT category, urgency, n FROM rabta_open_by_kind()")
        kinds = cursor.fetchall()
    return sum(n for category, urgency, n in kinds if _differs(old, new, category, urgency))


def _differs(old: Rules, new: Rules, category: str, urgency: int) -> bool:
    calendars = (old.calendar, old.of_units) != (new.calendar, new.of_units)
    for step in OF_THE_CASE:
        was, will = (rules.limit(step, category=category, urgency=urgency) for rules in (old, new))
        if was != will or (calendars and will is not None and will.runs == WORKING):
            return True
    return False

"""The pages of a desk's shifts: who is on duty, how cases are shared out, who is away, and handing a shift over."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.desk import shifts
from rabta.desk.models import Absence, Handover, Sharing, Shift, Turn
from rabta.force.access import Permission
from rabta.force.models import Officer, Unit
from rabta.journey.deciding import handing
from rabta.web.desk.running import desk_of
from rabta.web.desk.views import operators
from rabta.web.guard import needs

LATEST_HANDOVERS = 12


class HowShared(forms.Form):
    """How cases are shared out."""

    way = forms.ChoiceField(label=gettext_lazy("How cases are shared out"), choices=Sharing.Way.choices)
    on_duty_only = forms.BooleanField(label=gettext_lazy("Only to those whose shift is on"), required=False)
    at_most = forms.IntegerField(
        label=gettext_lazy("Open cases for one person, at most"), min_value=1, max_value=500
    )
    alarm_minutes = forms.IntegerField(
        label=gettext_lazy("Raise the alarm when nobody took a case for so many minutes"),
        min_value=1,
        max_value=1440,
    )


class NewShift(forms.Form):
    """A shift."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    starts = forms.TimeField(label=gettext_lazy("Begins"), widget=forms.TimeInput(attrs={"type": "time"}))
    ends = forms.TimeField(label=gettext_lazy("Ends"), widget=forms.TimeInput(attrs={"type": "time"}))


class Away(forms.Form):
    """When somebody is away."""

    starts = forms.DateTimeField(
        label=gettext_lazy("Away from"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    ends = forms.DateTimeField(
        label=gettext_lazy("until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)


@require_GET
@operators
def rota(request: HttpRequest) -> HttpResponse:
    """Who is on duty, the shifts, who is away; with forms for the head of the desk."""
    unit, now = desk_of(request, Permission.HANDLE_CASES), timezone.now()
    sharing = shifts.sharing_of(unit.pk) or Sharing(unit=unit)
    serving = shifts.operators(unit.pk, now=now)
    local, duty, away = timezone.localtime(now), shifts.on_duty(unit.pk, now=now), shifts.away(now=now)
    facts = {
        "unit": unit,
        "runs": unit.pk in request.scope.units_with(Permission.RUN_DESK),
        "sharing": sharing,
        "how": HowShared(initial={name: getattr(sharing, name) for name in HowShared.base_fields}),
        "shifts": [(one, bool(shifts.hours(one).begun(local))) for one in shifts.shifts(unit.pk)],
        "serving": [(one, one.pk in duty, one.pk in away) for one in serving],
        "absences": Absence.objects.filter(officer__in=serving, ends__gt=now)
        .select_related("officer")
        .order_by("starts"),
        "new_shift": NewShift(),
        "away": Away(),
        "days": _days(),
    }
    return render(request, "desk/rota.html", facts)


@require_POST
@needs(Permission.RUN_DESK)
def change(request: HttpRequest) -> HttpResponse:
    """The head of the desk changes the way of sharing, a shift, or who serves in it."""
    unit = desk_of(request, Permission.RUN_DESK)
    act = {"sharing": _share, "shift": _shift, "end": _end, "turn": _turn, "end-turn": _end_turn}.get(
        request.POST.get("act", "")
    )
    try:
        if act is None:
            raise Refused(_("Choose what to change."))
        act(request, unit, timezone.now())
        messages.success(request, _("Saved."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"{reverse('desk_rota')}?unit={unit.public_id}")


def _valid(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        raise Refused(
            " ".join(
                f"{form.fields[name].label}: {errors[0]}"
                for name, errors in form.errors.items()
                if name in form.fields
            )
        )
    return form.cleaned_data


def _share(request: HttpRequest, unit: Unit, now: datetime) -> None:
    values = _valid(HowShared(request.POST)) | {"by": request.scope.officer, "at": now}
    Sharing.objects.update_or_create(unit=unit, defaults=values)


def _shift(request: HttpRequest, unit: Unit, now: datetime) -> None:
    values = _valid(NewShift(request.POST))
    days = sorted({int(day) for day in request.POST.getlist("day") if day in "0123456" and len(day) == 1})
    if not days:
        raise Refused(_("Choose the days on which the shift begins."))
    Shift.objects.create(unit=unit, days=days, **values)


def _end(request: HttpRequest, unit: Unit, now: datetime) -> None:
    rows = Shift.objects.filter(unit=unit, public_id=request.POST.get("shift", ""), ended_at=None)
    if not rows.update(ended_at=now):
        raise Refused(_("This shift is not in use any more."))


def _turn(request: HttpRequest, unit: Unit, now: datetime) -> None:
    shift = Shift.objects.filter(unit=unit, public_id=request.POST.get("shift", ""), ended_at=None).first()
    officer = _serving(request, unit, now)
    if shift is None:
        raise Refused(_("This shift is not in use any more."))
    day = timezone.localtime(now).date()
    if not shift.turns.filter(officer=officer, ends=None).exists():
        Turn.objects.create(shift=shift, officer=officer, starts=day)


def _end_turn(request: HttpRequest, unit: Unit, now: datetime) -> None:
    officer = _serving(request, unit, now)
    rows = Turn.objects.filter(
        shift__unit=unit, shift__public_id=request.POST.get("shift", ""), officer=officer
    )
    rows.filter(ends=None).delete()


def _serving(request: HttpRequest, unit: Unit, now: datetime) -> Officer:
    asked = request.POST.get("officer", "")
    found = next((one for one in shifts.operators(unit.pk, now=now) if one.public_id == asked), None)
    if found is None:
        raise Refused(_("Choose somebody who serves at this desk."))
    return found


@require_POST
@operators
def away(request: HttpRequest) -> HttpResponse:
    """Somebody will be away: everybody says so for himself, the head for all. Open cases go back when it begins."""
    unit, now, me = desk_of(request, Permission.HANDLE_CASES), timezone.now(), request.scope.officer
    runs = unit.pk in request.scope.units_with(Permission.RUN_DESK)
    try:
        officer = _serving(request, unit, now) if runs and request.POST.get("officer") else me
        values = _valid(Away(request.POST))
        if values["ends"] <= max(values["starts"], now):
            raise Refused(_("It must end after it begins, and after now."))
        Absence.objects.create(officer=officer, by=me, at=now, **values)
        messages.success(request, _("Saved. Open cases go back to the queue when it begins."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(f"{reverse('desk_rota')}?unit={unit.public_id}")


@require_http_methods(["GET", "POST"])
@operators
def handover(request: HttpRequest) -> HttpResponse:
    """Sign what is left to the next shift, and read what others left."""
    unit, now = desk_of(request, Permission.HANDLE_CASES), timezone.now()
    if request.method == "POST":
        shift = Shift.objects.filter(unit=unit, public_id=request.POST.get("shift", "")).first()
        try:
            handing.give(
                unit=unit, shift=shift, notes=request.POST.get("notes", ""), by=request.scope, now=now
            )
            messages.success(request, _("Signed. The next shift takes over by name."))
            return redirect(f"{reverse('desk_handover')}?unit={unit.public_id}")
        except Refused as refused:
            messages.error(request, str(refused))
    found = list(
        Handover.objects.filter(unit=unit)
        .select_related("given_by", "taken_by", "shift")
        .order_by("-given_at")[:LATEST_HANDOVERS]
    )
    matters = Case.objects.filter(
        request.scope.visible(), pk__in=[pk for one in found for pk in one.matters]
    ).in_bulk()
    facts = {
        "unit": unit,
        "mine": handing.open_cases(request.scope),
        "shifts": shifts.shifts(unit.pk),
        "found": [(one, [matters[pk] for pk in one.matters if pk in matters]) for one in found],
        "typed": request.POST.get("notes", ""),
    }
    return render(request, "desk/handover.html", facts)


@require_POST
@operators
def take_over(request: HttpRequest) -> HttpResponse:
    """Sign for what a colleague left."""
    units = request.scope.units_with(Permission.HANDLE_CASES)
    row = get_object_or_404(
        Handover.objects.filter(unit__in=units).select_related("unit"),
        public_id=request.POST.get("handover", ""),
    )
    try:
        with transaction.atomic():
            chosen = request.POST.getlist("case")
            refused = handing.take(handover=row, cases=chosen, by=request.scope, now=timezone.now())
        messages.success(request, _("Taken over in your name."))
        for why in refused:
            messages.warning(request, why)
    except Refused as why_not:
        messages.error(request, str(why_not))
    return redirect(f"{reverse('desk_handover')}?unit={row.unit.public_id}")


def _days() -> list[str]:
    """The names of the days, Monday first."""
    return [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]

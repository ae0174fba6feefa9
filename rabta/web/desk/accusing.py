"""The desk's dialogs on who is accused and on confidential inquiries: the finder of officers, and the acts."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rabta import journey
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.force import directory
from rabta.force.access import Permission
from rabta.force.models import Officer, Unit
from rabta.journey.protecting import receiving
from rabta.web.desk.dossier import found
from rabta.web.guard import needs

MOST = 12
NAMES = ("name", "name_hi", "name_ur", "username")


@require_GET
@needs(Permission.RELEASE)
def officers(request: HttpRequest) -> HttpResponse:
    """Officers by name in any script, each with the posts held today. Every word must be in one of the names.

    Those that are chosen already stay, in front: one more name does not undo the one before.
    """
    text, chosen = request.GET.get("officer_text", "").strip()[:60], request.GET.getlist("officer")[:MOST]
    force = directory.current(now=timezone.now())
    kept = list(Officer.objects.filter(public_id__in=chosen).order_by("name", "id")) if chosen else []
    found = [*kept, *(officer for officer in named_like(text) if officer not in kept)]
    lines = [(officer, force.posts_of(officer.pk)) for officer in found]
    return render(request, "desk/officers.html", {"officers": lines, "text": text, "chosen": chosen})


def named_like(text: str) -> list[Officer]:
    """The first MOST officers in service whose names hold every word; none for less than two letters."""
    if len(text) < 2:
        return []
    wanted = Q(is_active=True)
    for word in text.split():
        wanted &= _in_a_name(word)
    return list(Officer.objects.filter(wanted).order_by("name", "id")[:MOST])


def _in_a_name(word: str) -> Q:
    found = Q()
    for name in NAMES:
        found |= Q(**{f"{name}__icontains": word})
    return found


def facts(case: Case) -> dict[str, Any]:
    """Names for the page of a case: who is accused, who is named in its confidential inquiry, who reads it while it is
    withheld."""
    by_name = [-one for one in case.visible_to if one < 0] if case.withheld else []
    by_id = Officer.objects.in_bulk([*case.accused_officers, *case.named_officers, *by_name])
    units = _units(case.visible_to) if case.withheld else []
    return {
        "accused_officers": [by_id[pk] for pk in case.accused_officers],
        "named_officers": [by_id[pk] for pk in case.named_officers],
        "reading": [*units, *(by_id[pk] for pk in by_name if pk in by_id)],
    }


def _units(visible_to: Iterable[int]) -> list[Unit]:
    force = directory.current(now=timezone.now())
    return [force.all_units[one] for one in visible_to if one in force.all_units]


@require_GET
@needs(Permission.RELEASE)
def desks(request: HttpRequest, public_id: str) -> HttpResponse:
    """Which desks may receive the case when these are accused, and who reads it there."""
    case = get_object_or_404(found(scope=request.scope), public_id=public_id)
    officers = Officer.objects.filter(public_id__in=request.GET.getlist("officer")[:MOST])
    may_receive = receiving.desks(
        case,
        accused_unit=Unit.objects.filter(public_id=request.GET.get("unit", "")).first(),
        accused_officers=list(officers),
        directory=directory.current(now=timezone.now()),
    )
    return render(request, "desk/receiving.html", {"desks": may_receive})


def accuse(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Treat as an accusation; unit and officers may still be unknown."""
    chosen = request.POST.get("unit", "")
    unit = Unit.objects.filter(public_id=chosen).first() if chosen else None
    if chosen and unit is None:
        raise Refused(_("Choose the unit from the list."))
    who, wanted = _chosen(request.POST.getlist("officer")), request.POST.get("receiver", "")
    force = directory.current(now=now)
    desk = receiving.chosen(case, wanted, accused_unit=unit, accused_officers=who, directory=force)
    journey.accuse(case=case, accused_unit=unit, accused_officers=who, desk=desk, by=request.scope, now=now)
    return {"said": _("Kept from whoever is accused. It lies at the desk of %(unit)s.") % {"unit": desk}}


def confidential(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Begin a confidential inquiry, or change who is named in it."""
    who = _chosen(request.POST.getlist("officer"))
    journey.name_officers(case=case, officers=who, by=request.scope, now=now)
    return {"said": _("Only the named officers see the case from now on.")}


def end_confidential(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    remark = request.POST.get("remark", "")
    journey.end_confidential(case=case, remark=remark, by=request.scope, now=now)
    return {"said": _("The confidential inquiry is over.")}


def _chosen(public_ids: Iterable[str]) -> list[Officer]:
    wanted = set(public_ids)
    found = list(Officer.objects.filter(public_id__in=wanted))
    if len(found) != len(wanted):
        raise Refused(_("Choose the officers from the list."))
    return found

"""The desk's forms on how a case ends and goes on: outcomes, other forces, reopening, the emergency line, the FIR."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from rabta import journey
from rabta.cases.approvals import Approval
from rabta.cases.models import Case, Order, Outcome, State
from rabta.cases.refusal import Refused
from rabta.cases.transfers import Transfer
from rabta.force.access import Permission, Scope
from rabta.force.models import Unit
from rabta.journey.ending.papers import goes_of
from rabta.journey.posts import neighbours
from rabta.journey.versions import version_of
from rabta.rules import handing_over
from rabta.rules.handing_over import Missing
from rabta.rules.other_forces import Goes
from rabta.web import contacts
from rabta.web.desk import transfers

DESK_GIVES = (Outcome.ADVICE, Outcome.WITHDRAWN, Outcome.FOUND_FALSE, Outcome.TRANSFERRED)
TOLD = gettext_lazy("Closed. The citizen has been told whom to turn to.")
SENT = gettext_lazy("Closed. The citizen has been told whom to turn to; the papers are on their way there.")


def end(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """Close with the outcome that was chosen, or ask a second officer for it."""
    outcome, remark = request.POST.get("outcome", ""), request.POST.get("remark", "")
    if outcome == Outcome.TRANSFERRED:
        force = request.POST.get("force", "")
        made = journey.transfer(case=case, force=force, remark=remark, by=request.scope, now=now)
        on_its_way = made.state == Transfer.State.WAITING
        return {"said": SENT if on_its_way else TOLD, "closed": True}
    told = request.POST.get("told", "")
    asked = journey.close_by_desk(
        case=case, outcome=outcome, remark=remark, told=told, by=request.scope, now=now
    )
    if asked:
        return {"said": _("A second officer has to approve this. Until then the case stays open.")}
    return {"said": _("Closed. The citizen has been told."), "closed": True}


def papers_again(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    journey.hand_over_again(case=case, by=request.scope, now=now)
    return {"said": _("The papers are on their way again.")}


def reopen(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    journey.reopen(case=case, reason=request.POST.get("remark", ""), by=request.scope, now=now)
    return {"said": _("The case is open again. Say who looks at it.")}


def hand_over(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    journey.hand_over(case=case, to=request.POST.get("to", ""), by=request.scope, now=now)
    return {"said": _("Handed over. Ask for the incident number; until it is here this stays an alarm.")}


def confirm(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    journey.confirm_hand_over(case=case, number=request.POST.get("number", ""), by=request.scope, now=now)
    return {"said": _("The emergency line has it.")}


def fir(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    unit = get_object_or_404(Unit, public_id=request.POST.get("unit", ""))
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        raise Refused(_("Give the date of the FIR.")) from None
    number = request.POST.get("number", "")
    journey.record_fir(case=case, number=number, unit=unit, on=on, by=request.scope, now=now)
    return {"said": _("The FIR was written down.")}


def investigation(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    under = request.POST.get("under") == "yes"
    journey.set_investigation(case=case, under=under, by=request.scope, now=now)
    return {"said": _("Saved.")}


def contacted(request: HttpRequest, case: Case, now: datetime) -> dict[str, Any]:
    """That somebody of the desk spoke with the citizen, or tried."""
    how = request.POST.get("how", "")
    journey.contacted(case=case, how=how, by=request.scope, now=now)
    return {"said": contacts.noted(how)}


ACTS = {
    "contacted": contacted,
    "end": end,
    "papers-again": papers_again,
    "reopen": reopen,
    "hand-over": hand_over,
    "confirm-hand-over": confirm,
    "fir": fir,
    "investigation": investigation,
}


def facts(case: Case, *, orders: list[Order], scope: Scope, now: datetime) -> dict[str, Any]:
    """What the templates of a case want of its life."""
    closed = case.state == State.CLOSED
    waiting = Approval.objects.filter(case=case, decision="").select_related("event", "asked_by").first()
    lacks = handing_over.missing(
        urgency=case.urgency,
        closed=closed,
        handed_over_at=case.handed_over_at,
        confirmed_at=case.line_confirmed_at,
    )
    return {
        "version": version_of(case),
        "waiting_closing": waiting,
        **(_transferred(case) if closed else _to_transfer(case)),
        "handed": transfers.came(case),
        "outcomes": [(one.value, one.label) for one in DESK_GIVES],
        "line_lacks": lacks,
        "line_late": lacks == Missing.HAND_OVER and handing_over.is_late(opened_at=case.opened_at, now=now),
        "may_fir": scope.may(Permission.HANDLE_CASES, case) or scope.may(Permission.VERIFY, case),
        "fir_units": _stations(case, orders),
        "today": now,
        "ways": contacts.ways(),
    }


def _transferred(case: Case) -> dict[str, Any]:
    """Where a closed case went."""
    last = Transfer.objects.filter(case=case).order_by("-id").first()
    return {"transfer": transfers.shown(last) if last else None}


def _to_transfer(case: Case) -> dict[str, Any]:
    """The forces that an open case can be given to, and which of them get its papers by themselves."""
    language, goes, known = get_language() or "en", goes_of(case), neighbours.others()
    joined = known.with_rabta if goes != Goes.NOTHING else frozenset()
    names = [(code, force.name(language), code in joined) for code, force in known.forces.items()]
    return {"forces": names, "goes": goes, "some_join": bool(known.with_rabta)}


def _stations(case: Case, orders: list[Order]) -> list[Unit]:
    """Where an FIR may have been registered: the lead's unit and those that were ordered before."""
    units = [case.lead_unit, case.fir_unit if case.fir_unit_id else None, *(order.unit for order in orders)]
    known = {unit.pk: unit for unit in units if unit}
    return sorted(known.values(), key=lambda unit: unit.name)

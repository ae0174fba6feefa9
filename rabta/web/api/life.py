"""How cases end and go on: outcomes, a second officer's word, other forces, reopening, appeals, the emergency line."""

from typing import Annotated, Any

from annotated_types import Len
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema

from rabta import journey
from rabta.cases.approvals import Approval
from rabta.cases.looking import looked
from rabta.cases.models import Appeal, Case, Outcome
from rabta.cases.transfers import Handed as Handed_
from rabta.cases.transfers import Transfer as Given
from rabta.force.access import Permission
from rabta.force.models import Unit
from rabta.web.api import shapes
from rabta.web.api.auth import needs
from rabta.web.api.bodies import Body, Fir, Remark
from rabta.web.api.cases import DETAIL, PROBLEMS
from rabta.web.api.cases import detail_of as detail
from rabta.web.api.cases import one_case as case_of
from rabta.web.closings import queries
from rabta.web.desk.meanwhile import look_again

Id = shapes.PublicId

router = Router(tags=["cases"])
closings = Router(tags=["closings"])


class End(Body):
    """`told` is what the citizen reads; empty, one neutral sentence for the outcome."""

    outcome: Outcome
    remark: shapes.Text
    told: shapes.Optional = ""


class Transfer(Body):
    """`force` is a code of the table of forces."""

    force: shapes.Code
    remark: shapes.Text


class WentTo(Schema):
    """A transfer of ours. `reference` is the number of the case there, `trouble` a code of why it did not arrive."""

    force: str
    at: shapes.Moment
    state: str  # waiting, received, failed; told: nothing goes by machine
    trouble: str
    reference: str


class CameFrom(Schema):
    """`reference` is the number of the case there; `left_out` files stayed there."""

    force: str
    at: shapes.Moment
    reference: str
    left_out: int


class Transfers(Schema):
    given: list[WentTo]
    came: list[CameFrom]


class Handed(Body):
    to: Annotated[shapes.Line, Len(min_length=1, max_length=80)]


class Incident(Body):
    number: Annotated[shapes.Line, Len(min_length=1, max_length=40)]


class Investigation(Body):
    under: bool


class DecideClosing(Body):
    decision: Approval.Decision
    remark: shapes.Optional = ""


class DecideAppeal(Body):
    decision: Appeal
    remark: shapes.Text


class Closing(Schema):
    """A closing that waits for a second officer."""

    id: str
    case: str
    reference: str
    outcome: Outcome
    remark: str
    asked_at: shapes.Moment


@router.post("/{id}/end", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def end(request: HttpRequest, id: Id, body: End) -> Case:
    """Close with an outcome that the desk may give. Found false and withdrawn wait for a second officer's word."""
    words = body.model_dump()
    journey.close_by_desk(case=case_of(request, id), **words, by=request.scope, now=timezone.now())
    return detail(request, id)


@router.post("/{id}/transfer", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def transfer(request: HttpRequest, id: Id, body: Transfer) -> Case:
    """Close it as another force's; the citizen is told whom to turn to."""
    words = body.model_dump()
    journey.transfer(case=case_of(request, id), **words, by=request.scope, now=timezone.now())
    return detail(request, id)


@router.get("/{id}/transfers", response={200: Transfers, **PROBLEMS})
@needs(Permission.SEE_CASES)
def transfers(request: HttpRequest, id: Id) -> dict[str, Any]:
    """To which forces it was given and what became of its papers, and from which it came."""
    case = case_of(request, id)
    looked([case], by=request.scope, where="api", now=timezone.now())
    given = Given.objects.filter(case=case).order_by("id")
    return {"given": list(given), "came": list(Handed_.objects.filter(case=case).order_by("id"))}


@router.post("/{id}/transfer_again", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def transfer_again(request: HttpRequest, id: Id) -> Case:
    """Send papers again that the other force did not take."""
    journey.hand_over_again(case=case_of(request, id), by=request.scope, now=timezone.now())
    return detail(request, id)


@router.post("/{id}/reopen", response=DETAIL)
@needs(Permission.ORDER)
def reopen(request: HttpRequest, id: Id, body: Remark) -> Case:
    """Open a closed case again, with the reason."""
    journey.reopen(case=case_of(request, id), reason=body.remark, by=request.scope, now=timezone.now())
    return detail(request, id)


@router.post("/{id}/decide_appeal", response=DETAIL)
@needs(Permission.VERIFY)
def decide_appeal(request: HttpRequest, id: Id, body: DecideAppeal) -> Case:
    """Uphold the citizen's appeal (the case is open again) or reject it. For the level that it went to, or above."""
    words = body.model_dump()
    journey.decide_appeal(case=case_of(request, id), **words, by=request.scope, now=timezone.now())
    return detail(request, id)


@router.post("/{id}/hand_over", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def hand_over(request: HttpRequest, id: Id, body: Handed) -> Case:
    """Write down who took an emergency at the line that sends help."""
    journey.hand_over(case=case_of(request, id), to=body.to, by=request.scope, now=timezone.now())
    return detail(request, id)


@router.post("/{id}/confirm_hand_over", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def confirm_hand_over(request: HttpRequest, id: Id, body: Incident) -> Case:
    """The line's incident number, which confirms the hand-over."""
    journey.confirm_hand_over(
        case=case_of(request, id), number=body.number, by=request.scope, now=timezone.now()
    )
    return detail(request, id)


@router.post("/{id}/fir", response=DETAIL)
@needs(Permission.SEE_CASES)
def fir(request: HttpRequest, id: Id, body: Fir) -> Case:
    """Number, station and date of the FIR that was registered."""
    case, unit = case_of(request, id), get_object_or_404(Unit, public_id=body.unit)
    now = timezone.now()
    journey.record_fir(case=case, number=body.number, unit=unit, on=body.on, by=request.scope, now=now)
    return detail(request, id)


@router.post("/{id}/investigation", response=DETAIL)
@needs(Permission.SEE_CASES)
def investigation(request: HttpRequest, id: Id, body: Investigation) -> Case:
    """Say whether it is under investigation; also on a closed case."""
    journey.set_investigation(
        case=case_of(request, id), under=body.under, by=request.scope, now=timezone.now()
    )
    return detail(request, id)


@closings.get("", response={200: list[Closing], **PROBLEMS})
@needs(Permission.VERIFY, Permission.HANDLE_CASES)
def list_closings(request: HttpRequest) -> list[dict[str, Any]]:
    """Closings that wait for a second officer, the oldest first; at most 50."""
    rows = list(queries.closings(request.scope)[: queries.MOST])
    looked([row.case for row in rows], by=request.scope, where="api list", now=timezone.now())
    return [
        {
            "id": row.public_id,
            "case": row.case.public_id,
            "reference": row.case.reference,
            "outcome": row.outcome,
            "remark": row.event.data.get("remark", ""),
            "asked_at": row.asked_at,
        }
        for row in rows
    ]


@closings.post("/{id}/answer", response=DETAIL)
@needs(Permission.VERIFY)
def decide_closing(request: HttpRequest, id: Id, body: DecideClosing) -> Case:
    """Approve a closing or refuse it. Who asked for it or inquired does not decide."""
    approval = get_object_or_404(queries.closings(request.scope), public_id=id)
    seen = request.headers.get("If-Match", "").strip(' "')
    look_again(approval.case, seen=seen, act="decide_closing", by=request.scope)
    journey.decide_closing(approval=approval, **body.model_dump(), by=request.scope, now=timezone.now())
    return detail(request, approval.case.public_id)

"""The limits of a case, pauses, and what was passed up to the officer's posts."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from rabta import journey
from rabta.cases.looking import looked
from rabta.cases.models import Case
from rabta.force.access import Permission
from rabta.review.models import Escalation, Pause
from rabta.web.api import shapes
from rabta.web.api.auth import needs
from rabta.web.api.bodies import Body, Contacted
from rabta.web.api.cases import PROBLEMS, one_case

Id = shapes.PublicId
MOST = 200

router = Router(tags=["limits"])
escalations = Router(tags=["limits"])


class PauseFor(Body):
    """`reason` is a code of the table of reasons; the limits run again at `until` at the latest."""

    reason: shapes.Code
    until: shapes.Moment


class PauseShown(Schema):
    public_id: str
    reason: str
    since: datetime
    until: datetime
    ended_at: datetime | None
    ended: str


class Told(Schema):
    """`level` 0 is a warning to the holder; 1 and up are levels of the chain. `post` is a code, empty for nobody.
    `passed_by`: the officer who passed it up by hand, in time or not; empty for a limit."""

    public_id: str
    step: str
    level: int
    due_at: datetime
    at: datetime
    post: str
    passed_by: str
    taken_at: datetime | None
    ended_at: datetime | None

    @staticmethod
    def resolve_passed_by(row: Escalation) -> str:
        return row.passed_by.public_id if row.passed_by else ""

    @staticmethod
    def resolve_post(row: Escalation) -> str:
        return row.post.code if row.post else ""


class ToldOf(Told):
    case: str

    @staticmethod
    def resolve_case(row: Escalation) -> str:
        return str(row.case.public_id)


class Limits(Schema):
    """When each duty is due, and when it was met first. `version` says by which rules: 0 are the shipped ones."""

    reply_due_at: datetime | None
    contact_due_at: datetime | None
    report_due_at: datetime | None
    replied_at: datetime | None
    contacted_at: datetime | None
    version: int
    pauses: list[PauseShown]
    escalations: list[Told]


ANSWER: Any = {200: Limits, **PROBLEMS}


@router.get("/{id}/limits", response=ANSWER)
@needs(Permission.SEE_CASES)
def get_limits(request: HttpRequest, id: Id) -> dict[str, Any]:
    """The limits of a case, its pauses, and who was told of what ran out."""
    case = one_case(request, id)
    looked([case], by=request.scope, where="api", now=timezone.now())
    return _limits(case)


@router.post("/{id}/pause", response=ANSWER)
@needs(Permission.HANDLE_CASES, Permission.ORDER, Permission.VERIFY)
def pause(request: HttpRequest, id: Id, body: PauseFor) -> dict[str, Any]:
    """Stop the limits that the reason names. A limit that has run out stays passed."""
    case = one_case(request, id)
    journey.pause(case=case, reason=body.reason, until=body.until, by=request.scope, now=timezone.now())
    return _limits(one_case(request, id))


@router.post("/{id}/resume", response=ANSWER)
@needs(Permission.HANDLE_CASES, Permission.ORDER, Permission.VERIFY)
def resume(request: HttpRequest, id: Id) -> dict[str, Any]:
    """Let the limits run again."""
    journey.resume(case=one_case(request, id), by=request.scope, now=timezone.now())
    return _limits(one_case(request, id))


@router.post("/{id}/interim", response=ANSWER)
@needs(Permission.HANDLE_CASES)
def send_interim(request: HttpRequest, id: Id) -> dict[str, Any]:
    """Send the interim reply in the citizen's language."""
    journey.send_interim(case=one_case(request, id), by=request.scope, now=timezone.now())
    return _limits(one_case(request, id))


@router.post("/{id}/contacted", response=ANSWER)
@needs(Permission.HANDLE_CASES)
def contacted(request: HttpRequest, id: Id, body: Contacted) -> dict[str, Any]:
    """Say how the desk spoke with the citizen, or that it tried."""
    journey.contacted(case=one_case(request, id), how=body.how, by=request.scope, now=timezone.now())
    return _limits(one_case(request, id))


@escalations.get("", response={200: list[ToldOf], **PROBLEMS})
@needs(Permission.SEE_CASES)
def list_escalations(request: HttpRequest) -> Any:
    """What was passed up to a post of the officer and nobody has taken over, the newest first."""
    rows = Escalation.objects.filter(
        request.scope.visible("case__"), post__in=request.scope.posts, level__gt=0
    )
    rows = (
        rows.filter(ended_at=None, taken_at=None)
        .select_related("case", "post", "passed_by")
        .order_by("-at", "due_at", "case_id", "step")
    )
    return list(rows[:MOST])


@escalations.post("/{id}/take", response={200: Told, **PROBLEMS})
@needs(Permission.SEE_CASES)
def take(request: HttpRequest, id: Id) -> Escalation:
    """Take care of it. The limit stays passed."""
    rows = Escalation.objects.filter(request.scope.visible("case__"), public_id=id).select_related(
        "case", "post", "passed_by"
    )
    found = rows.first()
    if found is None:
        raise Http404
    journey.take(escalation=found, by=request.scope, now=timezone.now())
    found.refresh_from_db(fields=["taken_at"])
    return found


def _limits(case: Case) -> dict[str, Any]:
    told = Escalation.objects.filter(case=case).select_related("post", "passed_by").order_by("-id")[:MOST]
    return {
        "reply_due_at": case.reply_due_at,
        "contact_due_at": case.contact_due_at,
        "report_due_at": case.report_due_at,
        "replied_at": case.replied_at,
        "contacted_at": case.contacted_at,
        "version": case.limits_version,
        "pauses": list(Pause.objects.filter(case=case).order_by("-id")[:MOST]),
        "escalations": list(told),
    }

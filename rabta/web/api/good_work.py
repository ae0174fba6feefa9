"""Good work: handed in, a word at each level, approved at headquarters."""

from datetime import datetime
from typing import Annotated, Any

from annotated_types import Len
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from rabta.force.access import Permission
from rabta.groups.models import GoodWork
from rabta.journey.groups.directions import praising
from rabta.journey.groups.directions.praising import Told
from rabta.web.api import paging, shapes
from rabta.web.api.auth import needs
from rabta.web.api.bodies import Body
from rabta.web.api.cases import PROBLEMS
from rabta.web.api.shapes import Limit, Row, UnitRef
from rabta.web.good_work import queries as works

Id = shapes.PublicId
OFFICERS = (Permission.SEE_CASES, Permission.WORK_ORDERS, Permission.GROUPS, Permission.ADMINISTER)

router = Router(tags=["good work"])


class StepShape(Schema):
    what: str
    unit: UnitRef
    officer: str
    remark: str
    at: datetime

    @staticmethod
    def resolve_officer(step: Any) -> str:
        return str(step.officer)


class WorkShape(Row):
    title: str
    text: str
    people: list[str]
    state: str
    unit: UnitRef
    lies_at: UnitRef | None
    at: datetime
    steps: list[StepShape]

    @staticmethod
    def resolve_steps(work: Any) -> list[Any]:
        return list(work.steps.select_related("unit", "officer").order_by("pk"))


class WorkPage(Schema):
    items: list[WorkShape]
    next: str


class SubmitWork(Body):
    """`people` are police staff. `promised`: no victim, child or informant is named."""

    title: shapes.Line
    text: shapes.Text
    people: Annotated[list[shapes.Line], Len(max_length=30)] = []
    promised: bool


class WorkRemark(Body):
    remark: shapes.Optional = ""


WORK: Any = {200: WorkShape, **PROBLEMS}


@router.get("", response={200: WorkPage, **PROBLEMS})
@needs(*OFFICERS)
def list_good_work(request: HttpRequest, cursor: str = "", limit: Limit = 50) -> dict[str, Any]:
    """Good work that the officer may see, what changed last first."""
    return paging.newest_first(works.works_of(request.scope), field="changed_at", cursor=cursor, limit=limit)


@router.post("", response=WORK)
@needs(*OFFICERS)
def submit(request: HttpRequest, body: SubmitWork) -> GoodWork:
    """Hand good work in."""
    told = Told(**body.model_dump())
    made = praising.submit(told=told, files=(), by=request.scope, now=timezone.now())
    return works.work_or_404(made.public_id, request.scope)


@router.get("/{id}", response=WORK)
@needs(*OFFICERS)
def get_good_work(request: HttpRequest, id: Id) -> GoodWork:
    """One piece of good work with each level's word."""
    return works.work_or_404(id, request.scope)


@router.post("/{id}/amend", response=WORK)
@needs(*OFFICERS)
def amend(request: HttpRequest, id: Id, body: SubmitWork) -> GoodWork:
    """Hand it in again after it was returned."""
    work, told = works.work_or_404(id, request.scope), Told(**body.model_dump())
    praising.amend(work=work, told=told, files=(), by=request.scope, now=timezone.now())
    return works.work_or_404(id, request.scope)


@router.post("/{id}/support", response=WORK)
@needs(Permission.DIRECT)
def support(request: HttpRequest, id: Id, body: WorkRemark) -> GoodWork:
    """Send it one level further up."""
    work = works.work_or_404(id, request.scope)
    praising.support(work=work, remark=body.remark, by=request.scope, now=timezone.now())
    return works.work_or_404(id, request.scope)


@router.post("/{id}/return", response=WORK)
@needs(Permission.DIRECT)
def give_back(request: HttpRequest, id: Id, body: WorkRemark) -> GoodWork:
    """Return it to its author with what is missing."""
    work = works.work_or_404(id, request.scope)
    praising.give_back(work=work, remark=body.remark, by=request.scope, now=timezone.now())
    return works.work_or_404(id, request.scope)


@router.post("/{id}/approve", response=WORK)
@needs(Permission.DIRECT)
def approve(request: HttpRequest, id: Id, body: WorkRemark) -> GoodWork:
    """Approve it at headquarters."""
    work = works.work_or_404(id, request.scope)
    praising.approve(work=work, remark=body.remark, by=request.scope, now=timezone.now())
    return works.work_or_404(id, request.scope)

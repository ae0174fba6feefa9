"""Official versions and the questions of journalists."""

from datetime import datetime
from typing import Annotated, Any

from annotated_types import Len
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema

from rabta.cases.refusal import Refused
from rabta.force.access import Permission
from rabta.force.models import Unit
from rabta.groups.models import Claim
from rabta.journey.press import asking, releasing, rumours, writing
from rabta.publishing.models import Question, Version
from rabta.web.api import paging, shapes
from rabta.web.api.auth import needs
from rabta.web.api.bodies import Body
from rabta.web.api.cases import PROBLEMS, Limit
from rabta.web.api.shapes import described
from rabta.web.groups import queries
from rabta.web.press.forms import units_spoken_for

Id = shapes.PublicId
Ticks = Annotated[list[shapes.Code], Len(max_length=30)]

router = Router(tags=["versions"])
questions = Router(tags=["versions"])


class WriteVersion(Body):
    """`ticked`: the codes of the points that the officer made sure of; what is missing the refusal says."""

    unit: Id
    title: shapes.Line
    text: shapes.Text
    title_hi: shapes.Line = ""
    text_hi: shapes.Optional = ""
    title_ur: shapes.Line = ""
    text_ur: shapes.Optional = ""
    place: shapes.Line = ""
    question: Id | None = None
    corrects: Id | None = None
    verdict: Annotated[
        Claim.Verdict | None, described("What is true of the rumour whose answer it corrects", Claim.Verdict)
    ] = None
    ticked: Ticks = []


class Approve(Body):
    ticked: Ticks = []


class VersionRemark(Body):
    remark: shapes.Optional = ""


class Release(Body):
    """`groups` are ids of media groups and lists of citizens. `embargo_until`: not public before."""

    groups: Annotated[list[Id], Len(max_length=200)] = []
    embargo_until: shapes.Moment | None = None


class Withdraw(Body):
    """`hide`: the words harm somebody and are shown to nobody any more."""

    why: shapes.Line
    hide: bool = False


class Ask(Body):
    unit: Id
    outlet: shapes.Line
    text: shapes.Text


class VersionShown(shapes.OfUnit):
    """`corrects` is the number of the version that this one corrects; `digest` the SHA-256 of its words."""

    number: str
    state: str
    title: str
    text: str
    title_hi: str
    text_hi: str
    title_ur: str
    text_ur: str
    place: str
    digest: str
    written_at: datetime
    approved_at: datetime | None
    released_at: datetime | None
    embargo_until: datetime | None
    withdrawn_at: datetime | None
    corrects: str

    @staticmethod
    def resolve_corrects(row: Version) -> str:
        return row.corrects.number if row.corrects else ""


class QuestionShown(shapes.OfUnit):
    """`version` is the number of the version that answers it."""

    text: str
    outlet: str
    state: str
    asked_at: datetime
    due_at: datetime
    version: str

    @staticmethod
    def resolve_version(row: Question) -> str:
        return row.version.number if row.version else ""


class VersionPage(Schema):
    items: list[VersionShown]
    next: str


class QuestionPage(Schema):
    items: list[QuestionShown]
    next: str


ANSWER: Any = {200: VersionShown, **PROBLEMS}


@router.get("", response={200: VersionPage, **PROBLEMS})
@needs(Permission.PUBLISH)
def list_versions(request: HttpRequest, cursor: str = "", limit: Limit = 50) -> Any:
    """The versions of the units for which the officer speaks, the newest first."""
    return paging.newest_first(
        writing.versions(request.scope), field="written_at", cursor=cursor, limit=limit
    )


@router.post("", response=ANSWER)
@needs(Permission.PUBLISH)
def write_version(request: HttpRequest, body: WriteVersion) -> Version:
    """Write a version, a correction, or the answer to a question. Nothing leaves."""
    given = body.dict()
    verdict, ticked = given.pop("verdict") or "", frozenset(given.pop("ticked"))
    given["unit"] = spoken_for(request, body.unit)
    given["question"] = _question(request, body.question) if body.question else None
    given["corrects"] = _one(request, body.corrects) if body.corrects else None
    if given["corrects"]:
        given["about"] = rumours.correcting(given["corrects"], verdict=verdict)
    facts = writing.Facts(**given)
    return writing.write(facts=facts, ticked=ticked, by=request.scope, now=timezone.now())


@router.get("/{id}", response=ANSWER)
@needs(Permission.PUBLISH)
def get_version(request: HttpRequest, id: Id) -> Version:
    """One version."""
    return _one(request, id)


@router.post("/{id}/approve", response=ANSWER)
@needs(Permission.PUBLISH)
def approve(request: HttpRequest, id: Id, body: Approve) -> Version:
    """Say that these are the words, as another officer than who wrote them."""
    version = _one(request, id)
    return writing.approve(
        version=version, ticked=frozenset(body.ticked), by=request.scope, now=timezone.now()
    )


@router.post("/{id}/drop", response=ANSWER)
@needs(Permission.PUBLISH)
def drop(request: HttpRequest, id: Id, body: VersionRemark) -> Version:
    """Say that it is not released."""
    return writing.drop(version=_one(request, id), remark=body.remark, by=request.scope, now=timezone.now())


@router.post("/{id}/publish", response=ANSWER)
@needs(Permission.PUBLISH)
def release(request: HttpRequest, id: Id, body: Release) -> Version:
    """Let an approved version go: to groups and lists, to who asked, and onto the public page."""
    rows = queries.run_by(request.scope).filter(public_id__in=body.groups, kind__in=("media", "citizens"))
    groups = list(rows.order_by("path"))
    if len(groups) != len(set(body.groups)):
        raise Refused(_("One of these is no media group and no list that you run."))
    return releasing.release(
        version=_one(request, id), groups=groups, embargo_until=body.embargo_until, by=request.scope,
        now=timezone.now(),
    )  # fmt: skip


@router.post("/{id}/withdraw", response=ANSWER)
@needs(Permission.PUBLISH)
def withdraw(request: HttpRequest, id: Id, body: Withdraw) -> Version:
    """Say that it does not hold any more, to exactly those who got it."""
    return releasing.withdraw(
        version=_one(request, id), why=body.why, hide=body.hide, by=request.scope, now=timezone.now()
    )


@questions.get("", response={200: QuestionPage, **PROBLEMS})
@needs(Permission.PUBLISH)
def list_questions(request: HttpRequest, cursor: str = "", limit: Limit = 50) -> Any:
    """What journalists asked, the newest first."""
    return paging.newest_first(asking.questions(request.scope), field="asked_at", cursor=cursor, limit=limit)


@questions.post("", response={200: QuestionShown, **PROBLEMS})
@needs(Permission.PUBLISH)
def enter_question(request: HttpRequest, body: Ask) -> Question:
    """Enter a question that came by telephone."""
    return asking.enter(
        unit=spoken_for(request, body.unit),
        text=body.text,
        outlet=body.outlet,
        by=request.scope,
        now=timezone.now(),
    )


@questions.post("/{id}/decline", response={200: QuestionShown, **PROBLEMS})
@needs(Permission.PUBLISH)
def decline(request: HttpRequest, id: Id, body: VersionRemark) -> Question:
    """Say that there will be no version, and why."""
    return asking.decline(
        question=_question(request, id), remark=body.remark, by=request.scope, now=timezone.now()
    )


def _one(request: HttpRequest, public_id: str) -> Version:
    return get_object_or_404(writing.versions(request.scope), public_id=public_id)


def _question(request: HttpRequest, public_id: str) -> Question:
    return get_object_or_404(asking.questions(request.scope), public_id=public_id)


def spoken_for(request: HttpRequest, public_id: str) -> Unit:
    unit: Unit | None = units_spoken_for(request.scope).filter(public_id=public_id).first()
    if unit is None:
        raise Refused(_("None of your posts speaks for this unit."))
    return unit

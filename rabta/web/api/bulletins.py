"""Emergency bulletins and rumours."""

from datetime import datetime
from typing import Annotated, Any

from annotated_types import Ge, Le, Len
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema

from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.force.access import Permission
from rabta.groups import claims as rows_of
from rabta.groups.models import Bulletin, Claim, ClaimReport
from rabta.journey.groups.bulletins import claiming, issuing, verifying
from rabta.journey.press import rumours as press
from rabta.journey.press.writing import Facts
from rabta.web.api import paging, shapes
from rabta.web.api.auth import needs
from rabta.web.api.bodies import Body
from rabta.web.api.cases import PROBLEMS, Limit
from rabta.web.api.shapes import described
from rabta.web.api.versions import Approve, Ticks, VersionRemark, VersionShown, spoken_for
from rabta.web.bulletins.forms import units_run
from rabta.web.groups import queries

Id = shapes.PublicId
Words = Annotated[dict[str, shapes.Text], Len(min_length=1, max_length=6)]

router = Router(tags=["bulletins"])
claims = Router(tags=["bulletins"])
rumours = Router(tags=["bulletins"])


class Write(Body):
    """`words` by language, the empty one for everybody else. A circle: `lat`, `lng` and `radius_km`."""

    title: shapes.Line
    words: Words
    groups: Annotated[list[Id], Len(min_length=1, max_length=2000)]
    lat: shapes.Latitude | None = None
    lng: shapes.Longitude | None = None
    radius_km: Annotated[float, Ge(0.5), Le(500)] | None = None
    ticked: Ticks = []


class LetGo(Body):
    """`alone`: by the commander who wrote it; somebody else looks at it within the hour."""

    alone: bool = False


class Correct(Body):
    words: Words
    withdraw: bool = False
    ticked: Ticks = []


class OpenClaim(Body):
    """`reports` are ids of what members reported."""

    text: shapes.Text
    unit: Id
    place: shapes.Line = ""
    lat: shapes.Latitude | None = None
    lng: shapes.Longitude | None = None
    reports: Annotated[list[Id], Len(max_length=200)] = []


class OneReport(Body):
    report: Id


class OneCase(Body):
    case: Id


class AskNear(Body):
    most: Annotated[int, Ge(1), Le(verifying.MOST)] = verifying.USUAL


class AnswerClaim(Approve):
    """The official answer, written as a version of `unit`."""

    verdict: Annotated[Claim.Verdict, described("What is true of a rumour", Claim.Verdict)]
    unit: Id
    title: shapes.Line
    text: shapes.Text
    title_hi: shapes.Line = ""
    text_hi: shapes.Optional = ""
    title_ur: shapes.Line = ""
    text_ur: shapes.Optional = ""
    place: shapes.Line = ""


class BulletinShown(shapes.OfUnit):
    """`broadcast` is the id under which its reach is read; empty until it was let go."""

    kind: str
    title: str
    words: dict[str, str]
    state: str
    alone: bool
    written_at: datetime
    decided_at: datetime | None
    look_due_at: datetime | None
    looked_at: datetime | None
    broadcast: str

    @staticmethod
    def resolve_broadcast(row: Bulletin) -> str:
        return row.broadcast.public_id if row.broadcast else ""


class UnitAnswers(Schema):
    unit: str
    yes: int
    no: int
    unknown: int


class ClaimShown(shapes.OfUnit):
    """`answers` are what those near by said, by unit. `version` is the id of the version that answers it."""

    text: str
    place: str
    state: str
    verdict: str
    version: str
    opened_at: datetime
    asked_at: datetime | None
    answered_at: datetime | None
    answers: list[UnitAnswers]

    @staticmethod
    def resolve_answers(row: Claim) -> list[dict[str, Any]]:
        return [
            {"unit": one.unit.public_id, "yes": one.yes, "no": one.no, "unknown": one.unknown}
            for one in rows_of.by_place(row)
        ]


class ClaimReportShown(Schema):
    """`suggested` are ids of claims that it may belong to, the likest first."""

    id: str
    text: str
    unit: str
    at: datetime
    suggested: list[str]


class BulletinPage(Schema):
    items: list[BulletinShown]
    next: str


class ClaimPage(Schema):
    items: list[ClaimShown]
    next: str


ANSWER: Any = {200: BulletinShown, **PROBLEMS}
CLAIM: Any = {200: ClaimShown, **PROBLEMS}


@router.get("", response={200: BulletinPage, **PROBLEMS})
@needs(Permission.GROUPS)
def list_bulletins(request: HttpRequest, cursor: str = "", limit: Limit = 50) -> Any:
    """The bulletins of the officer's area, the newest first."""
    return paging.newest_first(
        issuing.bulletins(request.scope), field="written_at", cursor=cursor, limit=limit
    )


@router.post("", response=ANSWER)
@needs(Permission.GROUPS)
def write_bulletin(request: HttpRequest, body: Write) -> Bulletin:
    """Write a bulletin. What it takes is told by `groups/<id>/estimate`; nothing leaves here."""
    groups = list(queries.run_by(request.scope).filter(public_id__in=body.groups).order_by("path"))
    if len(groups) != len(set(body.groups)):
        raise Refused(_("None of your posts runs this group. Ask its administrator."))
    place = (body.lat, body.lng) if body.lat is not None and body.lng is not None else None
    facts = issuing.Facts(
        title=body.title, words=body.words, groups=groups, place=place, radius_km=body.radius_km
    )
    return issuing.write(facts=facts, ticked=frozenset(body.ticked), by=request.scope, now=timezone.now())


@router.get("/{id}", response=ANSWER)
@needs(Permission.GROUPS)
def get_bulletin(request: HttpRequest, id: Id) -> Bulletin:
    """One bulletin."""
    return _bulletin(request, id)


@router.post("/{id}/let_go", response=ANSWER)
@needs(Permission.GROUPS)
def let_go(request: HttpRequest, id: Id, body: LetGo) -> Bulletin:
    """Send what another officer wrote; or, as a commander, one's own."""
    return issuing.let_go(
        bulletin=_bulletin(request, id), alone=body.alone, by=request.scope, now=timezone.now()
    )


@router.post("/{id}/refuse", response=ANSWER)
@needs(Permission.GROUPS)
def refuse(request: HttpRequest, id: Id, body: VersionRemark) -> Bulletin:
    """Say that it is not sent."""
    return issuing.refuse(
        bulletin=_bulletin(request, id), remark=body.remark, by=request.scope, now=timezone.now()
    )


@router.post("/{id}/look", response=ANSWER)
@needs(Permission.GROUPS)
def look(request: HttpRequest, id: Id) -> Bulletin:
    """Say that one looked at what a commander let go alone."""
    return issuing.look(bulletin=_bulletin(request, id), by=request.scope, now=timezone.now())


@router.post("/{id}/correct", response=ANSWER)
@needs(Permission.GROUPS)
def correct(request: HttpRequest, id: Id, body: Correct) -> Bulletin:
    """Write a correction or a withdrawal, for exactly those who got it."""
    return issuing.correct(
        bulletin=_bulletin(request, id), words=body.words, withdraw=body.withdraw,
        ticked=frozenset(body.ticked), by=request.scope, now=timezone.now(),
    )  # fmt: skip


@rumours.get("", response={200: list[ClaimReportShown], **PROBLEMS})
@needs(Permission.GROUPS)
def list_reports(request: HttpRequest) -> Any:
    """What members reported and nobody has joined to a claim, the newest hundred."""
    waiting = list(claiming.waiting(request.scope)[:100])
    found = rows_of.suggest(waiting, claims=claiming.claims(request.scope), now=timezone.now())
    return [
        {
            "id": one.report.public_id,
            "text": one.report.text,
            "unit": one.report.unit.public_id,
            "at": one.report.at,
            "suggested": [claim.public_id for claim in one.claims],
        }
        for one in found
    ]


@rumours.post("/{id}/set_aside", response={200: None, **PROBLEMS})
@needs(Permission.GROUPS)
def set_aside(request: HttpRequest, id: Id) -> None:
    """Say that it is no rumour."""
    claiming.set_aside(report=_report(request, id), by=request.scope, now=timezone.now())


@rumours.post("/{id}/part", response={200: None, **PROBLEMS})
@needs(Permission.GROUPS)
def part(request: HttpRequest, id: Id) -> None:
    """Take it out of its claim."""
    claiming.part(report=_report(request, id), by=request.scope, now=timezone.now())


@claims.get("", response={200: ClaimPage, **PROBLEMS})
@needs(Permission.GROUPS)
def list_claims(request: HttpRequest, cursor: str = "", limit: Limit = 50) -> Any:
    """The claims of the officer's area, the newest first."""
    return paging.newest_first(claiming.claims(request.scope), field="opened_at", cursor=cursor, limit=limit)


@claims.post("", response=CLAIM)
@needs(Permission.GROUPS)
def open_claim(request: HttpRequest, body: OpenClaim) -> Claim:
    """Begin a claim, with reports."""
    unit = units_run(request.scope).filter(public_id=body.unit).first()
    if unit is None:
        raise Refused(_("None of your posts runs groups of this unit."))
    reports = claiming.waiting(request.scope).filter(public_id__in=body.reports)
    at = (body.lat, body.lng) if body.lat is not None and body.lng is not None else None
    made = claiming.open_claim(
        text=body.text, unit=unit, place=body.place, at=at, reports=list(reports), by=request.scope,
        now=timezone.now(),
    )  # fmt: skip
    return _claim(request, made.public_id)


@claims.get("/{id}", response=CLAIM)
@needs(Permission.GROUPS)
def get_claim(request: HttpRequest, id: Id) -> Claim:
    """One claim, with what those near by said."""
    return _claim(request, id)


@claims.post("/{id}/join", response=CLAIM)
@needs(Permission.GROUPS)
def join(request: HttpRequest, id: Id, body: OneReport) -> Claim:
    """Put a report into it."""
    report = _report(request, body.report)
    return claiming.join(claim=_claim(request, id), report=report, by=request.scope, now=timezone.now())


@claims.post("/{id}/join_case", response=CLAIM)
@needs(Permission.HANDLE_CASES)
def join_case(request: HttpRequest, id: Id, body: OneCase) -> Claim:
    """A case of the desk is about the same; only who sees the case learns of it."""
    claim = _claim(request, id)
    case = get_object_or_404(Case.objects.filter(request.scope.visible()), public_id=body.case)
    claiming.join_case(claim=claim, case=case, by=request.scope, now=timezone.now())
    return claim


@claims.post("/{id}/ask", response=CLAIM)
@needs(Permission.GROUPS)
def ask(request: HttpRequest, id: Id, body: AskNear) -> Claim:
    """Ask volunteers near by, the nearest first."""
    verifying.ask(claim=_claim(request, id), most=body.most, by=request.scope, now=timezone.now())
    return _claim(request, id)


@claims.post("/{id}/answer", response={200: VersionShown, **PROBLEMS})
@needs(Permission.PUBLISH)
def answer(request: HttpRequest, id: Id, body: AnswerClaim) -> Any:
    """Write the official answer as a version; it goes out when another officer has approved and released it."""
    claim = _claim(request, id)
    given = body.dict()
    verdict, ticked = given.pop("verdict"), frozenset(given.pop("ticked"))
    given["unit"] = spoken_for(request, body.unit)
    facts = Facts(**given, about=f"{press.PREFIX}:{claim.public_id}")
    return press.answer(
        claim=claim, verdict=verdict, facts=facts, ticked=ticked, by=request.scope, now=timezone.now()
    )


@claims.post("/{id}/close", response=CLAIM)
@needs(Permission.GROUPS)
def close(request: HttpRequest, id: Id) -> Claim:
    """Nothing more is to be done about it."""
    return claiming.close(claim=_claim(request, id), by=request.scope, now=timezone.now())


def _bulletin(request: HttpRequest, public_id: str) -> Bulletin:
    return get_object_or_404(issuing.bulletins(request.scope), public_id=public_id)


def _claim(request: HttpRequest, public_id: str) -> Claim:
    return get_object_or_404(claiming.claims(request.scope), public_id=public_id)


def _report(request: HttpRequest, public_id: str) -> ClaimReport:
    return get_object_or_404(claiming.reports(request.scope), public_id=public_id)

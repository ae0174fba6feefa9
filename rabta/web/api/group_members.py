"""Who belongs to a group: its address, applications, decisions, members, coverage, seats."""

from datetime import date, datetime
from typing import Annotated, Any

from annotated_types import Len
from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema

from rabta.force.access import Permission
from rabta.groups import coverage, words
from rabta.groups.models import Application, Decision, Door, Group, Member, Seat
from rabta.journey.groups import registry
from rabta.journey.groups.members import doors, renewing, vetting
from rabta.journey.groups.members.letters import join_page
from rabta.journey.groups.members.vetting import Why
from rabta.journey.groups.registry import Wanted
from rabta.web.api import paging, shapes
from rabta.web.api.auth import needs
from rabta.web.api.bodies import Body
from rabta.web.api.cases import PROBLEMS, Limit
from rabta.web.api.groups import Sits
from rabta.web.groups import queries

Id = shapes.PublicId

router = Router(tags=["groups"])


class Seen(Body):
    """What the station looked at, by the codes of the table of checks."""

    seen: Annotated[list[shapes.Code], Len(max_length=20)]


class Unrelated(Body):
    """`unrelated`: the officer's own word that he is neither related to the person nor spoke for him."""

    unrelated: bool


class Because(Unrelated):
    """`reason` is one of the closed list; `other` needs words."""

    reason: shapes.Code
    words: shapes.Optional = ""


class Again(Body):
    """The decision of the second officer, with his remark."""

    uphold: bool
    remark: shapes.Text


class SeatAll(Body):
    seats: Annotated[list[Sits], Len(max_length=30)]


class SeatRow(Schema):
    role: str
    reach: str
    personnel: bool


class SeatList(Schema):
    items: list[SeatRow]


class ApplicationRow(shapes.Row):
    kind: str
    section: str
    state: str
    via: str
    asked_at: datetime
    checks: dict[str, bool]


class ApplicationList(Schema):
    items: list[ApplicationRow]


class MemberRow(shapes.Row):
    """Names and numbers are shown on the pages, where each look at a number is recorded."""

    kind: str
    section: str
    state: str
    language: str
    joined_at: datetime | None
    valid_until: date | None
    strikes: int


class MemberPage(Schema):
    items: list[MemberRow]
    next: str


class DecisionRow(shapes.Row):
    what: str
    reason: str
    words: str
    at: datetime
    contested_at: datetime | None
    reviewed_at: datetime | None
    upheld: bool | None


class Gap(Schema):
    section: str
    members: int
    wanted: int


class Coverage(Schema):
    """What a group is made of; `places` are those of its unit near which no member lives."""

    sections: list[Gap]
    kinds: dict[str, int]
    unknown: int
    places: list[str]


class DoorShown(shapes.Row):
    word: str
    address: str
    invitation: bool
    ends_at: datetime | None

    @staticmethod
    def resolve_address(row: Door) -> str:
        return join_page(row.word)


def _units(request: HttpRequest) -> list[int]:
    return sorted(request.scope.units_with(Permission.GROUPS))


def _application(request: HttpRequest, id: str) -> Application:
    rows = Application.objects.exclude(state=Application.State.UNPROVED).select_related("group", "member")
    return get_object_or_404(rows, public_id=id, visible_to__overlap=_units(request))


def _member(request: HttpRequest, id: str) -> Member:
    return get_object_or_404(Member, public_id=id, visible_to__overlap=_units(request))


def _place(request: HttpRequest, id: str, group: str) -> tuple[Member, Group]:
    return _member(request, id), queries.group_or_404(group, request.scope)


@router.get("/{id}/members", response={200: MemberPage, **PROBLEMS})
@needs(Permission.GROUPS)
def members(request: HttpRequest, id: Id, limit: Limit = 50, cursor: shapes.Line = "") -> Any:
    """The members of a group, those who joined last first."""
    group = queries.group_or_404(id, request.scope)
    rows = Member.objects.filter(
        memberships__group=group, memberships__ended_at=None, joined_at__isnull=False
    ).distinct()
    return paging.newest_first(rows, field="joined_at", cursor=cursor, limit=limit)


@router.get("/{id}/coverage", response={200: Coverage, **PROBLEMS})
@needs(Permission.GROUPS)
def cover(request: HttpRequest, id: Id) -> Any:
    """Of which sections of society a group has members, and how many it ought to have."""
    found = coverage.of_group(queries.group_or_404(id, request.scope))
    return {
        "sections": [
            {"section": part.section.code, "members": part.members, "wanted": part.section.wanted}
            for part in found.parts
        ],
        "kinds": {kind.code: count for kind, count in found.kinds},
        "unknown": found.without,
        "places": found.places,
    }


@router.post("/{id}/seats", response={200: SeatList, **PROBLEMS})
@needs(Permission.GROUPS)
def seats(request: HttpRequest, id: Id, body: SeatAll) -> Any:
    """Say which posts belong to the group by themselves, in place of those that did."""
    group = queries.group_or_404(id, request.scope)
    wanted = [Wanted(one.role or "", Seat.Reach(one.reach), one.personnel) for one in body.seats]
    registry.seat(group=group, seats=wanted, by=request.scope, now=timezone.now())
    return {"items": list(group.seats.order_by("id"))}


@router.get("/{id}/applications", response={200: ApplicationList, **PROBLEMS})
@needs(Permission.GROUPS)
def applications(request: HttpRequest, id: Id) -> Any:
    """What waits for a decision, the oldest first; 200 at most."""
    group = queries.group_or_404(id, request.scope)
    rows = group.applications.filter(state=Application.State.OPEN).order_by("proved_at", "pk")
    return {"items": list(rows[:200])}


@router.post("/{id}/door", response={200: DoorShown, **PROBLEMS})
@needs(Permission.GROUPS)
def open_door(request: HttpRequest, id: Id) -> Door:
    """The address at which people ask to join: the one that the group has, or a new one."""
    group = queries.group_or_404(id, request.scope)
    return doors.open_door(group=group, by=request.scope, now=timezone.now())


@router.post("/{id}/invite", response={200: DoorShown, **PROBLEMS})
@needs(Permission.GROUPS)
def invite(request: HttpRequest, id: Id) -> Door:
    """An address for one person, good for two weeks."""
    group = queries.group_or_404(id, request.scope)
    return doors.invite(group=group, by=request.scope, now=timezone.now())


@router.post("/applications/{id}/check", response={200: ApplicationRow, **PROBLEMS})
@needs(Permission.GROUPS)
def check(request: HttpRequest, id: Id, body: Seen) -> Application:
    """Write down what the station looked at so far."""
    row = _application(request, id)
    return vetting.check(application=row, seen=body.seen, by=request.scope, now=timezone.now())


@router.post("/applications/{id}/accept", response={200: DecisionRow, **PROBLEMS})
@needs(Permission.GROUPS)
def accept(request: HttpRequest, id: Id, body: Unrelated) -> Decision:
    """Take the applicant in; refused while a check is missing."""
    row = _application(request, id)
    return vetting.accept(application=row, unrelated=body.unrelated, by=request.scope, now=timezone.now())


@router.post("/applications/{id}/turn-down", response={200: DecisionRow, **PROBLEMS})
@needs(Permission.GROUPS)
def refuse(request: HttpRequest, id: Id, body: Because) -> Decision:
    """Do not take the applicant in; he is told no reason, and how to ask another officer."""
    why = Why(reason=body.reason, words=body.words)
    row = _application(request, id)
    return vetting.refuse(
        application=row, why=why, unrelated=body.unrelated, by=request.scope, now=timezone.now()
    )


@router.post("/decisions/{id}/review", response={200: DecisionRow, **PROBLEMS})
@needs(Permission.GROUPS)
def review(request: HttpRequest, id: Id, body: Again) -> Decision:
    """Look at a contested decision again, as an officer of a higher level who did not take it."""
    rows = Decision.objects.filter(Q(visible_to__overlap=_units(request)))
    row = get_object_or_404(rows, public_id=id)
    return vetting.review(
        decision=row, uphold=body.uphold, remark=body.remark, by=request.scope, now=timezone.now()
    )


@router.post("/{group}/members/{id}/renew", response={200: DecisionRow, **PROBLEMS})
@needs(Permission.GROUPS)
def renew(request: HttpRequest, group: Id, id: Id) -> Decision:
    """Let a member stay for as long as his kind does."""
    member, place = _place(request, id, group)
    return renewing.renew(member=member, group=place, by=request.scope, now=timezone.now())


@router.post("/{group}/members/{id}/remove", response={200: DecisionRow, **PROBLEMS})
@needs(Permission.GROUPS)
def remove(request: HttpRequest, group: Id, id: Id, body: Because) -> Decision:
    """End a member's place in a group."""
    member, place = _place(request, id, group)
    why = Why(reason=body.reason, words=body.words)
    return vetting.remove(
        member=member,
        group=place,
        why=why,
        unrelated=body.unrelated,
        by=request.scope,
        now=timezone.now(),
    )


@router.get("/vetting/words", response={200: dict[str, list[str]], **PROBLEMS})
@needs(Permission.GROUPS)
def vetting_words(request: HttpRequest) -> Any:
    """The codes of checks and of reasons for a refusal and for a removal."""
    reasons = words.reasons()
    return {
        "checks": list(words.checks()),
        "refused": [code for code, one in reasons.items() if "refused" in one.fits],
        "removed": [code for code, one in reasons.items() if "removed" in one.fits],
    }

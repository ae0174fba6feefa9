"""The register of groups, and what is said to them."""

from datetime import datetime
from typing import Annotated, Any

from annotated_types import Len
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema

from rabta.cases.refusal import Refused
from rabta.force.access import Permission
from rabta.force.models import Post, Unit
from rabta.groups.estimate import Estimate
from rabta.groups.models import Broadcast, Group, Seat
from rabta.journey.groups import registry
from rabta.journey.groups.broadcasts import saying
from rabta.journey.groups.registry import Facts, Wanted
from rabta.kit.ids import public_id
from rabta.web.api import paging, shapes
from rabta.web.api.auth import needs
from rabta.web.api.bodies import Body
from rabta.web.api.cases import PROBLEMS, Limit
from rabta.web.api.shapes import described
from rabta.web.groups import queries

Id = shapes.PublicId

router = Router(tags=["groups"])
broadcasts = Router(tags=["groups"])


class Sits(Body):
    """Posts that belong by themselves: of a role (empty: all), by where they stand from the group's own unit."""

    role: shapes.Code | None = None
    reach: Annotated[Seat.Reach, described("Where posts stand", Seat.Reach)]
    personnel: bool = False


class OpenGroup(Body):
    """`unit` and `parent` are ids, `administrator` the id or the code of a post."""

    name: shapes.Line
    kind: Annotated[Group.Kind, described("Kind of a group", Group.Kind)]
    unit: Id
    mode: Annotated[Group.Mode, described("How a group talks", Group.Mode)] = Group.Mode.MODERATED
    purpose: shapes.Line = ""
    rules: shapes.Optional = ""
    parent: Id | None = None
    administrator: shapes.Code
    seats: Annotated[list[Sits], Len(max_length=30)] | None = None


class Say(Body):
    """`words` by language; the empty one is for everybody whose own is missing. `below`: also in all groups below.
    `urgent`: it does not wait till quiet hours end."""

    words: Annotated[dict[str, shapes.Text], Len(min_length=1, max_length=6)]
    below: bool = False
    officers_only: bool = False
    urgent: bool = False


class GroupShown(shapes.OfUnit):
    """`members` are people outside the police; whoever belongs by his post is not counted."""

    name: str
    kind: str
    mode: str
    parent: str
    administrator: str
    members: int
    opened_at: datetime
    closed_at: datetime | None

    @staticmethod
    def resolve_parent(row: Group) -> str:
        return row.parent.public_id if row.parent else ""

    @staticmethod
    def resolve_administrator(row: Group) -> str:
        return row.administrator.code if row.administrator else ""


class GroupPage(Schema):
    items: list[GroupShown]
    next: str


class EstimateShown(Schema):
    """What it takes before anything is sent. `amounts` are decimals as text, by currency."""

    recipients: int
    unreachable: int
    by_channel: dict[str, int]
    minutes: int
    amounts: dict[str, str]
    unpriced: int


class UnitReach(Schema):
    unit: str
    recipients: int
    unreachable: int
    sent: int
    delivered: int
    read: int
    failed: int
    answered: int


class BroadcastShown(shapes.Row):
    """`reach` as it was last counted, unit by unit; empty before the first time."""

    what: str
    state: str
    officers_only: bool
    asked_at: datetime
    recipients: int
    counted_at: datetime | None
    reach: list[UnitReach]

    @staticmethod
    def resolve_reach(row: Broadcast) -> list[dict[str, Any]]:
        rows = row.reach.select_related("unit").order_by("unit__path")
        return [
            {name: getattr(one, name) for name in queries.SUMMED} | {"unit": one.unit.public_id}
            for one in rows
        ]


@router.get("", response={200: GroupPage, **PROBLEMS})
@needs(Permission.GROUPS)
def list_groups(request: HttpRequest, cursor: str = "", limit: Limit = 50) -> Any:
    """The groups that the officer's posts run, the newest first."""
    return paging.newest_first(queries.run_by(request.scope), field="opened_at", cursor=cursor, limit=limit)


@router.post("", response={200: GroupShown, **PROBLEMS})
@needs(Permission.GROUPS)
def open_group(request: HttpRequest, body: OpenGroup) -> Group:
    """Open a group; without `seats` those belong to it that usually do."""
    over = sorted(request.scope.units_with(Permission.GROUPS))
    unit = Unit.objects.filter(path__overlap=over, public_id=body.unit).first()
    posts = Post.objects.filter(unit__path__overlap=over)
    post = posts.filter(Q(code=body.administrator) | Q(public_id=body.administrator)).first()
    if unit is None or post is None:
        raise Refused(_("Name a unit and a post at or below the units whose groups you run."))
    facts = Facts(
        name=body.name,
        kind=body.kind,
        unit=unit,
        mode=body.mode,
        purpose=body.purpose,
        rules=body.rules,
        parent=queries.group_or_404(body.parent, request.scope) if body.parent else None,
        administrator=post,
    )
    seats = None if body.seats is None else [Wanted(s.role or "", s.reach, s.personnel) for s in body.seats]
    return registry.open_group(
        facts=facts, code=f"g-{public_id()}", seats=seats, by=request.scope, now=timezone.now()
    )


@router.get("/{id}", response={200: GroupShown, **PROBLEMS})
@needs(Permission.GROUPS)
def get_group(request: HttpRequest, id: Id) -> Group:
    """One group."""
    return queries.group_or_404(id, request.scope)


@router.post("/{id}/close", response={200: GroupShown, **PROBLEMS})
@needs(Permission.GROUPS)
def close_group(request: HttpRequest, id: Id) -> Group:
    """Close a group: everybody's place in it ends."""
    registry.close(group=queries.group_or_404(id, request.scope), by=request.scope, now=timezone.now())
    return queries.group_or_404(id, request.scope)


@router.post("/{id}/estimate", response={200: EstimateShown, **PROBLEMS})
@needs(Permission.GROUPS)
def estimate(request: HttpRequest, id: Id, body: Say) -> dict[str, Any]:
    """Who would hear it and what that takes. Nothing is sent."""
    groups = _groups(request, id, below=body.below)
    words = saying.check(groups=groups, words=body.words, by=request.scope)
    told: Estimate = saying.estimate(
        groups=groups, words=words, officers_only=body.officers_only, now=timezone.now()
    )
    return vars(told) | {"amounts": {currency: str(amount) for currency, amount in told.amounts.items()}}


@router.post("/{id}/say", response={200: BroadcastShown, **PROBLEMS})
@needs(Permission.GROUPS)
def say(request: HttpRequest, id: Id, body: Say) -> Broadcast:
    """Say something to a group. What is not urgent waits till its quiet hours end."""
    return saying.announce(
        groups=_groups(request, id, below=body.below),
        words=body.words,
        urgent=body.urgent,
        officers_only=body.officers_only,
        by=request.scope,
        now=timezone.now(),
    )


@broadcasts.get("/{id}", response={200: BroadcastShown, **PROBLEMS})
@needs(Permission.GROUPS)
def get_broadcast(request: HttpRequest, id: Id) -> Broadcast:
    """How far something came that was said to groups."""
    return _one(_broadcasts(request), public_id=id)


@broadcasts.post("/{id}/stop", response={200: BroadcastShown, **PROBLEMS})
@needs(Permission.GROUPS)
def stop(request: HttpRequest, id: Id) -> Broadcast:
    """Stop what has not left yet."""
    saying.stop(broadcast=_one(_broadcasts(request), public_id=id), by=request.scope, now=timezone.now())
    return _one(_broadcasts(request), public_id=id)


def _groups(request: HttpRequest, public_id: str, *, below: bool) -> list[Group]:
    group = queries.group_or_404(public_id, request.scope)
    rows = queries.run_by(request.scope).filter(path__contains=[group.pk], closed_at=None)
    return list(rows.order_by("path")) if below else [group]


def _broadcasts(request: HttpRequest) -> Any:
    return saying.said_to(request.scope)


def _one(rows: Any, **which: Any) -> Any:
    found = rows.filter(**which).first()
    if found is None:
        raise Http404
    return found

"""Cases, what was said in them, and what the desk does with them."""

from typing import Annotated, Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status

from rabta import journey
from rabta.cases.looking import looked
from rabta.cases.models import Case, Kind, Message, Order, State, Withheld
from rabta.cases.seen import CaseSeen
from rabta.force.access import Permission
from rabta.force.models import Post, Unit
from rabta.journey.ending import keeping
from rabta.web.api import bodies, paging, shapes
from rabta.web.api.auth import needs
from rabta.web.api.shapes import Limit, Problem
from rabta.web.desk.meanwhile import look_again
from rabta.web.desk.queries import matching, searched

PROBLEMS = dict.fromkeys((400, 401, 403, 404, 409, 422), Problem)
DETAIL: Any = {200: shapes.CaseDetail, **PROBLEMS}
MOVED: Any = {200: shapes.CaseDetail, 204: None, **PROBLEMS}
Id = shapes.PublicId

router = Router(tags=["cases"])


class Filters(Schema):
    """All that are given must fit. `unit` is the id of a unit that may see the case.

    `q` searches as the desk does: by reference or telephone number, name, place, or any words of the last 180 days.
    """

    q: shapes.Search = ""
    state: State | None = None
    kind: Kind | None = None
    category: shapes.Code | None = None
    urgency: Annotated[int, shapes.Ge(0), shapes.Le(9)] | None = None
    withheld: Withheld | None = None
    unit: shapes.PublicId | None = None
    reference: shapes.Line | None = None
    changed_since: shapes.Moment | None = None
    assigned_to_me: bool = False


@router.get("", response={200: shapes.CasePage, **PROBLEMS})
@needs(Permission.SEE_CASES)
def list_cases(
    request: HttpRequest, filters: Query[Filters], cursor: str = "", limit: Limit = 50
) -> dict[str, Any]:
    """Cases that the officer may see, the ones last written to first."""
    if filters.q:
        return _searched(request, filters, cursor=cursor, limit=limit)
    lists, units = CaseSeen.objects.filter(_wanted(filters, request, "case__")), request.scope.sees_as
    page = paging.newest_seen(
        _seen(request), lists=lists, units=units, field="last_in_at", cursor=cursor, limit=limit
    )
    looked(page["items"], by=request.scope, where="api list", now=timezone.now())
    return page


@router.get("/{id}", response=DETAIL)
@needs(Permission.SEE_CASES)
def get_case(request: HttpRequest, id: Id) -> Case:
    """One case with its orders."""
    found = detail_of(request, id)
    looked([found], by=request.scope, where="api", now=timezone.now())
    return found


@router.get("/{id}/messages", response={200: shapes.MessagePage, **PROBLEMS})
@needs(Permission.SEE_CASES)
def list_messages(request: HttpRequest, id: Id, cursor: str = "", limit: Limit = 50) -> dict[str, Any]:
    """What was said in the case, the newest first. What a person took back has no text."""
    case = one_case(request, id)
    looked([case], by=request.scope, where="api", now=timezone.now())
    rows = (
        Message.objects.filter(request.scope.visible(), case=case)
        .select_related("delivery")
        .prefetch_related(
            "attachments__file",
            "attachments__message__case",
            "attachments__message__conversation__handle__person",
        )
    )
    return paging.newest_first(rows, field="received_at", cursor=cursor, limit=limit)


@router.post("/{id}/reply", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def reply(request: HttpRequest, id: Id, body: bodies.Words) -> Case:
    """Answer the citizen: as free text, or as a template once the reply window is over."""
    journey.reply(case=one_case(request, id), text=body.text, by=request.scope, now=timezone.now())
    return detail_of(request, id)


@router.post("/{id}/note", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def note(request: HttpRequest, id: Id, body: bodies.Words) -> Case:
    """An internal note, which no citizen sees."""
    journey.note(case=one_case(request, id), text=body.text, by=request.scope, now=timezone.now())
    return detail_of(request, id)


@router.post("/{id}/categorise", response=MOVED)
@needs(Permission.HANDLE_CASES)
def categorise(request: HttpRequest, id: Id, body: bodies.Categorise) -> Any:
    """Say what it is about. A restricted category withholds the case, perhaps from this officer too: then 204."""
    journey.categorise(
        case=one_case(request, id), category=body.category, by=request.scope, now=timezone.now()
    )
    return detail_or_nothing(request, id)


@router.post("/{id}/place", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def place(request: HttpRequest, id: Id, body: bodies.SetPlace) -> Case:
    """Say where it is."""
    journey.place(
        case=one_case(request, id),
        lat=body.lat,
        lng=body.lng,
        name=body.name,
        by=request.scope,
        now=timezone.now(),
    )
    return detail_of(request, id)


@router.post("/{id}/order", response=DETAIL)
@needs(Permission.ORDER)
def order(request: HttpRequest, id: Id, body: bodies.GiveOneOrder) -> Case:
    """Order a post to lead, to support, or inform it."""
    case = one_case(request, id)
    post = Post.objects.filter(public_id=body.post).first() or get_object_or_404(Post, code=body.post)
    journey.order(
        case=case,
        post=post,
        part=body.part,
        instruction=body.instruction,
        reason=body.reason,
        by=request.scope,
        now=timezone.now(),
    )
    return detail_of(request, id)


@router.post("/{id}/order_suggested", response=DETAIL)
@needs(Permission.ORDER)
def order_suggested(request: HttpRequest, id: Id) -> Case:
    """Order as the routing suggests: lead station, circle officer, supporting unit."""
    journey.order_suggested(case=one_case(request, id), by=request.scope, now=timezone.now())
    return detail_of(request, id)


@router.post("/{id}/hold", response=DETAIL)
@needs(Permission.RELEASE)
def hold(request: HttpRequest, id: Id, body: bodies.Remark) -> Case:
    """Keep the case, with everything in it, from erasure; the remark says why."""
    keeping.hold(case=one_case(request, id), reason=body.remark, by=request.scope, now=timezone.now())
    return detail_of(request, id)


@router.post("/{id}/end_hold", response=DETAIL)
@needs(Permission.RELEASE)
def end_hold(request: HttpRequest, id: Id) -> Case:
    """Let the case be erased when its time comes."""
    keeping.end_hold(case=one_case(request, id), by=request.scope, now=timezone.now())
    return detail_of(request, id)


@router.post("/{id}/close", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def close(request: HttpRequest, id: Id, body: bodies.Remark) -> Case:
    """Close with advice what the desk could answer itself."""
    journey.close_with_advice(
        case=one_case(request, id), remark=body.remark, by=request.scope, now=timezone.now()
    )
    return detail_of(request, id)


def _seen(request: HttpRequest) -> QuerySet[Case]:
    """The officer's cases: by this filter, and once more by row-level security."""
    return Case.objects.filter(request.scope.visible()).select_related("desk_unit", "lead_unit")


def _searched(request: HttpRequest, filters: Filters, *, cursor: str, limit: int) -> dict[str, Any]:
    """A page of what the desk's search finds among those that fit the filters."""
    now = timezone.now()
    found = matching(
        scope=request.scope,
        text=filters.q,
        narrow=_wanted(filters, request),
        before=paging.place_of(cursor, Case),
        most=limit + 1,
        now=now,
    )
    rows = found.select_related("desk_unit", "lead_unit")
    page = paging.newest_first(rows, field="last_in_at", cursor=cursor, limit=limit)
    searched(page["items"], by=request.scope, now=now)
    looked(page["items"], by=request.scope, where="api list", now=now)
    return page


def _wanted(filters: Filters, request: HttpRequest, prefix: str = "") -> Q:
    """Cases that fit all filters; `prefix` leads to them from the lists of units."""
    exact = filters.model_dump(
        include={"state", "kind", "category", "urgency", "withheld"}, exclude_none=True
    )
    if filters.reference:
        exact["reference"] = filters.reference.upper()
    if filters.changed_since:
        exact["changed_at__gte"] = filters.changed_since
    if filters.assigned_to_me:
        exact["assigned_to"] = request.scope.officer
    if filters.unit:
        exact["visible_to__contains"] = [get_object_or_404(Unit, public_id=filters.unit).pk]
    return Q(**{f"{prefix}{name}": value for name, value in exact.items()})


def one_case(request: HttpRequest, id: str) -> Case:
    """The case; refused when somebody decided on it since the client read the `version` that it sends as If-Match."""
    case = get_object_or_404(_seen(request), public_id=id)
    refuse_stale(request, case)
    return case


def refuse_stale(request: HttpRequest, case: Case) -> None:
    """What a POST was made on must still be so, if it says on what: raises Stale otherwise. Looks once a request."""
    if request.method == "POST" and not getattr(request, "looked_again", False):
        request.looked_again = True  # type: ignore[attr-defined]
        seen = request.headers.get("If-Match", "").strip(' "')
        look_again(case, seen=seen, act=request.path.rsplit("/", 1)[-1], by=request.scope)


def detail_of(request: HttpRequest, id: str) -> Case:
    orders = Order.objects.filter(request.scope.visible()).select_related("post__unit", "case").order_by("pk")
    rows = _seen(request).select_related("account", "conversation__handle__person", "desk_unit", "lead_unit")
    return get_object_or_404(
        rows.prefetch_related(Prefetch("orders", orders, to_attr="seen_orders")), public_id=id
    )


def detail_or_nothing(request: HttpRequest, id: str) -> Any:
    if not _seen(request).filter(public_id=id).exists():
        return Status(204, None)
    return detail_of(request, id)

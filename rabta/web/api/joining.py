"""Making one matter of several cases, parting them again, and linking them."""

from typing import Annotated, Any

from annotated_types import Len
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from rabta import journey
from rabta.cases.looking import looked
from rabta.cases.models import Case, Message
from rabta.force.access import Permission
from rabta.journey import parts
from rabta.journey.matters import linking, merging
from rabta.web.api import bodies, shapes
from rabta.web.api.auth import needs
from rabta.web.api.cases import DETAIL, MOVED, PROBLEMS, Id, detail_or_nothing
from rabta.web.api.cases import _seen as seen
from rabta.web.api.cases import detail_of as detail
from rabta.web.api.cases import one_case as case_of
from rabta.web.desk import related

router = Router(tags=["cases"])


class Other(bodies.Body):
    """`other` is the id of the other case."""

    other: shapes.PublicId


class Joined(Other):
    reason: shapes.Line


class LinkRow(Schema):
    case: shapes.CaseRow
    reason: str


class RelatedCases(Schema):
    """The case that this one is part of, its latest parts, how many told of the matter, and what it is linked with."""

    head: shapes.CaseRow | None
    parts: list[shapes.CaseRow]
    people: int
    links: list[LinkRow]


@router.get("/{id}/related", response={200: RelatedCases, **PROBLEMS})
@needs(Permission.SEE_CASES)
def get_related(request: HttpRequest, id: Id) -> dict[str, Any]:
    """What belongs to the case, as far as this officer sees it."""
    rows = seen(request)
    case = case_of(request, id)
    found = list(rows.filter(part_of=case).order_by("-last_in_at", "-id")[: related.MOST_PARTS])
    linked = related.links_of(case, scope=request.scope)
    looked([case, *found], by=request.scope, where="api", now=timezone.now())
    return {
        "head": rows.filter(pk=case.part_of_id).first() if case.part_of_id else None,
        "parts": found,
        "people": 1 + rows.filter(part_of=case).count(),
        "links": [{"case": other, "reason": link.in_words} for other, link in linked],
    }


@router.post("/{id}/merge", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def merge(request: HttpRequest, id: Id, body: Joined) -> Case:
    """Merge `other` into this case: it closes as a duplicate and is part of this one from then on."""
    kept, absorbed = case_of(request, id), case_of(request, body.other)
    merging.merge(kept=kept, absorbed=absorbed, reason=body.reason, by=request.scope, now=timezone.now())
    return detail(request, id)


class Split(bodies.Body):
    """`messages` are the ids of messages that the citizen wrote in this case."""

    messages: Annotated[list[shapes.PublicId], Len(min_length=1, max_length=100)]


@router.post("/{id}/split", response=MOVED)
@needs(Permission.HANDLE_CASES)
def split(request: HttpRequest, id: Id, body: Split) -> Any:
    """Open a case of its own from messages of this one; returns it, or nothing where the officer may not see it."""
    rows = Message.objects.filter(request.scope.visible(), case=case_of(request, id))
    chosen = list(rows.filter(public_id__in=body.messages))
    if len(chosen) != len(set(body.messages)):
        raise Http404
    made = journey.split_several(messages=chosen, by=request.scope, now=timezone.now())
    return detail_or_nothing(request, made.public_id)


@router.post("/{id}/unmerge", response=MOVED)
@needs(Permission.HANDLE_CASES)
def unmerge(request: HttpRequest, id: Id) -> Any:
    """Undo the merge of this case into another, within a day."""
    merging.unmerge(case=case_of(request, id), by=request.scope, now=timezone.now())
    return detail_or_nothing(request, id)


@router.post("/{id}/take_out", response=MOVED)
@needs(Permission.HANDLE_CASES)
def take_out(request: HttpRequest, id: Id) -> Any:
    """Take this case out of the incident that it was gathered in."""
    merging.take_out(case=case_of(request, id), by=request.scope, now=timezone.now())
    return detail_or_nothing(request, id)


@router.post("/{id}/reply_all", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def reply_all(request: HttpRequest, id: Id, body: bodies.Words) -> Case:
    """Answer everybody who told of the matter, each on his own channel under his own number."""
    case = case_of(request, id)
    parts.reply_to_all(case=case, text=body.text, by=request.scope, now=timezone.now())
    return detail(request, id)


@router.post("/{id}/link", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def link(request: HttpRequest, id: Id, body: Joined) -> Case:
    """Link this case with `other`, without making them one."""
    case, other = case_of(request, id), case_of(request, body.other)
    linking.link(case=case, other=other, reason=body.reason, by=request.scope, now=timezone.now())
    return detail(request, id)


@router.post("/{id}/unlink", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def unlink(request: HttpRequest, id: Id, body: Other) -> Case:
    """Remove the link with `other`."""
    case, other = case_of(request, id), case_of(request, body.other)
    linking.unlink(case=case, other=other, by=request.scope, now=timezone.now())
    return detail(request, id)

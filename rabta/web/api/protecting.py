"""Those who must not be known or must not know: accusations, confidential inquiries, sealed names, safe contact."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router

from rabta import journey
from rabta.cases.models import Case
from rabta.force import directory
from rabta.force.access import Permission
from rabta.force.models import Officer, Unit
from rabta.journey.protecting import receiving, sources
from rabta.people.models import Safe
from rabta.web.api import bodies, shapes
from rabta.web.api.auth import needs
from rabta.web.api.cases import DETAIL, MOVED, detail_of, detail_or_nothing, one_case

Id = shapes.PublicId

router = Router(tags=["cases"])


class Identity(bodies.Body):
    """What the person told of himself; at least one. It is answered nowhere and kept sealed only."""

    name: shapes.Line = ""
    number: shapes.Line = ""
    national_id: shapes.Line = ""
    address: shapes.Optional = ""
    remark: shapes.Optional = ""


class ToldFile(bodies.Body):
    """`file` is the id of an attachment, `text` what is in it."""

    file: shapes.PublicId
    text: shapes.Optional


class ReleasedFile(bodies.Body):
    """`file` is the id of an attachment, `remark` why it does not show who sent it."""

    file: shapes.PublicId
    remark: shapes.Optional


class SafeContact(bodies.Body):
    """Whether it is safe to write to this person: yes, no, or empty where nobody knows."""

    safe: Safe


@router.post("/{id}/accuse", response=MOVED)
@needs(Permission.RELEASE, Permission.HANDLE_CASES)
def accuse(request: HttpRequest, id: Id, body: bodies.Accuse) -> Any:
    """Take the case as an accusation against police. 204 when this officer may not see it from now on.

    It never goes down to a superior of the accused unless `desk_unit` says so: without it that is refused, and the
    desks that may receive the case are named.
    """
    case, now = one_case(request, id), timezone.now()
    unit = get_object_or_404(Unit, public_id=body.accused_unit) if body.accused_unit else None
    if body.accused_officers is None:  # whom the desk has named stays shut out
        named = list(Officer.objects.filter(pk__in=case.accused_officers))
    else:
        named = _officers(body.accused_officers)
    desk = receiving.chosen(
        case,
        body.desk_unit or "",
        accused_unit=unit,
        accused_officers=named,
        directory=directory.current(now=now),
    )
    journey.accuse(case=case, accused_unit=unit, accused_officers=named, desk=desk, by=request.scope, now=now)
    return detail_or_nothing(request, id)


@router.post("/{id}/confidential", response=MOVED)
@needs(Permission.CONFIDE)
def confidential(request: HttpRequest, id: Id, body: bodies.NameOfficers) -> Any:
    """Begin a confidential inquiry, or change who is named in it. 204 when this officer is not among the named."""
    case, named = one_case(request, id), _officers(body.officers)
    journey.name_officers(case=case, officers=named, by=request.scope, now=timezone.now())
    return detail_or_nothing(request, id)


@router.post("/{id}/end_confidential", response=MOVED)
@needs(Permission.CONFIDE)
def end_confidential(request: HttpRequest, id: Id, body: bodies.Remark) -> Any:
    """End the confidential inquiry: whom the case concerns sees it again. 204 when this officer is not among these."""
    journey.end_confidential(
        case=one_case(request, id), remark=body.remark, by=request.scope, now=timezone.now()
    )
    return detail_or_nothing(request, id)


@router.post("/{id}/release", response=DETAIL)
@needs(Permission.RELEASE)
def release(request: HttpRequest, id: Id, body: bodies.Remark) -> Case:
    """Decide that a withheld case is an ordinary one."""
    journey.release(case=one_case(request, id), remark=body.remark, by=request.scope, now=timezone.now())
    return detail_of(request, id)


@router.post("/{id}/protect", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def protect(request: HttpRequest, id: Id) -> Case:
    """Hide who wrote, because that person asked for it: an alias for everybody from now on."""
    sources.protect(case=one_case(request, id), by=request.scope, now=timezone.now())
    return detail_of(request, id)


@router.post("/{id}/seal", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def seal(request: HttpRequest, id: Id, body: Identity) -> Case:
    """Seal what the protected person told of himself. Keyholders open it, together and with reasons; nobody else."""
    sources.seal_told(
        case=one_case(request, id), facts=body.model_dump(), by=request.scope, now=timezone.now()
    )
    return detail_of(request, id)


@router.post("/{id}/seal_recordings", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def seal_recordings(request: HttpRequest, id: Id) -> Case:
    """Seal the originals of voice notes, videos and documents, after somebody noted what they say."""
    sources.seal_recordings(case=one_case(request, id), by=request.scope, now=timezone.now())
    return detail_of(request, id)


@router.post("/{id}/tell_file", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def tell_file(request: HttpRequest, id: Id, body: ToldFile) -> Case:
    """Note what is in a file of a protected person that officers do not get; they read that."""
    sources.tell_of_file(
        case=one_case(request, id), file=body.file, text=body.text, by=request.scope, now=timezone.now()
    )
    return detail_of(request, id)


@router.post("/{id}/release_file", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def release_file(request: HttpRequest, id: Id, body: ReleasedFile) -> Case:
    """Let officers have such a file as it came."""
    sources.release_file(
        case=one_case(request, id), file=body.file, remark=body.remark, by=request.scope, now=timezone.now()
    )
    return detail_of(request, id)


@router.post("/{id}/safe_contact", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def safe_contact(request: HttpRequest, id: Id, body: SafeContact) -> Case:
    """Keep whether it is safe to write to this person on this channel."""
    sources.set_safe(case=one_case(request, id), safe=body.safe, by=request.scope, now=timezone.now())
    return detail_of(request, id)


def _officers(public_ids: list[str]) -> list[Officer]:
    """The officers with these ids; all of them or 404."""
    found = list(Officer.objects.filter(public_id__in=public_ids))
    if len(found) != len(set(public_ids)):
        raise Http404
    return found

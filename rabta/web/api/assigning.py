"""Whose case it is at the desk."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router

from rabta import journey
from rabta.cases.models import Case
from rabta.force.access import Permission
from rabta.force.models import Officer
from rabta.web.api.auth import needs
from rabta.web.api.bodies import Body
from rabta.web.api.cases import DETAIL, Id, detail_of, one_case
from rabta.web.api.shapes import PublicId

router = Router(tags=["cases"])


class Assign(Body):
    """`officer` is the id of one who handles such cases today; null gives the case back to the queue."""

    officer: PublicId | None


@router.post("/{id}/assign", response=DETAIL)
@needs(Permission.HANDLE_CASES)
def assign(request: HttpRequest, id: Id, body: Assign) -> Case:
    """Give the case to one operator of the desk, or to nobody."""
    case = one_case(request, id)
    officer = get_object_or_404(Officer, public_id=body.officer) if body.officer else None
    journey.assign(case=case, officer=officer, by=request.scope, now=timezone.now())
    return detail_of(request, id)

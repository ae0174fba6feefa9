"""What members of a group wrote: what waits, and a moderator's word on it."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from rabta.force.access import Permission
from rabta.groups.models import Item
from rabta.web.api import shapes
from rabta.web.api.auth import needs
from rabta.web.api.bodies import Body
from rabta.web.api.cases import PROBLEMS
from rabta.web.groups import queries, talk

router = Router(tags=["groups"])
MOST = 100


class Waiting(Schema):
    """A message that waits; nobody's name or number is told here."""

    id: str
    received_at: shapes.Moment
    language: str
    text: str
    forwarded: bool
    picture: bool


class Decided(Schema):
    id: str
    state: str


class Refusal(Body):
    """`reason` is a code of the closed list."""

    reason: shapes.Code


@router.get("/{group}/items", response={200: list[Waiting], **PROBLEMS})
@needs(Permission.GROUPS)
def waits(request: HttpRequest, group: shapes.PublicId) -> list[Waiting]:
    """What waits for a moderator of the group, the oldest first; a hundred at most."""
    row = queries.group_or_404(group, request.scope)
    now = timezone.now()
    items = list(talk.waiting(request.scope, now=now).filter(group=row)[:MOST])
    talk.looked(request, row, now=now)
    return [
        Waiting(
            id=item.public_id,
            received_at=item.received_at,
            language=item.language,
            text=item.text,
            forwarded=item.forwarded,
            picture=item.picture == Item.Picture.HERE,
        )
        for item in items
    ]


def _done(request: HttpRequest, group: str, item: str, what: str, reason: str = "") -> Decided:
    found = talk.item_or_404(request.scope, queries.group_or_404(group, request.scope), item)
    held = talk.carry_out(what, found, reason=reason, by=request.scope, now=timezone.now())
    return Decided(id=held.public_id, state=held.state)


@router.post("/{group}/items/{item}/let-through", response={200: Decided, **PROBLEMS})
@needs(Permission.GROUPS)
def let_through(request: HttpRequest, group: shapes.PublicId, item: shapes.PublicId) -> Decided:
    """Pass it on to the group, without its author's name."""
    return _done(request, group, item, "let_through")


@router.post("/{group}/items/{item}/refuse", response={200: Decided, **PROBLEMS})
@needs(Permission.GROUPS)
def refuse(request: HttpRequest, group: shapes.PublicId, item: shapes.PublicId, body: Refusal) -> Decided:
    """Do not pass it on; the member is told why."""
    return _done(request, group, item, "refuse", body.reason)


@router.post("/{group}/items/{item}/to-desk", response={200: Decided, **PROBLEMS})
@needs(Permission.GROUPS)
def to_desk(request: HttpRequest, group: shapes.PublicId, item: shapes.PublicId) -> Decided:
    """It is a matter of the police: the desk takes it as a citizen's message."""
    return _done(request, group, item, "to_desk")


@router.post("/{group}/items/{item}/undo", response={200: Decided, **PROBLEMS})
@needs(Permission.GROUPS)
def undo(request: HttpRequest, group: shapes.PublicId, item: shapes.PublicId) -> Decided:
    """Take the decision back, while nothing has left."""
    return _done(request, group, item, "undo")

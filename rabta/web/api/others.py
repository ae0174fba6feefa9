"""The officer of the token, the force, and the ledger of what came in."""

from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from ninja.errors import HttpError

from rabta.force.access import Permission, current_postings
from rabta.force.models import Post, Unit
from rabta.intake import ledger
from rabta.web.api import shapes
from rabta.web.api.auth import needs
from rabta.web.api.cases import PROBLEMS
from rabta.web.desk.accusing import named_like

UNITS_A_PAGE = 200

router = Router()


class UnitRow(shapes.UnitRef):
    level: str
    parent: str | None
    posts: list[shapes.PostRef]

    @staticmethod
    def resolve_level(unit: Any) -> str:
        return str(unit.level.code)

    @staticmethod
    def resolve_parent(unit: Any) -> str | None:
        return unit.parent.public_id if unit.parent else None

    @staticmethod
    def resolve_posts(unit: Any) -> list[Any]:
        return list(unit.posts.all())


class OfficerRow(shapes.Row):
    """An officer with the posts held today."""

    name: str
    rank: str
    posts: list[shapes.PostRef]

    @staticmethod
    def resolve_name(officer: Any) -> str:
        return str(officer)

    @staticmethod
    def resolve_posts(officer: Any) -> list[Any]:
        return [posting.post for posting in officer.held]


class OfficerList(Schema):
    items: list[OfficerRow]


class UnitPage(Schema):
    items: list[UnitRow]
    next: str


class Me(Schema):
    """The officer of the token, and what the postings of today allow."""

    username: str
    name: str
    rank: str
    language: str
    permissions: list[str]
    posts: list[shapes.PostRef]


class LedgerAccount(Schema):
    channel: str
    name: str
    received: int
    messages: int
    changes: int
    receipts: int
    ignored: dict[str, int]
    quarantined: int
    duplicates: int
    pending: int


class Ledger(Schema):
    """received = messages + changes + receipts + ignored + quarantined + duplicates + pending, for every account."""

    balanced: bool
    unattributed: int
    accounts: list[LedgerAccount]


@router.get("/me", response={200: Me, **PROBLEMS}, tags=["force"])
def me(request: HttpRequest) -> dict[str, Any]:
    """Who the token's officer is, and what today's postings allow."""
    scope = request.scope
    return {
        "username": scope.officer.username,
        "name": str(scope.officer),
        "rank": scope.officer.rank,
        "language": scope.officer.language,
        "permissions": sorted(permission for permission in Permission if scope.has(permission)),
        "posts": list(Post.objects.filter(pk__in=scope.posts).select_related("unit").order_by("pk")),
    }


@router.get("/units", response={200: UnitPage, **PROBLEMS}, tags=["force"])
def list_units(
    request: HttpRequest, parent: shapes.PublicId | None = None, after: shapes.Code | None = None
) -> Any:
    """Units with their posts, by code; `after` is the `next` of the page before."""
    posts = Post.objects.select_related("unit").order_by("code")
    rows = (
        Unit.objects.select_related("level", "parent")
        .prefetch_related(Prefetch("posts", posts))
        .order_by("code")
    )
    rows = rows.defer("area", "parent__area")
    if parent:
        rows = rows.filter(parent__public_id=parent)
    if after:
        rows = rows.filter(code__gt=after)
    found = list(rows[: UNITS_A_PAGE + 1])
    more = len(found) > UNITS_A_PAGE
    return {"items": found[:UNITS_A_PAGE], "next": found[UNITS_A_PAGE - 1].code if more else ""}


@router.get("/officers", response={200: OfficerList, **PROBLEMS}, tags=["force"])
@needs(Permission.RELEASE)
def list_officers(request: HttpRequest, name: shapes.Line = "") -> Any:
    """The first officers whose names hold every word of `name` (two letters at least), with the posts held today."""
    found = named_like(name)
    today = current_postings(on=timezone.localdate()).select_related("post__unit").order_by("starts", "pk")
    prefetch_related_objects(found, Prefetch("postings", today, to_attr="held"))
    return {"items": found}


@router.get("/ledger", response={200: Ledger, **PROBLEMS}, tags=["intake"])
@needs(Permission.SEE_INTAKE)
def see_ledger(request: HttpRequest) -> Any:
    """What came in and what became of it, account by account. For posts over the whole force."""
    if not request.scope.over_all(Permission.SEE_INTAKE):
        raise HttpError(
            403, _("The ledger counts what is kept from you too. It is for posts over the whole force.")
        )
    return ledger.balance()

"""What the pages of good work read: the officer's own, and that of the units whose groups he runs."""

from django.db.models import Q, QuerySet
from django.http import Http404

from rabta.force.access import Permission, Scope
from rabta.groups.models import GoodWork

LISTED = 50


def works_of(scope: Scope) -> QuerySet[GoodWork]:
    """Good work that the officer may see."""
    units = sorted(scope.units_with(Permission.GROUPS))
    rows = GoodWork.objects.filter(Q(visible_to__overlap=units) | Q(officer=scope.officer))
    return rows.select_related("unit", "lies_at", "officer", "post").defer("unit__area", "lies_at__area")


def work_or_404(public_id: str, scope: Scope) -> GoodWork:
    """The one of an address; 404 for whoever does not see it."""
    found = works_of(scope).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def listed(scope: Scope, *, show: str) -> list[GoodWork]:
    """`turn`: what waits for a decision of his; `mine`; `approved`; else all. The newest first, LISTED at most."""
    rows = works_of(scope).order_by("-changed_at", "-pk")
    if show == "mine":
        rows = rows.filter(officer=scope.officer)
    elif show == "approved":
        rows = rows.filter(state=GoodWork.State.APPROVED)
    elif show == "turn":
        units = sorted(scope.units_with(Permission.DIRECT))
        rows = rows.filter(state=GoodWork.State.MOVING, lies_at__in=units).exclude(officer=scope.officer)
    return list(rows[:LISTED])

"""Which orders are in an officer's own hands."""

from django.db.models import Q

from rabta.force.access import Permission, Scope


def mine(by: Scope) -> Q:
    """Orders to the posts that he holds, and those that were given on to him at a unit where he serves still."""
    units = frozenset().union(*(g.own for g in by.grants if Permission.WORK_ORDERS in g.permissions))
    given = Q(given_to=by.officer.pk, unit__in=sorted(unit for unit in units if unit > 0))
    return Q(post__in=sorted(by.posts)) | given

"""How many people told of what a line of the list stands for."""

from collections.abc import Iterable

from django.db.models import Count

from rabta.cases.models import Case
from rabta.force.access import Scope


def people(*, scope: Scope, found: Iterable[Case]) -> dict[int, int]:
    """By the id of each case that has parts which the officer sees: these and itself. One query."""
    rows = Case.objects.filter(scope.visible(), part_of__in=list(found)).order_by()
    return {pk: 1 + n for pk, n in rows.values_list("part_of").annotate(n=Count("id"))}

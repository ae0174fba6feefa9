"""How many people told of what a line of the list stands for."""

from collections.abc import Iterable

from django.db.models import Count, F

from rabta.cases.models import Case
from rabta.force.access import Scope

TELLER = "conversation__handle__person"


def people(*, scope: Scope, found: Iterable[Case]) -> dict[int, int]:
    """By the id of each case that has parts of others which the officer sees: how many they are, with its own teller.

    Who wrote over several channels counts once. One query.
    """
    rows = Case.objects.filter(scope.visible(), part_of__in=list(found)).order_by()
    others = rows.exclude(**{TELLER: F(f"part_of__{TELLER}")})
    counted = others.values_list("part_of").annotate(n=Count(TELLER, distinct=True))
    return {pk: 1 + n for pk, n in counted}

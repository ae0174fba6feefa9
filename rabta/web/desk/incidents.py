"""How many people told of what a line of the list stands for."""

from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef

from rabta.cases.models import Case
from rabta.force.access import Scope

TELLER = "conversation__handle__person"
MOST = 1000  # parts that are looked at for a line of the list: in a surge one case has tens of thousands


def people_at_most(*, scope: Scope, found: Iterable[Case]) -> dict[int, int]:
    """`people` for lines of a list, and MOST for whatever has so many parts that nobody counts them. One query."""
    parts = Case.objects.filter(scope.visible(), part_of=OuterRef("pk")).order_by().values(TELLER)
    heads = Case.objects.filter(pk__in=[case.pk for case in found]).annotate(
        tellers=ArraySubquery(parts[:MOST])
    )
    counted = {}
    for pk, own, tellers in heads.order_by().values_list("pk", TELLER, "tellers"):
        if len(tellers) == MOST:
            counted[pk] = MOST
        elif others := set(tellers) - {own}:
            counted[pk] = 1 + len(others)
    return counted


def people(*, scope: Scope, found: Iterable[Case]) -> dict[int, int]:
    """By the id of each case that has parts of others which the officer sees: how many they are, with its own teller.

    Who wrote over several channels counts once. One query.
    """
    rows = Case.objects.filter(scope.visible(), part_of__in=list(found)).order_by()
    others = rows.exclude(**{TELLER: F(f"part_of__{TELLER}")})
    counted = others.values_list("part_of").annotate(n=Count(TELLER, distinct=True))
    return {pk: 1 + n for pk, n in counted}

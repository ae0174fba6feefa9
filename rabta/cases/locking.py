"""Locking cases: before whatever hangs on them, all at once, and everywhere in one order.

What is done to a case goes on to its parts. So those that others are part of come first, whatever their numbers are.
"""

from collections.abc import Iterable

from django.db.models import F, Q

from rabta.cases.models import Case


def lock(case_ids: Iterable[int]) -> dict[int, Case]:
    """These cases and the ones that they are part of as they are now, by their ids, locked until the transaction ends.

    One query, or none. Those that are out of the officer's sight are left out.
    """
    ids = set(case_ids)
    if not ids:
        return {}
    meant = Q(pk__in=ids) | Q(pk__in=Case.objects.filter(pk__in=ids).values("part_of"))
    rows = Case.objects.select_for_update(of=("self",)).filter(meant)
    return {case.pk: case for case in rows.order_by(F("part_of_id").asc(nulls_first=True), "id")}

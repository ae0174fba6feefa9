"""One matter that several people told, or one person over several channels: their cases are parts of one.

Each part stays the case of whoever told it: his reference number, his conversation, his receipt code. Only what becomes
of the matter stands with the case that it is part of, the head. Parts of parts there are none. A part that a person
merged is closed as a duplicate; one that was gathered in a surge stays open and is closed with its head.
"""

from typing import Any

from django.db import connection, models
from django.db.models import F, Q

from rabta.cases.kinds import Outcome, State


class Parts(models.Model):
    """The column of it, for `Case`."""

    part_of = models.ForeignKey(
        "cases.Case", null=True, on_delete=models.PROTECT, related_name="parts", db_index=False
    )

    class Meta:
        abstract = True


INDEXES = [
    models.Index(fields=["part_of"], condition=Q(part_of__isnull=False), name="case_parts"),
]
CONSTRAINTS = [
    models.CheckConstraint(condition=~Q(part_of=F("id")), name="no_case_is_part_of_itself"),
    models.CheckConstraint(
        condition=Q(part_of=None) | ~Q(state=State.CLOSED) | Q(outcome=Outcome.DUPLICATE),
        name="closed_parts_are_duplicates",
    ),
]


def state_told(case: Any) -> str:
    """The state that a case's sender reads: of a part how its head stands, of a confidential inquiry that it goes on.

    Whoever wrote the part may not see the head: where it is not fetched already (`select_related`), a function answers
    whoever sees the part, and says no more.
    """
    if case.part_of_id is None:
        return State.ACKNOWLEDGED if case.confidential and case.state != State.CLOSED else str(case.state)
    if head := case._state.fields_cache.get("part_of"):
        return state_told(head)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_state_of_head(%s)", [case.pk])
        (state,) = cursor.fetchone()
    return state or str(case.state)

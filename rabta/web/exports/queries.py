"""Lists of cases that leave the house: the same rows as on the pages, fewer columns.

No names, no numbers, nothing that a citizen wrote; of protected people not even the place. Confidential inquiries
leave in no list.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rabta.cases.models import Case
from rabta.force.access import Permission, Scope
from rabta.force.models import Unit
from rabta.kit.sheets import Cell
from rabta.triage.tables import category_label
from rabta.web.desk import queries as desk
from rabta.web.desk.queues import Queue
from rabta.web.supervisor import queries as review

MOST = 5000  # rows of a file; whoever needs more asks for one unit after the other


@dataclass(frozen=True, kw_only=True)
class List:
    """A list of a page: of the review one class or all, of the desk one queue; perhaps narrowed to a unit."""

    scope: Scope
    unit: Unit | None
    show: str = ""
    queue: Queue | None = None
    narrow: Q = field(default_factory=Q)  # the desk's filters
    filters: Mapping[str, str] = field(default_factory=dict)  # the same in codes

    @property
    def facts(self) -> dict[str, object]:
        """What is asked for, in codes: for the record."""
        named = {"queue": self.queue.code} if self.queue else {"review": self.show or "all"}
        return {**named, **({"unit": self.unit.pk} if self.unit else {}), **self.filters}


def cases(asked: List, *, now: datetime) -> list[Case]:
    """The cases of the list, the first MOST + 1 of them. Only what the officer may take out."""
    rows = _of_queue(asked) if asked.queue else _of_review(asked, now=now)
    mine = sorted(asked.scope.units_with(Permission.EXPORT))
    rows = rows.filter(asked.scope.visible(), visible_to__overlap=mine, named_officers=[])
    rows = rows.select_related("lead_unit", "desk_unit").defer("lead_unit__area", "desk_unit__area")
    return list(rows.prefetch_related(desk.PERSON).order_by("-last_in_at", "-id")[: MOST + 1])


def _of_queue(asked: List) -> QuerySet[Case]:
    assert asked.queue is not None
    rows = Case.objects.filter(asked.queue.holds(asked.scope)).filter(asked.narrow)
    return rows.filter(lead_unit=asked.unit) if asked.unit else rows


def _of_review(asked: List, *, now: datetime) -> QuerySet[Case]:
    found = review.case_ids(scope=asked.scope, which=asked.show, unit=asked.unit, most=MOST + 1, now=now)
    return Case.objects.filter(pk__in=found)


def _place(case: Case) -> str:
    return "" if case.hides_author else case.place


def _category(case: Case) -> str:
    return category_label(case.category, language=get_language() or "en") or ""


Column = tuple[str, Callable[[Case], Cell]]


def columns() -> list[Column]:
    """The heads in the reader's language, and what stands below each. Times are in UTC."""
    return [
        (_("Reference"), lambda case: case.reference),
        (_("Came in (UTC)"), lambda case: case.opened_at),
        (_("Kind"), lambda case: case.get_kind_display()),
        (_("Category"), _category),
        (_("Urgency"), lambda case: case.urgency),
        (_("State"), lambda case: case.get_state_display()),
        (_("Outcome"), lambda case: case.get_outcome_display()),
        (_("Withheld"), lambda case: case.get_withheld_display()),
        (_("Place"), _place),
        (_("Leads"), lambda case: str(case.lead_unit or "")),
        (_("Desk"), lambda case: str(case.desk_unit)),
        (_("Reply due (UTC)"), lambda case: case.reply_due_at),
        (_("Report due (UTC)"), lambda case: case.report_due_at),
        (_("Closed (UTC)"), lambda case: case.closed_at),
    ]


def table(found: list[Case]) -> Iterator[list[Cell]]:
    """The head, then a row for each case."""
    wanted = columns()
    yield [head for head, _of in wanted]
    for case in found:
        yield [of(case) for _head, of in wanted]

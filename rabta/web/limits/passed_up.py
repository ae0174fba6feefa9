"""What was passed up to an officer and waits for him: each case once, with all its limits that were passed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rabta import journey
from rabta.cases.models import Case
from rabta.force.access import Scope
from rabta.review.models import Escalation
from rabta.review.telling import words
from rabta.triage.tables import category_label

MOST = 100  # limits
AT_ONCE = 5  # cases; the others are folded away


@dataclass(frozen=True, kw_only=True)
class PassedUp:
    """A case and the limits of it that were passed, the longest ago first."""

    case: Case
    category: str
    limits: Sequence[tuple[Escalation, str]]

    @property
    def first(self) -> Escalation:
        return self.limits[0][0]


def waiting(scope: Scope, *, now: datetime) -> list[PassedUp]:
    """What nobody has taken over yet, the most urgent first. One query."""
    by_case: dict[int, list[Escalation]] = {}
    rows = (
        _told(scope)
        .select_related("case", "held_by", "passed_by")
        .order_by("-at", "due_at", "case_id", "step")[:MOST]
    )
    for row in sorted(rows, key=lambda row: (row.case.urgency, row.due_at)):
        by_case.setdefault(row.case_id, []).append(row)
    language = get_language() or "en"
    return [
        PassedUp(
            case=limits[0].case,
            category=category_label(limits[0].case.category, language=language) or _("No category yet"),
            limits=[(row, words(row, now=now)) for row in limits],
        )
        for limits in by_case.values()
    ]


def take_all(scope: Scope, case: Case, *, now: datetime) -> None:
    """Take care of all limits of a case that were told to this officer's posts. Raises Refused."""
    for row in _told(scope).filter(case=case).select_related("case"):
        journey.take(escalation=row, by=scope, now=now)


def _told(scope: Scope) -> QuerySet[Escalation]:
    rows = Escalation.objects.filter(scope.visible("case__"), post__in=scope.posts, level__gt=0)
    return rows.filter(ended_at=None, taken_at=None)

"""Holding a review: it begins, cases are looked at and decided, it ends; and when the last one was."""

from collections.abc import Iterable
from datetime import datetime

from rabta.cases.models import Case
from rabta.force.access import Permission, Scope
from rabta.review.models import Line, Review


def of_officer(officer_id: int) -> tuple[Review | None, Review | None]:
    """The review that the officer is holding now, and the last one that ended. One query."""
    rows = list(Review.objects.filter(officer_id=officer_id).order_by("-began_at", "-id")[:2])
    held = next((row for row in rows if row.ended_at is None), None)
    return held, next((row for row in rows if row.ended_at is not None), None)


def begin(*, scope: Scope, figures: dict[str, int], now: datetime) -> Review:
    """Begin a review, or go on with the one that is open."""
    held, _last = of_officer(scope.officer.pk)
    if held:
        return held
    post = next((g.post_id for g in scope.grants if Permission.SUPERVISE in g.permissions), None)
    return Review.objects.create(officer=scope.officer, post_id=post, began_at=now, figures=figures)


def end(*, officer_id: int, now: datetime) -> bool:
    """End the officer's review; whether there was one."""
    return bool(Review.objects.filter(officer_id=officer_id, ended_at=None).update(ended_at=now))


def note(review: Review, *, cases: Iterable[Case], decision: str, now: datetime) -> None:
    """Write down that these cases were looked at, or what was decided on them: once in a review."""
    lines = [Line(review=review, case=case, decision=decision, at=now) for case in cases]
    Line.objects.bulk_create(lines, ignore_conflicts=True)

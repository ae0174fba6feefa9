"""When a reply, a human contact and a report are due, and how a matter stands. Times run from our `received_at`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rabta.rules.matter import Category


@dataclass(frozen=True, kw_only=True)
class Due:
    """The three duties; None where the category has no such duty."""

    reply: datetime | None
    contact: datetime | None
    report: datetime | None


def due(category: Category, *, received_at: datetime) -> Due:
    """The limits of a category, counted from the first message (`domain.md`, table of categories)."""

    def after(minutes: int | None) -> datetime | None:
        return received_at + timedelta(minutes=minutes) if minutes is not None else None

    return Due(
        reply=after(category.reply_minutes),
        contact=after(category.contact_minutes),
        report=after(category.report_minutes),
    )


def light(*, due_at: datetime | None, met_at: datetime | None, now: datetime) -> str:
    """`green` when the duty is met or there is none, `amber` while there is time, `red` when it is over."""
    if met_at is not None or due_at is None:
        return "green"
    return "amber" if now <= due_at else "red"

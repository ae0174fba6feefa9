"""Months, as the figures are told by: periods that overlap could be subtracted from each other."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

OFFERED = 24


def months(*, today: date) -> list[date]:
    """The first days of this month and of those before it, the newest first."""
    found = [today.replace(day=1)]
    while len(found) < OFFERED:
        found.append(_before(found[-1]))
    return found


def chosen(text: str, *, today: date) -> date:
    """The month that is asked for (`2026-03`); this one for anything else."""
    return next((month for month in months(today=today) if f"{month:%Y-%m}" == text), today.replace(day=1))


def bounds(month: date) -> tuple[datetime, datetime]:
    """When the month begins and when the next one does, in the force's zone."""
    following = (month.replace(day=28) + timedelta(days=5)).replace(day=1)
    begin, end = (timezone.make_aware(datetime.combine(day, time.min)) for day in (month, following))
    return begin, end


def _before(month: date) -> date:
    return (
        month.replace(year=month.year - 1, month=12)
        if month.month == 1
        else month.replace(month=month.month - 1)
    )

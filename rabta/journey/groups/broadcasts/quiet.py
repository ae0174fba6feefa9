"""Quiet hours of groups: what is not urgent waits till they end. Bulletins and instructions never wait."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.utils import timezone

from rabta.groups.models import Group
from rabta.rules import moderation


def until(groups: Iterable[Group], *, now: datetime) -> datetime:
    """When the quiet hours that run now are over in all of these groups; `now` where there are none."""
    return max((_until(group, now=now) for group in groups), default=now)


def _until(group: Group, *, now: datetime) -> datetime:
    begins, ends = _minutes(group.quiet_from), _minutes(group.quiet_to)
    local = timezone.localtime(now)
    at = local.hour * 60 + local.minute
    if ends is None or not moderation.is_quiet(at=at, begins=begins, ends=ends):
        return now
    end = now + timedelta(minutes=moderation.wait_until_end(at=at, ends=ends))
    return end.replace(second=0, microsecond=0)


def _minutes(at: time | None) -> int | None:
    return at.hour * 60 + at.minute if at is not None else None

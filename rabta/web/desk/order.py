"""In which order the desk reads cases, and the key at which a list goes on.

Open cases stand by urgency, then by the limit that runs out next (`cases.limits`). Closed ones, and lists for which
somebody asked it, stand by the newest message.
"""

import re
from datetime import datetime

from django.db.models import Q, QuerySet

from rabta.cases.limits import NEXT_LIMIT
from rabta.cases.models import Case
from rabta.web import cursors

URGENT, NEWEST = "urgent", "newest"
_KEY = re.compile(r"([0-9]{1,2})\.([0-9]{1,17})\.([0-9a-z]{16})")
_LATER_THAN_ALL = 10**17  # microseconds


def ordered(rows: QuerySet[Case], *, sort: str) -> QuerySet[Case]:
    """The rows in the order `sort`."""
    if sort == URGENT:
        return rows.annotate(limit_at=NEXT_LIMIT).order_by("urgency", "limit_at", "id")
    return rows.order_by("-last_in_at", "-id")


def key(case: Case, *, sort: str) -> str:
    """Where a line stands, without its row id: urgency, microseconds, public id."""
    at = case.limit_at if sort == URGENT else case.last_in_at  # type: ignore[attr-defined]
    return f"{case.urgency}.{cursors.of_moment(at)}.{case.public_id}"


def rank(case: Case, *, sort: str) -> str:
    """The same for the open page: of two lines the one with the smaller text stands higher."""
    if sort == URGENT:
        return f"{case.urgency:02}.{cursors.of_moment(case.limit_at):017}"  # type: ignore[attr-defined]
    return f"{_LATER_THAN_ALL - cursors.of_moment(case.last_in_at):017}"


def beyond(rows: QuerySet[Case], after: str, *, sort: str) -> QuerySet[Case]:
    """Those rows that come after a key; all of them when it is not one of ours."""
    found = _KEY.fullmatch(after)
    if found is None:
        return rows
    urgency, micros, public_id = found.groups()
    at = cursors.moment_of(int(micros))
    this = Case.objects.filter(public_id=public_id).values("id")[:1]
    if sort == NEWEST:
        return rows.filter(Q(last_in_at__lt=at) | Q(last_in_at=at, id__lt=this))
    later = Q(limit_at__gt=at) | Q(limit_at=at, id__gt=this)
    rows = rows.annotate(limit_at=NEXT_LIMIT)
    return rows.filter(Q(urgency__gt=int(urgency)) | Q(urgency=int(urgency)) & later)


def place_of(after: str) -> tuple[datetime, int] | None:
    """Where a key of a list by the newest message stands: the moment, and the row id of the case (one query)."""
    found = _KEY.fullmatch(after)
    if found is None:
        return None
    _urgency, micros, public_id = found.groups()
    case = Case.objects.filter(public_id=public_id).values_list("id", flat=True).first()
    return cursors.moment_of(int(micros)), case or 0

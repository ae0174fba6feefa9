"""What officers are told: the bell of the page, and a short message on the telephone for those who want it.

The message says that there is something, never what a citizen wrote, who he is or which case it is.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rabta.cases.models import Case
from rabta.desk.models import Notice, Wish
from rabta.force.models import Officer

KEPT_FOR = timedelta(days=60)
# What can be told, in the words of the page. Those marked with an officer's choice may come by telephone as well.
KINDS: dict[str, str | Promise] = {
    "assigned": _("A case was given to you"),
    "unassigned": _("Cases wait for somebody to take them"),
    "handover": _("A shift was handed over"),
    "batch": _("An act on many cases is finished"),
    "command": _("A commander's public post could not be made into an order"),
    "transfer_failed": _("Another force did not take the papers of a case"),
}


def tell(
    officers: Iterable[int],
    what: str,
    *,
    key: str,
    now: datetime,
    case: Case | None = None,
    urgent: bool = False,
    **data: Any,
) -> None:
    """Tell each of them, once a key. In the transaction of what happened."""
    Notice.objects.bulk_create(
        [
            Notice(officer_id=pk, case=case, what=what, key=key[:60], data=data, urgent=urgent, at=now)
            for pk in officers
        ],
        ignore_conflicts=True,
    )


def of_officer(officer: Officer, *, visible: Q) -> "QuerySet[Notice]":
    """The officer's notices, the newest first; of cases only those that he may see (`visible` with prefix `case__`)."""
    rows = Notice.objects.filter(Q(case=None) | visible, officer=officer).select_related("case")
    return rows.order_by("-at", "-id")


def read(officer: Officer, *, now: datetime, pk: int | None = None) -> None:
    """One of them was read, or all."""
    rows = Notice.objects.filter(officer=officer, read_at=None)
    (rows.filter(pk=pk) if pk else rows).update(read_at=now)


def unread(officer: Officer, *, visible: Q) -> int:
    """How many are new, 100 at most. One query."""
    return Notice.objects.filter(Q(case=None) | visible, officer=officer, read_at=None)[:100].count()


def wish_of(officer: Officer) -> Wish:
    """What the officer wants; nothing by telephone until he says so."""
    return Wish.objects.filter(officer=officer).first() or Wish(officer=officer)


def goes_out(notice: Notice, wish: Wish | None, *, now: datetime) -> bool:
    """Whether it goes to the telephone now: what is urgent always, the rest by choice and outside the quiet hours."""
    if notice.urgent:
        return True
    if wish is None or notice.what not in wish.by_phone:
        return False
    return not is_quiet(wish.quiet_from, wish.quiet_until, at=timezone.localtime(now).time())


def is_quiet(begins: time | None, ends: time | None, *, at: time) -> bool:
    """Whether a moment lies in the quiet hours, which may go over midnight."""
    if begins is None or ends is None or begins == ends:
        return False
    if begins < ends:
        return begins <= at < ends
    return at >= begins or at < ends


def forget(*, now: datetime) -> None:
    """Old notices."""
    Notice.objects.filter(at__lt=now - KEPT_FOR).delete()

"""The figures of the review on an officer's phone, morning and evening: numbers only, and a link without rights."""

from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rabta.channels.models import Account
from rabta.channels.ways import of_way
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope, scope_of, system
from rabta.outbox.posting import Outgoing, post
from rabta.people.handles import digest_of
from rabta.replying import texts
from rabta.review.models import Digest
from rabta.rules.visibility import person
from rabta.tasking import notify

MORNING, EVENING = time(7, 30), time(18, 30)
LATEST = 3  # hours after which it is not sent any more: yesterday evening's figures tell nothing this morning
# What is hidden from the reader is not counted: nothing tells of it, not even a number.
FIGURES = """
SELECT count(DISTINCT order_id) FILTER (WHERE stands IN ('issued', 'late')),
  count(DISTINCT order_id) FILTER (WHERE stands = 'accepted' AND at < %(now)s),
  count(DISTINCT order_id) FILTER (WHERE stands = 'reported')
FROM cases_orderseen
WHERE unit_id = ANY (%(units)s) AND stands IN ('issued', 'late', 'accepted', 'reported')
  AND NOT hidden_from && %(own)s::bigint[]
"""
PASSED_UP = """
SELECT count(DISTINCT e.case_id) FROM review_escalation e JOIN cases_case c ON c.id = e.case_id
WHERE e.post_id = ANY (%(posts)s) AND e.ended_at IS NULL AND e.taken_at IS NULL AND e.level > 0
  AND c.visible_to && %(units)s::bigint[] AND NOT c.hidden_from && %(own)s::bigint[]
"""


def send(*, now: datetime) -> int:
    """Send what is due now to everybody who wants it, once for each half of the day; returns how many went."""
    half = _half(timezone.localtime(now))
    if not half:
        return 0
    with system("sending the figures of the review"):
        wanted = Digest.objects.select_for_update(skip_locked=True).exclude(sent_for=half)
        wanted = wanted.filter(**{half.split()[1]: True}).select_related("officer")
        accounts, letters, sent = notify.sending_accounts(), [], []
        for digest in wanted:
            scope = scope_of(digest.officer, on=timezone.localdate(now))
            account = _account(digest, accounts, scope, now=now)
            if account and digest.officer.phone and scope.has(Permission.SUPERVISE):
                letters.append(_letter(digest, account, scope, half=half, now=now))
            sent.append(digest.pk)
        post(letters, now)
        Digest.objects.filter(pk__in=sent).update(sent_for=half)
        return len(letters)


def _half(local: datetime) -> str:
    """The day and the half that is due at this local time; nothing between."""
    for name, at in (("morning", MORNING), ("evening", EVENING)):
        hours = (
            local - local.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
        ).total_seconds() / 3600
        if 0 <= hours < LATEST:
            return f"{local.date().isoformat()} {name}"
    return ""


def _account(digest: Digest, accounts: list[Account], scope: Scope, *, now: datetime) -> Account | None:
    """The account over which the officer wants it, the nearest to his unit."""
    units = sorted(scope.units_with(Permission.SUPERVISE))
    path = force_directory.current(now=now).path(units[0]) if units else ()
    return notify.nearest_account(of_way(accounts, digest.way), path=path)


def figures(scope: Scope, *, now: datetime) -> tuple[int, int, int, int]:
    """Unanswered, overdue, to verify, passed up to me: of what this officer may see."""
    facts: dict[str, Any] = {
        "units": sorted(scope.sees_as),
        "own": sorted(scope.shut_out_as),
        "posts": sorted(scope.posts),
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, facts)
        unanswered, overdue, verify = cursor.fetchone()
        cursor.execute(PASSED_UP, facts)
        (passed_up,) = cursor.fetchone()
    return unanswered, overdue, verify, passed_up


def _letter(digest: Digest, account: Account, scope: Scope, *, half: str, now: datetime) -> Outgoing:
    officer = digest.officer
    with translation.override(officer.language):
        day = date_format(timezone.localdate(now), "MONTH_DAY_FORMAT")
        when = _("%(day)s, morning") if half.endswith("morning") else _("%(day)s, evening")
        unanswered, overdue, verify, passed_up = figures(scope, now=now)
        numbers = _(
            "%(unanswered)d unanswered, %(overdue)d overdue, %(verify)d to verify, %(passed_up)d passed up to you"
        ) % {"unanswered": unanswered, "overdue": overdue, "verify": verify, "passed_up": passed_up}
        params = (when % {"day": day}, numbers, f"{settings.BASE_URL}/review/")
        template = texts.template("digest_v1", language=officer.language, params=params)
    return Outgoing(
        account=account,
        number=officer.phone,
        address_digest=digest_of(scheme="phone", handle=officer.phone),
        text=texts.template_words(template),
        template=template,
        visible_to=[person(officer.pk)],
    )

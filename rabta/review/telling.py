"""Telling officers that a limit runs out or was passed: one message each, however many limits it is about.

What an officer passes up by hand is told as that. The text names nobody and no matter of a sensitive case; the link
carries no rights.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rabta import bulk
from rabta.channels.contract import Template
from rabta.channels.models import Account
from rabta.force.directory import Directory, Holder
from rabta.outbox.models import Delivery
from rabta.outbox.posting import Outgoing, post, post_unread
from rabta.people.handles import digest_of
from rabta.replying import texts
from rabta.review.chain import Told
from rabta.review.models import Escalation
from rabta.rules.limits import Step
from rabta.rules.visibility import person
from rabta.tasking import notify

Row = tuple[Escalation, Told | None]


def tell(rows: Sequence[Row], *, directory: Directory, now: datetime, by_hand: bool = False) -> None:
    """Queue a message to each officer who is told of any of these rows, and keep on each row which went.

    `by_hand`: an officer passes it up, who may not read letters to others; then nothing is kept of them on the row.
    """
    accounts = notify.sending_accounts()
    if not rows or not accounts:
        return
    piles: dict[tuple[int, bool], list[tuple[Escalation, Told, Holder]]] = {}
    for row, told in rows:
        for holder in told.holders if told else ():
            if told and holder.phone:
                piles.setdefault((holder.officer_id, row.level > 0), []).append((row, told, holder))
    letters = []
    for (_officer, up), pile in piles.items():
        _row, told, holder = pile[0]
        account = notify.nearest_account(accounts, path=directory.path(told.post.unit_id)) or accounts[0]
        letters.append(_letter([row for row, _told, _holder in pile], holder, account, up=up, now=now))
    if by_hand:
        post_unread(letters, now)
        return
    for pile, delivery in zip(piles.values(), post(letters, now), strict=True):
        for row, _told, _holder in pile:
            row.deliveries = [*row.deliveries, delivery.pk]
    bulk.update([row for row, told in rows if row.deliveries], ["deliveries"])


def _letter(
    rows: Sequence[Escalation], holder: Holder, account: Account, *, up: bool, now: datetime
) -> Outgoing:
    first = min(rows, key=lambda row: (row.case.urgency, row.due_at))
    with translation.override(holder.language):
        about = words(first, now=now, named=not (first.case.withheld or first.case.confidential))
        if len(rows) > 1:
            more = ngettext("and %(n)d other", "and %(n)d others", len(rows) - 1) % {"n": len(rows) - 1}
            about = f"{about} {more}"
        template = texts.template(
            "passed_up_v1" if first.passed_by_id else "overdue_v1" if up else "limit_v1",
            language=holder.language,
            params=(first.case.reference, about, link(first)),
        )
    return Outgoing(
        account=account,
        number=holder.phone,
        address_digest=digest_of(scheme="phone", handle=holder.phone),
        text=texts.template_words(template),
        template=Template(name=template.name, language=template.language, params=template.params),
        priority=Delivery.Priority.URGENT if first.case.urgency <= 1 else Delivery.Priority.USUAL,
        visible_to=[person(holder.officer_id)],  # it may be about several cases
    )


def link(row: Escalation) -> str:
    """Where it is read, after signing in."""
    return f"{settings.BASE_URL}/review/limit/{row.public_id}"


def words(row: Escalation, *, now: datetime, named: bool = True) -> str:
    """Which limit, or who passed it up by hand (`named`: by name), in a few words and in the reader's language."""
    if row.passed_by:
        return _("%(officer)s passed it up") % {"officer": row.passed_by if named else _("An officer")}
    late = row.due_at <= now
    return {
        Step.REPLY: _("the reply is overdue") if late else _("a reply is due soon"),
        Step.CONTACT: _("the contact is overdue") if late else _("a contact is due soon"),
        Step.REPORT: _("the report is overdue") if late else _("a report is due soon"),
        Step.ACKNOWLEDGED: _("the order is not accepted in time")
        if late
        else _("the order is not accepted yet"),
        Step.PASSED_ON: _("the order is not passed on in time")
        if late
        else _("the order is not passed on yet"),
        Step.HANDED_OVER: _("the emergency line has not confirmed in time")
        if late
        else _("the emergency line has not confirmed yet"),
    }[Step(row.step)]

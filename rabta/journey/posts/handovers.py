"""The work of a post goes over: one officer gives it with a word, the next takes it by name.

Orders and accounts stay with the post, so nothing has to be moved. What this adds is that both have looked.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from rabta.audit.writing import record
from rabta.cases.models import Order
from rabta.cases.refusal import Refused
from rabta.force.access import PERMISSIONS, Permission, Scope, current_postings
from rabta.force.models import Handover, Officer, Post, Posting

LONGEST_NOTE = 4000
NEW_FOR, LEAVES_IN = timedelta(days=30), timedelta(days=14)
SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A post that the officer holds, what is open in it, and how far its handover is."""

    posting: Posting
    orders: list[Order]
    open_orders: int
    open_reports: int
    waiting: Handover | None  # given, and nobody has taken it
    taken: Handover | None  # by this officer
    may_take: bool

    @property
    def post(self) -> Post:
        return self.posting.post


def desks(*, by: Scope, on: date) -> list[Desk]:
    """The officer's posts, each with what is open."""
    postings = current_postings(on=on).filter(officer=by.officer).select_related("post__unit")
    return [_desk(posting, by=by) for posting in postings.order_by("starts", "pk")]


def _desk(posting: Posting, *, by: Scope) -> Desk:
    post = posting.post
    orders = _orders(post, by)
    waiting = Handover.objects.filter(post=post, taken_at=None).select_related("given_by").first()
    taken = Handover.objects.filter(post=post, taken_by=by.officer, taken_at__date__gte=posting.starts)
    return Desk(
        posting=posting,
        orders=list(orders.select_related("case").order_by("case__urgency", "due_at", "pk")[:SHOWN]),
        open_orders=orders.count(),
        open_reports=_reports(post, by).count(),
        waiting=waiting,
        taken=taken.select_related("given_by").order_by("-pk").first(),
        may_take=waiting is None or waiting.given_by_id != by.officer.pk,
    )


def _orders(post: Post, by: Scope) -> QuerySet[Order]:
    return Order.objects.filter(by.visible(), post=post, finished_at=None).exclude(part=Order.Part.INFORM)


def _reports(post: Post, by: Scope) -> QuerySet[Order]:
    """What was reported on and waits for whoever holds the post to decide."""
    if Permission.VERIFY not in PERMISSIONS[post.role]:
        return Order.objects.none()
    below = Q(unit__path__contains=[post.unit_id]) & ~Q(unit=post.unit_id)
    return Order.objects.filter(by.visible(), below, state=Order.State.REPORTED)


def _told(post: Post, by: Scope) -> dict[str, int]:
    """How much is open, as the next holder may read it: what is kept from anybody, or shown by name alone, is left out,
    because it may be about him. His own page says what he sees."""
    everybody = Q(hidden_from=[], visible_to__contains=[post.unit_id])
    counted = {"open_orders": _orders(post, by), "open_reports": _reports(post, by)}
    return {name: rows.filter(everybody).count() for name, rows in counted.items()}


@transaction.atomic
def give(*, post: Post, note: str, by: Scope, now: datetime) -> Handover:
    """Say that the work is handed over. A second time changes the note. Raises Refused."""
    _holds(post, by)
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise Refused(_("At most %(number)d characters.") % {"number": LONGEST_NOTE})
    facts = {
        "note": note,
        "given_by": by.officer,
        "given_at": now,
    } | _told(post, by)
    made, _new = Handover.objects.update_or_create(post=post, taken_at=None, defaults=facts)
    _written("post_given", made, by=by, now=now)
    return made


@transaction.atomic
def take(*, post: Post, by: Scope, now: datetime) -> Handover:
    """Take the work over, whether or not somebody gave it. Raises Refused."""
    _holds(post, by)
    waiting = Handover.objects.select_for_update().filter(post=post, taken_at=None).first()
    if waiting is not None and waiting.given_by_id == by.officer.pk:
        raise Refused(_("You handed this post over; another officer takes it."))
    handover = waiting or Handover(post=post, **_told(post, by))
    handover.taken_by, handover.taken_at = by.officer, now
    handover.save(update_fields=["taken_by", "taken_at"] if waiting else None)
    _written("post_taken", handover, by=by, now=now)
    return handover


def to_do(officer: Officer, *, on: date) -> list[Posting]:
    """Postings of the officer of which a handover is due: new ones not taken over, and those that end soon."""
    mine = current_postings(on=on).filter(officer=officer).select_related("post")
    rows = list(mine.filter(Q(starts__gte=on - NEW_FOR) | Q(ends__lte=on + LEAVES_IN)))
    if not rows:
        return []
    said = Handover.objects.filter(post__in=[posting.post_id for posting in rows])
    given = set(said.filter(given_by=officer).values_list("post_id", flat=True))
    taken = set(said.filter(taken_by=officer).values_list("post_id", flat=True))
    return [
        posting for posting in rows if posting.post_id not in (given if _ends_soon(posting, on) else taken)
    ]


def _ends_soon(posting: Posting, on: date) -> bool:
    return posting.ends is not None and posting.ends <= on + LEAVES_IN


def _holds(post: Post, by: Scope) -> None:
    if post.pk not in by.posts:
        raise Refused(_("You do not hold this post today."))


def _written(what: str, handover: Handover, *, by: Scope, now: datetime) -> None:
    detail = {"orders": handover.open_orders, "reports": handover.open_reports}
    record(what, now=now, officer_id=by.officer.pk, subject="post", ids=[handover.post_id], detail=detail)

"""What every act of a person is checked for first."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from rabta.cases.events import Actor
from rabta.cases.models import Case, Order, State
from rabta.cases.refusal import Refused
from rabta.force.access import Guarded, Permission, Scope
from rabta.people.handles import UNKNOWN
from rabta.people.models import Safe
from rabta.replying.letters import safe_of


def allowed(by: Scope, permission: Permission, row: Guarded) -> Actor:
    """Who acts, under which post; refused without the permission on this row."""
    if not by.may(permission, row):
        raise Refused(_("None of your postings allows this here. Ask the desk that handles the case."))
    return Actor.of(by, permission, row)


def holds(by: Scope, order: Order) -> Actor:
    """The officer as holder of the ordered post; nobody else decides on an order."""
    if order.post_id not in by.posts:
        raise Refused(_("This order is addressed to a post that you do not hold today."))
    return Actor(officer_id=by.officer.pk, post_id=order.post_id)


def works(by: Scope, order: Order) -> Actor:
    """The officer as holder of the ordered post, or as the one of its unit to whom it was given on."""
    post = inquires_as(by, order)
    return Actor(officer_id=by.officer.pk, post_id=post) if post else holds(by, order)


def inquires_as(by: Scope, order: Order) -> int | None:
    """The post under which the officer inquires for the holder; None when the order was not given on to him.

    He must serve at the unit still: rights come from today's postings.
    """
    if order.given_to_id != by.officer.pk or order.post_id in by.posts:
        return None
    serves = (
        g.post_id for g in by.grants if Permission.WORK_ORDERS in g.permissions and order.unit_id in g.own
    )
    return next(serves, None)


def is_open(case: Case) -> None:
    """Closed cases are not changed."""
    if case.state == State.CLOSED:
        raise Refused(_("The case is closed. Reopen it, or open a new one."))


def is_known(case: Case) -> None:
    """Nobody is written to as long as nobody knows who wrote what an officer forwarded."""
    if case.conversation.handle.scheme == UNKNOWN:
        raise Refused(
            _("Who wrote this is not known yet; the officer who forwarded it was asked. Nothing was sent.")
        )


def is_safe(case: Case) -> None:
    """Nothing is sent to a telephone that its owner called unsafe to write to."""
    if safe_of(case) == Safe.NO:
        raise Refused(_("This person said that it is not safe to write here. Nothing was sent."))


def said_something(text: str, *, limit: int = 4096) -> str:
    """The text without blanks around it; refused when empty or too long for the channel."""
    text = text.strip()
    if not text:
        raise Refused(_("Write something first."))
    if len(text) > limit:
        raise Refused(
            _("The text has %(length)d characters; %(limit)d is the most.")
            % {"length": len(text), "limit": limit}
        )
    return text


def locked(case: Case) -> Case:
    """The case as it is now, locked until the transaction ends: two people may act at once.

    With it comes whom it is from. Accounts and units are read when a verb asks for them: with eight tables in one
    statement, planning took ten times as long as finding the row. Raises Http404 when a colleague has taken it out of
    the officer's sight meanwhile: what is foreign does not exist.
    """
    rows = Case.objects.select_for_update(of=("self",)).select_related("conversation__handle__person")
    return get_object_or_404(rows, pk=case.pk)


def locked_order(order: Order) -> Order:
    """The order and its case as they are now, both locked (the case first, as everywhere)."""
    case = locked(order.case)
    rows = Order.objects.select_for_update(of=("self",)).select_related("post", "unit")
    fresh = get_object_or_404(rows, pk=order.pk)
    fresh.case = case
    return fresh

"""Cases that waited by themselves when a surge began are taken along under its head, while nobody works on them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rabta import bulk
from rabta.cases import visibility
from rabta.cases.life import move
from rabta.cases.models import Case, Order, State
from rabta.cases.related import Likeness
from rabta.force import directory as force_directory
from rabta.rules.case_life import Act
from rabta.tasking import notify, orders


def take_along(wanted: Mapping[int, Case], *, now: datetime) -> list[tuple[Case, Case]]:
    """Put cases (by their ids) under these heads, which are locked; returns those that were, with their heads.

    A case stays by itself where an order was accepted or came back, where the head has no order for a post that has
    one, where the desk took it out once, and where somebody is at it this moment. Its orders end: the head's shows all.
    """
    if not wanted:
        return []
    waiting = Case.objects.filter(
        pk__in=wanted, part_of=None, state__in=(State.NEW, State.FORWARDED), withheld="", named_officers=[]
    )
    rows = waiting.order_by("id").select_for_update(of=("self",), skip_locked=True)
    found = []
    for case in rows:
        theirs = list(case.orders.select_for_update(of=("self",)))
        if _is_let_go(case, theirs, head=wanted[case.pk]):
            _end(theirs, now=now)
            found.append(case)
    for case in found:
        if case.state == State.FORWARDED:
            move(case, Act.GIVE_BACK)
        case.part_of, case.lead_unit_id, case.waiting_why = wanted[case.pk], None, {}
        case.changed_at = now
    bulk.update(found, ["state", "part_of", "lead_unit", "waiting_why", "changed_at"])
    Likeness.objects.filter(case__in=found).delete()
    directory = force_directory.current(now=now)
    for case in found:
        visibility.show(case, directory=directory)
    return [(case, wanted[case.pk]) for case in found]


def _is_let_go(case: Case, theirs: Sequence[Order], *, head: Case) -> bool:
    """Whether none of the case's orders is worked on and the head has one for each post."""
    if case.waiting_why.get("code") == "taken_out":
        return False
    posts = set(head.orders.filter(state__in=orders.OPEN).values_list("post_id", flat=True))
    for order in theirs:
        untouched = order.state == Order.State.ISSUED and order.accepted_at is None
        if not untouched or (order.part != Order.Part.INFORM and order.post_id not in posts):
            return False
    return True


def _end(theirs: Sequence[Order], *, now: datetime) -> None:
    for order in theirs:
        orders.end(order, state=Order.State.REPLACED, now=now)
    notify.take_back(theirs, now=now)

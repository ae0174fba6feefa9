"""An order on its way down the chain of command: each post receives it by name and passes it on to the next.

It is one lead order at a time, so the case stands in every list by whoever holds it now; the posts that had it before
keep theirs as `passed`, and see the case from then on.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rabta.cases.events import Actor, record
from rabta.cases.models import Case, Order, Withheld
from rabta.cases.refusal import Refused
from rabta.cases.visibility import hears, sight_of
from rabta.force import chain as force_chain
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope
from rabta.force.directory import Addressee, Directory
from rabta.force.models import Post
from rabta.journey.checks import allowed, holds, is_open, locked_order
from rabta.journey.dispatch import dispatch, outside_the_accused
from rabta.journey.orders.informing import addressed_twice
from rabta.journey.orders.officer import accept
from rabta.review import tables as limits
from rabta.rules import chain as rule
from rabta.rules import deadlines
from rabta.rules.chain import Path
from rabta.tasking import tables
from rabta.tasking.orders import OPEN, Part

MOST_WORDS = 2000


def first_part(case: Case, part: Part, *, start: Path, directory: Directory, now: datetime) -> Part:
    """The order to the first post between the unit `start` and the one that is to act; as it is when there is none.

    What is kept from somebody goes straight: nobody in between is to read it.
    """
    _not_kept_from_some(case)
    hop = _next(case, start=start, goal=part.to.post, directory=directory)
    return _to_hop(part, hop, goal=part.to.post, case=case, directory=directory, now=now) if hop else part


def same_way(
    case: Case, part: Part, *, goal: Post, came_by: Order | None, directory: Directory, now: datetime
) -> Part:
    """The order to a post that has passed it on before, or should have: it passes it on again."""
    _not_kept_from_some(case)
    if part.to.post.pk == goal.pk:  # he stands in for the one who was on the way
        return part
    onward = replace(part, parent=came_by)
    return _to_hop(onward, part.to, goal=goal, case=case, directory=directory, now=now)


def _not_kept_from_some(case: Case) -> None:
    if case.withheld == Withheld.ACCUSATION or case.confidential:
        raise Refused(_("This case is kept from some officers. Order the post that is to act straight."))


def pass_on(*, order: Order, words: str = "", by: Scope, now: datetime) -> Order:
    """Pass the order on to the next post on its way, with words of one's own if one likes; received by that, too."""
    accept(order=order, by=by, now=now)
    order = locked_order(order)
    actor = holds(by, order)
    is_open(order.case)
    if order.goal is None or order.state not in OPEN:
        raise Refused(_("This order is not on its way to another post."))
    directory = force_directory.current(now=now)
    goal = force_chain.addressee_of(order.goal, directory=directory)
    if goal is None:
        raise Refused(_("Nobody holds a post that could take the order."))
    part = _onward(order, goal)
    start = directory.path(order.unit_id)
    hop = _next(order.case, start=start, goal=goal.post, directory=directory)
    if hop:
        part = _to_hop(part, hop, goal=goal.post, case=order.case, directory=directory, now=now)
    outside_the_accused(order.case, [part], directory)
    order.state, order.finished_at, order.added_words = (
        Order.State.PASSED,
        now,
        words.strip()[:MOST_WORDS],
    )
    order.save(update_fields=["state", "finished_at", "added_words"])
    record(order.case, "passed_down", now=now, actor=actor, order=order.public_id, post=part.to.post.name)
    return _sent(order.case, part, actor=actor, directory=directory, now=now)


def jump(*, order: Order, by: Scope, now: datetime) -> Order:
    """A superior sends an order that is on its way straight to the post that is to act."""
    order = locked_order(order)
    actor = allowed(by, Permission.ORDER, order)
    is_open(order.case)
    if order.goal is None or order.state not in OPEN:
        raise Refused(_("This order is not on its way to another post."))
    directory = force_directory.current(now=now)
    goal = force_chain.addressee_of(order.goal, directory=directory)
    if goal is None:
        raise Refused(_("Nobody holds a post that could take the order."))
    return _sent(order.case, _onward(order, goal), actor=actor, directory=directory, now=now)


def _sent(case: Case, part: Part, *, actor: Actor, directory: Directory, now: datetime) -> Order:
    """The order to the next post; with the circle officer told, where the way did not lead through him."""
    parts = addressed_twice(case, [part], actor=actor, directory=directory, now=now)
    made, *_informed = dispatch(case, parts, actor=actor, now=now)
    return made


def next_post(order: Order, *, directory: Directory) -> Post | None:
    """To whom the holder passes an order that is on its way."""
    if order.goal is None:
        return None
    goal = force_chain.addressee_of(order.goal, directory=directory)
    if goal is None:
        return None
    hop = _next(order.case, start=directory.path(order.unit_id), goal=goal.post, directory=directory)
    return (hop or goal).post


def _onward(order: Order, goal: Addressee) -> Part:
    """The same order to the goal, as it came from this post."""
    return Part(
        goal,
        Order.Part.LEAD.value,
        {"code": "passed_on", "post": order.post.name},
        instruction=order.instruction,
        proof=order.proof,
        proof_words=order.proof_words,
        parent=order,
    )


def _to_hop(
    part: Part, hop: Addressee, *, goal: Post, case: Case, directory: Directory, now: datetime
) -> Part:
    """The order to a post that passes it on, with the limit of its level."""
    unit = directory.units[hop.post.unit_id]
    limit = rule.limit_of(unit.level, tables.hop_limits())
    return Part(
        hop,
        part.part,
        {"code": "on_its_way", "post": goal.name},
        instruction=part.instruction,
        proof=part.proof,
        proof_words=part.proof_words,
        goal=goal,
        parent=part.parent,
        due_at=rule.due(limit, urgency=case.urgency, now=now, after=_working_time(unit.path)),
    )


def _next(case: Case, *, start: Path, goal: Post, directory: Directory) -> Addressee | None:
    """The next post between the two that may know of the case; from whom it is withheld, it never goes through him."""
    sight = sight_of(case, tasked=(), directory=directory)
    for hop in force_chain.down(start=start, goal=goal, directory=directory):
        open_to = all(hears(holder.officer_id, sight, directory=directory) for holder in hop.holders)
        if open_to and hop.post.unit_id not in sight.hidden_from:
            return hop
    return None


def _working_time(path: Path) -> rule.After | None:
    """How the unit's working time runs on."""
    calendar = limits.current().calendar_for(path)

    def after(start: datetime, amount: timedelta) -> datetime:
        return deadlines.after(start, amount, calendar=calendar)

    return after

"""Giving orders: to one post or several, straight or along the chain; ordering anew; ending a supporting order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from rabta.cases.events import Actor, record
from rabta.cases.models import Case, Order
from rabta.cases.refusal import Refused
from rabta.force import chain as force_chain
from rabta.force import directory as force_directory
from rabta.force.access import SERVES_PARENT, TAKES_ORDERS, Permission, Scope
from rabta.force.directory import Directory
from rabta.force.models import Post
from rabta.journey.arriving import judge
from rabta.journey.checks import allowed, is_open, locked, locked_order, said_something
from rabta.journey.dispatch import dispatch, tell_ended
from rabta.journey.orders import appealed, chain
from rabta.journey.orders.informing import addressed_twice, not_told_twice
from rabta.journey.protecting.withheld import may_go_out
from rabta.routing.route import Route
from rabta.tasking import orders
from rabta.tasking.orders import OPEN, Part

MOST = 12  # posts at once
MOST_WORDS = 10_000


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A post that was chosen, and what it is told. `proof` asks for a photo that shows `proof_words`."""

    post: Post
    part: str
    instruction: str = ""
    proof: bool = False
    proof_words: str = ""


def suggest(case: Case, *, now: datetime) -> Route | None:
    """Who the rule would order, with the reason; None when it knows of nobody.

    After an upheld appeal nobody who led before: the next above instead.
    """
    directory = force_directory.current(now=now)
    decided = judge.route(case, texts=judge.texts_of(case), directory=directory)
    return appealed.another(case, decided, directory=directory) if decided.lead else None


def order(
    *, case: Case, post: Post, part: str, instruction: str, by: Scope, now: datetime, reason: str = ""
) -> Order:
    """Order one post to lead, to support, or for information. A new lead replaces the one before."""
    choice = Choice(post=post, part=part, instruction=instruction)
    made, *_informed = order_several(case=case, choices=[choice], reason=reason, by=by, now=now)
    return made


def order_several(
    *,
    case: Case,
    choices: Sequence[Choice],
    along: bool = False,
    reason: str = "",
    by: Scope,
    now: datetime,
) -> list[Order]:
    """Order several posts at once, one of them to lead, each with its own words; all of them or none.

    `along`: the lead's order goes down the chain from the officer's own unit. `reason`: why it is ordered anew, for
    whoever had it before; who led before an upheld appeal is not ordered without one. What is addressed to a vacant
    post falls to the linked one, else to the head above.
    Where a station leads, its circle officer is told as well: his order comes last.
    """
    actor = allowed(by, Permission.ORDER, case)
    case = locked(case)
    is_open(case)
    may_go_out(case, now=now)
    _check(case, choices)
    directory = force_directory.current(now=now)
    parts = [_part(choice, actor, directory) for choice in choices]
    appealed.check(case, parts, reason=reason)
    if along:
        start = next(grant.path for grant in by.grants if grant.post_id == actor.post_id)
        lead = next((part for part in parts if part.part == Order.Part.LEAD), None)
        if lead is None:
            raise Refused(_("Choose who leads: that order goes along the chain."))
        first = chain.first_part(case, lead, start=start, directory=directory, now=now)
        parts = [first if part is lead else part for part in parts]
    return _give(case, parts, actor=actor, directory=directory, now=now, why=reason.strip()[:MOST_WORDS])


def _give(
    case: Case, parts: list[Part], *, actor: Actor, directory: Directory, now: datetime, why: str = ""
) -> list[Order]:
    parts = addressed_twice(case, parts, actor=actor, directory=directory, now=now, why=why)
    return dispatch(case, parts, actor=actor, now=now, ended_why=why)


def _check(case: Case, choices: Sequence[Choice]) -> None:
    """All that can be wrong with a choice, in words."""
    if not choices:
        raise Refused(_("Choose the post that should get the order."))
    if len(choices) > MOST:
        raise Refused(_("At most %(number)d posts at once.") % {"number": MOST})
    if any(choice.part not in Order.Part.values for choice in choices):
        raise Refused(_("Choose lead, support or information."))
    if sum(choice.part == Order.Part.LEAD for choice in choices) > 1:
        raise Refused(_("One post leads. Choose support or information for the others."))
    if len({choice.post.pk for choice in choices}) < len(choices):
        raise Refused(_("One post is chosen twice."))
    idle = next((choice.post for choice in choices if choice.post.role not in TAKES_ORDERS), None)
    if idle:
        raise Refused(_("%(post)s takes no orders. Choose a post that can act on them.") % {"post": idle})
    if any(len(choice.instruction) > MOST_WORDS for choice in choices):
        raise Refused(_("The instruction is too long."))
    supporting = {choice.post.pk for choice in choices if choice.part == Order.Part.SUPPORT}
    twice = case.orders.filter(post__in=supporting, part=Order.Part.SUPPORT, state__in=OPEN)
    again = twice.select_related("post").first()
    if again:
        raise Refused(_("%(post)s supports already. End that order first.") % {"post": again.post})


def _why(actor: Actor, directory: Directory) -> dict[str, str]:
    """Why the chosen post acts: the desk chose it, or an officer of the line did."""
    post = directory.posts.get(actor.post_id or 0)
    at_desk = post is None or post.role in SERVES_PARENT
    return {"code": "by_hand"} if at_desk else {"code": "by_officer", "post": post.name}


def _part(choice: Choice, actor: Actor, directory: Directory) -> Part:
    addressee = force_chain.addressee_of(choice.post, directory=directory)
    if addressee is None:
        raise Refused(_("Nobody holds the post of %(post)s today. Choose another.") % {"post": choice.post})
    asks = choice.part != Order.Part.INFORM and choice.proof
    return Part(
        addressee,
        choice.part,
        _why(actor, directory),
        instruction=choice.instruction.strip(),
        proof=asks,
        proof_words=choice.proof_words.strip()[:300] if asks else "",
    )


def order_suggested(*, case: Case, by: Scope, now: datetime) -> list[Order]:
    """Give the order that the rule suggests: lead, information and support at once."""
    actor = allowed(by, Permission.ORDER, case)
    case = locked(case)
    is_open(case)
    may_go_out(case, now=now)
    decided = suggest(case, now=now)
    if decided is None:
        raise Refused(_("No unit is suggested yet. Set the category and the place first."))
    parts = [Part(*part) for part in judge.Judged(case=case, opens=False, route=decided).parts()]
    directory = force_directory.current(now=now)
    return dispatch(
        case, not_told_twice(case, parts, actor=actor, directory=directory, now=now), actor=actor, now=now
    )


def order_again(*, order: Order, by: Scope, now: datetime) -> Order:
    """Give an order once more as it was: to the same post, with its words, the photo it asks for and its way down."""
    actor = allowed(by, Permission.ORDER, order.case)
    case = locked(order.case)
    is_open(case)
    may_go_out(case, now=now)
    choice = Choice(
        post=order.post,
        part=order.part,
        instruction=order.instruction,
        proof=order.proof,
        proof_words=order.proof_words,
    )
    _check(case, [choice])
    directory = force_directory.current(now=now)
    part = _part(choice, actor, directory)
    appealed.check(case, [part], reason="")
    if order.goal:
        part = chain.same_way(case, part, goal=order.goal, came_by=order.parent, directory=directory, now=now)
    made, *_informed = _give(case, [part], actor=actor, directory=directory, now=now)
    return made


def end_order(*, order: Order, reason: str, by: Scope, now: datetime) -> None:
    """End an order that supports or informs, with the reason; whoever worked on it is told."""
    reason = said_something(reason, limit=2000)
    order = locked_order(order)
    actor = allowed(by, Permission.ORDER, order)
    is_open(order.case)
    if order.part == Order.Part.LEAD:
        raise Refused(_("The lead's order does not end by itself: order another post, or close the case."))
    if order.state not in OPEN:
        raise Refused(_("This order is no longer open: %(state)s.") % {"state": order.get_state_display()})
    orders.end(order, state=Order.State.WITHDRAWN, why=reason, now=now)
    order.case.changed_at = now
    order.case.save(update_fields=["changed_at"])
    record(order.case, "order_ended", now=now, actor=actor, order=order.public_id, post=order.post.name)
    tell_ended(order, directory=force_directory.current(now=now), now=now)

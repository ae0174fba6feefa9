"""What people do about limits: stop them for a stated reason and let them run again, take over what was passed up,
answer in between, telephone."""

from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rabta.cases.events import Actor, record
from rabta.cases.models import Case, Order
from rabta.cases.refusal import Refused
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope
from rabta.force.models import Post
from rabta.journey.checks import allowed, is_open, locked
from rabta.journey.deciding.desk import reply
from rabta.review import calls, chain, interims, pauses, raising, tables
from rabta.review.models import Call, Escalation, Interim, Pause


def pause(*, case: Case, reason: str, until: datetime, by: Scope, now: datetime) -> Pause:
    """Stop the limits that the reason names, until a moment at the latest. A limit that has run out stays passed."""
    known = tables.reasons().get(reason)
    if known is None:
        raise Refused(_("Choose a reason from the list."))
    actor = _may(known, case, by)
    case = locked(case)
    is_open(case)
    if case.urgency == 0:
        raise Refused(_("Where life is in danger nothing is paused."))
    earlier = list(case.pauses.order_by("id"))
    if any(one.ended_at is None for one in earlier):
        raise Refused(_("The limits are paused already."))
    if until <= now:
        raise Refused(_("Choose a day in the future."))
    if until - now > pauses.left(known, pauses=earlier, now=now):
        raise Refused(
            _("“%(reason)s” may pause a case for %(days)d days altogether.")
            % {"reason": tables.reason_words(reason, language=get_language() or "en"), "days": known.days}
        )
    if not pauses.still_run(case, known, now=now):
        raise Refused(_("No limit that this would pause still runs. What was passed stays passed."))
    made = Pause.objects.create(
        case=case, reason=reason, since=now, until=until, by=by.officer, by_post_id=actor.post_id
    )
    pauses.work_out(case, directory=force_directory.current(now=now), now=now)
    record(case, "paused", now=now, actor=actor, reason=reason, until=until.isoformat())
    return made


def resume(*, case: Case, by: Scope, now: datetime) -> None:
    """Let the limits run again before the pause is over."""
    case = locked(case)
    running = case.pauses.filter(ended_at=None).first()
    if running is None:
        raise Refused(_("The limits are not paused."))
    actor = _may(tables.reasons()[running.reason], case, by)
    pauses.end(running, why=Pause.Ended.BY_HAND, at=now)
    pauses.work_out(case, directory=force_directory.current(now=now), now=now)
    record(case, "resumed", now=now, actor=actor, reason=running.reason, why=Pause.Ended.BY_HAND.value)


def _may(reason: tables.Reason, case: Case, by: Scope) -> Actor:
    fitting = next((one for one in sorted(reason.permissions) if by.may(one, case)), None)
    if fitting is None:
        raise Refused(_("None of your posts may pause the limits of this case for that reason."))
    return Actor.of(by, fitting, case)


def take(*, escalation: Escalation, by: Scope, now: datetime) -> None:
    """Whoever was told of a passed limit takes care of it: it goes off the list. The limit stays passed."""
    case = locked(escalation.case)
    row = Escalation.objects.select_for_update().get(pk=escalation.pk)
    if row.post_id not in by.posts or not by.may(Permission.SEE_CASES, case):
        raise Refused(_("This was passed up to a post that you do not hold today."))
    if row.taken_at or row.ended_at:
        return
    row.taken_at, row.taken_by = now, by.officer
    row.save(update_fields=["taken_at", "taken_by"])
    actor = Actor(officer_id=by.officer.pk, post_id=row.post_id)
    record(case, "escalation_taken", now=now, actor=actor, step=row.step, level=row.level)


def send_interim(*, case: Case, by: Scope, now: datetime) -> None:
    """Send the interim reply in the citizen's language: an officer's answer as any other, one tap."""
    words = interims.draft(case)
    reply(case=case, text=words.text, by=by, now=now)
    Interim.objects.filter(case=case, done_at=None).update(done_at=now, by=by.officer, sent=True)
    actor = Actor.of(by, Permission.HANDLE_CASES, case)
    record(case, "interim_sent", now=now, actor=actor)


def telephoned(*, call: Call, reached: bool, by: Scope, now: datetime) -> None:
    """The desk telephoned about an order that no message brought, and says whether it reached somebody."""
    order = call.order
    case = locked(order.case)
    actor = allowed(by, Permission.HANDLE_CASES, case)
    fresh = Call.objects.select_for_update().get(pk=call.pk)
    if fresh.ended_at:
        raise Refused(_("Somebody has reached them already."))
    calls.tried(fresh, reached=reached, officer_id=by.officer.pk, now=now)
    result = fresh.result
    record(case, "called", now=now, actor=actor, order=order.public_id, result=result)


def pass_up(*, order: Order, by: Scope, now: datetime) -> Post:
    """Pass an order that is not done up the chain by hand: to the first above the officer who may know of the case.

    Returns the post that was told.
    """
    case = locked(order.case)
    actor = allowed(by, Permission.SUPERVISE, case)
    is_open(case)
    directory = force_directory.current(now=now)
    own = directory.posts[actor.post_id] if actor.post_id else None
    higher = (one for one in chain.above(own, case=case, directory=directory) if one.post.pk not in by.posts)
    told = next(higher, None)
    if told is None:
        raise Refused(_("Nobody above you may know of this case."))
    raising.by_hand(case, order=order, told=told, actor=actor, directory=directory, now=now)
    return told.post

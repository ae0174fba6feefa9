"""Cases of the demonstration in which something special goes on, so that every page has something to show."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from rabta import journey
from rabta.cases.events import Actor
from rabta.cases.models import Case, Order, State
from rabta.cases.refusal import Refused
from rabta.force import directory
from rabta.force.access import Scope, scope_of
from rabta.force.models import Officer
from rabta.journey.ending import reopening
from rabta.journey.orders import giving

SHOWN = "PSH"  # the district in which the guide's officers serve
CHIEF, DISTRICT_HEAD, IN_CHARGE, DESK = "zarar-yusufzai", "farrukh-durrani", "noor-haider", "arif-zaman"
AGO = timedelta(minutes=40)
# Whether it happened can be told, and whoever it happened to may settle it; an opinion or a question can't be false.
DISPROVED = ("personal_dispute", "nuisance", "theft", "property")


def play(*, now: datetime) -> None:
    """Let officers do it after the history. Runs in the worker's context."""
    at = now - AGO
    for step in (_give_on, _send_along, _pause, _ask_to_close, _appeal):
        with suppress(Refused):  # a short history may have no case that fits
            step(at)


def _by(username: str, at: datetime) -> Scope:
    return scope_of(Officer.objects.get(username=username), on=timezone.localdate(at))


def _open_leads(state: str) -> QuerySet[Order]:
    """Lead orders of ordinary open cases of the district, the newest first."""
    rows = Order.objects.filter(part=Order.Part.LEAD, state=state, case__withheld="", goal=None)
    here = rows.filter(case__urgency__gte=2, post__unit__code__startswith=f"{SHOWN}-", given_to=None)
    return here.select_related("case", "post__unit", "unit").order_by("-id")


def _give_on(at: datetime) -> None:
    """The station in-charge gives an order to an officer of his."""
    by = _by(IN_CHARGE, at)
    order = _open_leads(Order.State.ACCEPTED).filter(post__in=by.posts).first() or _issued(by)
    if order is None:
        return
    known = giving.candidates(order, by=by, directory=directory.current(now=at))
    officer = Officer.objects.filter(pk__in=known).order_by("pk").first()
    if officer:
        journey.give(order=order, officer=officer, by=by, now=at)


def _issued(by: Scope) -> Order | None:
    return _open_leads(Order.State.ISSUED).filter(post__in=by.posts).first()


def _send_along(at: datetime) -> None:
    """The chief orders a station along the chain; the first officers below pass it on."""
    order = _open_leads(Order.State.ISSUED).first()
    if order is None:
        return
    choice = journey.Choice(post=order.post, part=Order.Part.LEAD, instruction="Report to me by the evening.")
    (hop,) = journey.order_several(
        case=order.case, choices=[choice], along=True, by=_by(CHIEF, at), now=at - AGO
    )
    while hop.goal_id and hop.unit.code != SHOWN:
        holder = hop.post.postings.get(ends=None).officer
        hop = journey.pass_on(order=hop, words="", by=_by(holder.username, at), now=at)


def _pause(at: datetime) -> None:
    order = _open_leads(Order.State.ACCEPTED).first()
    if order:
        until, by = at + timedelta(days=5), _by(DISTRICT_HEAD, at)
        journey.pause(case=order.case, reason="laboratory", until=until, by=by, now=at)


def _ask_to_close(at: datetime) -> None:
    """Two closings wait for a second officer."""
    free = Case.objects.filter(withheld="", category__in=DISPROVED, accused_unit=None)
    free = free.exclude(state=State.CLOSED).exclude(
        orders__part=Order.Part.LEAD, orders__state__in=[Order.State.REPORTED]
    )
    asked: tuple[tuple[str, QuerySet[Case], str], ...] = (
        (
            "withdrawn",
            free.filter(state=State.FORWARDED),
            "By telephone: the matter is settled, nothing more is wanted.",
        ),
        (
            "found_false",
            free.filter(state=State.NEW),
            "Telephoned twice: who holds this number never wrote to us, and nobody at the place knows of it.",
        ),
    )
    for outcome, rows, remark in asked:
        case = rows.order_by("-id").first()
        if case:
            journey.close_by_desk(case=case, outcome=outcome, remark=remark, by=_by(DESK, at), now=at)


def _appeal(at: datetime) -> None:
    """A citizen is not content with how his matter ended."""
    rows = Case.objects.filter(state=State.CLOSED, withheld="", urgency__gte=2)
    ended = rows.filter(outcome="not_substantiated")
    case = ended.filter(lead_unit__code__startswith=f"{SHOWN}-").order_by("-closed_at").first()
    case = case or rows.filter(outcome="action_taken").order_by("-closed_at").first()
    if case:
        words = "Nobody asked the witnesses. I want the next level to look at it."
        reopening.appeal(case=case, words=words, actor=Actor(system_reason="the citizen asked"), now=at)

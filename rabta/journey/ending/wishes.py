"""Citizens who ask for more after their matter was closed, or for less before: heard among what they write.

The message belongs to the case that it is about; what it asks for is done and answered before anything is judged. What
is new in it (danger, an accusation) goes the way of every message.
"""

from collections.abc import Sequence
from datetime import datetime

from rabta.cases.arrival import Heard
from rabta.cases.events import Actor, record
from rabta.cases.models import Case, State
from rabta.channels.registry import BY_KIND
from rabta.journey.checks import locked
from rabta.journey.ending import closing, reopening
from rabta.replying import texts, wishes
from rabta.replying.letters import language_for, say, to_citizen
from rabta.rules.second_look import WITHIN, No
from rabta.rules.threading import URGENT
from rabta.rules.wishes import Wish, Wished

CITIZEN = Actor(system_reason=closing.CITIZEN)
BAD = 2  # up to this mark somebody is not satisfied


def hear(heard: Sequence[Heard], *, now: datetime) -> None:
    """Do what these ask for. One query for each that begins with such a word; none for all others."""
    for h in heard:
        if h.is_new_here or h.withheld or h.urgency == 0:
            continue
        wish = wishes.wished_in(h.item, channel=BY_KIND[h.account.channel])
        case = _case_of(h, wish, now=now) if wish else None
        if wish is None or case is None or _cries(h, wish, case):
            continue
        h.about, h.noise, h.category, h.urgency = case, "", "", None
        h.language = h.language or case.language
        _do(case, wish, h, now=now)
        case.refresh_from_db()


def _cries(h: Heard, wish: Wished, case: Case) -> bool:
    """Whether the words that follow tell of something urgent that is no part of the wish."""
    takes_back = wish.wish == Wish.WITHDRAW and case.urgency <= URGENT
    return h.urgency is not None and h.urgency <= URGENT and not takes_back


def _case_of(h: Heard, wish: Wished, *, now: datetime) -> Case | None:
    """The case that is meant: the button's, the one whose number stands in the text, or the only one that it can be."""
    rows = Case.objects.filter(conversation__handle=h.handle).select_related("conversation__handle__person")
    rows = rows.select_related("account", "conversation__account", "conversation__handle__person")
    if wish.wish == Wish.WITHDRAW:
        rows = rows.exclude(state=State.CLOSED)
    else:
        rows = rows.filter(state=State.CLOSED, closed_at__gt=now - 2 * WITHIN).order_by("-closed_at")
    if wish.wish == Wish.OPINION:
        rows = rows.filter(satisfaction=None)
        if not wish.case:
            rows = rows.filter(feedback_asked_at__isnull=False)
        if not wish.case and h.item.text.strip().isdigit() and _has_open(h):
            return None  # a number answers what was asked there
    if wish.case:
        return rows.filter(public_id=wish.case).first()
    found = list(rows[:20])
    named = [case for case in found if case.reference in h.item.text.upper()]
    return next(iter(named or (found if wish.wish != Wish.WITHDRAW or len(found) == 1 else ())), None)


def _has_open(h: Heard) -> bool:
    return Case.objects.filter(conversation__handle=h.handle).exclude(state=State.CLOSED).exists()


def _do(case: Case, wish: Wished, h: Heard, *, now: datetime) -> None:
    words = h.item.text.strip()
    if wish.wish == Wish.OPINION:
        _keep_opinion(case, wish.mark, now=now)
    elif wish.wish == Wish.WITHDRAW:
        closing.withdraw_by_citizen(case=case, words=words, now=now)
        reopening.tell(case, "withdraw_noted", now=now)
    else:
        act = reopening.reopen_for_citizen if wish.wish == Wish.REOPEN else reopening.appeal
        no = act(case=case, words=words, actor=CITIZEN, now=now)
        if no:
            may_appeal = wish.wish == Wish.REOPEN and no == No.USED
            reopening.tell(case, "wish_used" if may_appeal else "wish_not_possible", now=now)


def _keep_opinion(case: Case, mark: int, *, now: datetime) -> None:
    """Keep what the citizen thinks; whoever is not satisfied is told how to have it looked at again."""
    case = locked(case)
    case.satisfaction, case.feedback_at = mark, now
    case.save(update_fields=["satisfaction", "feedback_at"])
    record(case, "opinion", now=now, actor=CITIZEN, mark=mark)
    language, bad = language_for(case), mark <= BAD and not case.reopened_by_citizen
    code = "opinion_sorry" if bad else "opinion_thanks"
    text = texts.reply(code, language=language, reference=case.reference)
    buttons = wishes.reopen_button(case) if bad else ()
    say([to_citizen(case, text=text, language=language, buttons=buttons)], now=now)

"""What is said to everybody who told of one matter: each on his own channel, in his language, under his number."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from rabta import bulk
from rabta.cases.events import Actor, event, record
from rabta.cases.life import move
from rabta.cases.models import Case, Outcome, State
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.force.models import Officer
from rabta.journey.checks import allowed, is_open, locked, said_something
from rabta.people.handles import UNKNOWN
from rabta.people.models import Safe
from rabta.replying import closing, texts
from rabta.replying.in_public import post_before
from rabta.replying.letters import Said, language_for, safe_of, say, sensitive, to_citizen
from rabta.rules.case_life import Act


def parts_of(case: Case) -> list[Case]:
    """The parts of a (locked) case, locked in one order, with whom they are answered by."""
    if not Case.objects.filter(part_of=case).exists():  # nearly always, and far cheaper to find out
        return []
    rows = Case.objects.select_for_update(of=("self",)).filter(part_of=case).order_by("id")
    return list(rows.select_related("account", "conversation__account", "conversation__handle__person"))


def reply_to_all(*, case: Case, text: str, by: Scope, now: datetime) -> int:
    """Answer everybody who told of the matter; returns to how many it goes. Each is written to under his own number.

    Who said that it is not safe, and whose number nobody knows, is left out.
    """
    actor = allowed(by, Permission.HANDLE_CASES, case)
    text = said_something(text)
    case = locked(case)
    is_open(case)
    all_of_it = [case, *parts_of(case)]
    reached = [one for one in all_of_it if _may_be_written_to(one)]
    if not reached:
        raise Refused(_("Nobody who told of this can be written to. Nothing was sent."))
    letters = [_to_one(one, text, author=by.officer, actor=actor) for one in reached]
    say(letters, now=now)
    for one in reached:
        one.replied_at, one.changed_at = one.replied_at or now, now
    bulk.update(reached, ["replied_at", "changed_at"])
    bulk.insert([event(one, "replied", now=now, actor=actor) for one in reached if one.pk != case.pk])
    record(case, "replied_to_all", now=now, actor=actor, people=len(reached))
    return len(reached)


def close_parts(
    head: Case, *, told: str, remark: str, actor: Actor, author: Officer | None, now: datetime
) -> None:
    """Tell everybody else whose case is part of a (locked, just closed) one, and close with it what was gathered."""
    parts = parts_of(head)
    if not parts:
        return
    words = "" if sensitive(head) else told
    say(
        [_closing(one, words, author=author, actor=actor) for one in parts if _may_be_written_to(one)],
        now=now,
    )
    open_ones = [one for one in parts if one.state != State.CLOSED]
    for one in open_ones:
        move(one, Act.CLOSE)
        one.outcome, one.closing_remark, one.closed_at = Outcome.DUPLICATE, remark, now
        one.changed_at, one.replied_at = now, one.replied_at or now
    bulk.update(open_ones, ["state", "outcome", "closing_remark", "closed_at", "changed_at", "replied_at"])
    bulk.insert(_closed(open_ones, actor=actor, now=now))


def _closed(cases: Sequence[Case], *, actor: Actor, now: datetime) -> list:
    return [event(one, "closed", now=now, actor=actor, outcome=Outcome.DUPLICATE) for one in cases]


def _may_be_written_to(case: Case) -> bool:
    return case.conversation.handle.scheme != UNKNOWN and safe_of(case) != Safe.NO


def _to_one(case: Case, text: str, *, author: Officer, actor: Actor) -> Said:
    """The words in a frame of ours: to which matter they belong, in the language of whoever told it."""
    language = language_for(case)
    framed = texts.template_words(
        texts.template("update_v1", language=language, params=(case.reference, text))
    )
    return to_citizen(
        case,
        text=framed,
        language=language,
        automatic=False,
        author=author,
        author_post_id=actor.post_id,
        answers=post_before(case),
    )


def _closing(case: Case, told: str, *, author: Officer | None, actor: Actor) -> Said:
    return to_citizen(
        case,
        text=closing.text(case=case, told=told),
        language=language_for(case),
        author=author,
        author_post_id=actor.post_id,
        answers=post_before(case),
    )

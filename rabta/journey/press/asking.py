"""A journalist asks, and the clock runs until he is answered (K21)."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.force.models import Unit
from rabta.groups.models import Member
from rabta.journey.checks import said_something
from rabta.journey.groups.broadcasts import saying_to
from rabta.journey.press.told import moment
from rabta.outbox.models import Delivery
from rabta.publishing import phrases
from rabta.publishing.models import Question

JOURNALIST = "journalist"
LONGEST = 2000
MOST_OPEN = 10  # questions of one journalist that wait; what he writes beyond that is read at the desk


def asked(*, member: Member, text: str, now: datetime, outlet: str = "") -> Question | None:
    """What a journalist wrote to the force. In a job with a stated reason; he is told until when he is answered.

    None, and nothing is kept or sent, where so many of his questions wait that it is no question of the press any more.
    """
    waiting = Question.objects.filter(asker=member.public_id, state=Question.State.OPEN)
    if waiting.count() >= MOST_OPEN:
        return None
    question = _question(member.unit, text=text, now=now, asker=member.public_id, outlet=outlet)
    words = {
        language: phrases.phrase("asked", language=language or "en", time=moment(question.due_at, language))
        for language in ("", "en", "hi", "ur", "ps", "roman")
    }
    saying_to.say_to(
        unit=member.unit, words=words, what="question", by=None, now=now, members=[member],
        about=f"question:{question.public_id}", priority=Delivery.Priority.USUAL,
    )  # fmt: skip
    audit.record("press_asked", now=now, reason="a journalist wrote", subject="question", ids=[question.pk])
    return question


def enter(*, unit: Unit, text: str, outlet: str, by: Scope, now: datetime) -> Question:
    """A question that came by telephone or in person, entered by an officer who speaks for the unit."""
    speaks_for(by, unit)
    text = said_something(text, limit=LONGEST)
    question = _question(unit, text=text, now=now, outlet=outlet.strip()[:120], entered_by=by.officer)
    audit.record("press_question", now=now, officer_id=by.officer.pk, subject="question", ids=[question.pk])
    return question


def decline(*, question: Question, remark: str, by: Scope, now: datetime) -> Question:
    """Say that there will be no version, and why; for the register, nothing is sent."""
    held = Question.objects.select_for_update(of=("self",)).select_related("unit").get(pk=question.pk)
    speaks_for(by, held.unit)
    if held.state != Question.State.OPEN:
        raise Refused(_("This question is settled already."))
    held.remark = remark.strip()[:300]
    if not held.remark:
        raise Refused(_("Say why it is not answered."))
    held.state, held.ended_at, held.ended_by = Question.State.DECLINED, now, by.officer
    held.save()
    audit.record("press_declined", now=now, officer_id=by.officer.pk, subject="question", ids=[held.pk])
    return held


def questions(by: Scope) -> QuerySet[Question]:
    """The questions of the units for which this officer speaks."""
    rows = Question.objects.filter(visible_to__overlap=sorted(by.units_with(Permission.PUBLISH)))
    return rows.select_related("unit", "version", "entered_by").order_by("due_at")


def speaks_for(by: Scope, unit: Unit) -> int:
    """The post under which the officer speaks for a unit. Refused to others."""
    fitting = (g.post_id for g in by.grants if Permission.PUBLISH in g.permissions and g.unit_id in unit.path)
    post = next(fitting, None)
    if post is None:
        raise Refused(_("None of your posts speaks for this unit."))
    return post


def _question(unit: Unit, *, text: str, now: datetime, **facts: object) -> Question:
    return Question.objects.create(
        unit=unit, visible_to=unit.path, text=text, asked_at=now, due_at=now + phrases.limit("question"), **facts
    )  # fmt: skip

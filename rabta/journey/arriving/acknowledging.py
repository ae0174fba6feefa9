"""What a batch of messages is answered by itself: receipts of new cases, questions, confirmations, greetings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rabta.cases import arrival
from rabta.cases.arrival import Heard
from rabta.channels.registry import BY_KIND
from rabta.force.directory import Directory
from rabta.journey.arriving import questions
from rabta.journey.arriving.judge import Judged
from rabta.people.handles import UNKNOWN
from rabta.replying import acknowledge, commands, safety, waiting
from rabta.replying.letters import Said, let_go, say, sensitive
from rabta.replying.questions import Asked


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the answers of one batch look at. `questions` by `id(case)` and `last_words` by case lose what is used."""

    questions: dict[int, Asked]
    last_words: dict[int, datetime]
    safe_asked: set[int]
    directory: Directory
    now: datetime


def answer(
    heard: Sequence[Heard],
    judged: Sequence[Judged],
    asked: dict[int, Asked],
    last_words: dict[int, datetime],
    *,
    directory: Directory,
    now: datetime,
) -> None:
    """Acknowledge new cases, confirm later messages, answer greetings; remember the language of each conversation."""
    said = _of_new_cases(heard, judged, asked)
    later = [h for h in heard if not h.opens]
    safety.chosen((h.case, h.handle, h.item.choices.get("safe", "")) for h in heard)
    said += safety.heard((h.case, h.handle, h.item.text) for h in later if not h.answer)
    let_go({h.case.pk: h.case for h in later if h.case}.values(), now=now)
    private = (h for h in heard if not h.is_new_here and not h.item.public and not h.item.group)
    waiting.send({h.conversation.pk: h.conversation for h in private}.values(), now=now)
    known = Known(
        questions=asked,
        last_words=last_words,
        safe_asked=safety.asked(h.case for h in later if h.case),
        directory=directory,
        now=now,
    )
    for h in heard:
        conversation = h.conversation
        conversation.language = h.language or conversation.language
        conversation.last_in_at = max(filter(None, (conversation.last_in_at, h.received_at)))
        said += filter(None, _to(h, known))
    say([s for s in said if s.conversation.handle.scheme != UNKNOWN], now=now)
    arrival.save_conversations(heard)


def _of_new_cases(heard: Sequence[Heard], judged: Sequence[Judged], asked: dict[int, Asked]) -> list[Said]:
    posts = {id(h.case): h.message for h in heard if h.opens and h.item.public}
    receipts = [
        acknowledge.of_case(
            j.case,
            asks_place=j.needs_place,
            asked=asked.pop(id(j.case), None),
            post=posts.get(id(j.case)),
        )
        for j in judged
        if j.opens
    ]
    thanks = [acknowledge.of_post(j.case, post=posts[id(j.case)]) for j in judged if id(j.case) in posts]
    return receipts + thanks


def _to(h: Heard, known: Known) -> Iterator[Said | None]:
    """What is said to one message that opened no case."""
    if h.about:  # answered when it was done
        return
    conversation, now = h.conversation, known.now
    seen = sorted(known.directory.path(h.account.unit_id))
    if h.answer:
        yield _to_answer(h, known)
    elif word := commands.asked_in(h.item, channel=BY_KIND[h.account.channel]):
        yield commands.answer(word, conversation, visible_to=seen, now=now)
    elif h.noise and h.case is None and not h.item.public:
        language = conversation.language
        yield acknowledge.of_greeting(conversation, language=language, visible_to=seen, now=now)
    elif h.case and h.urgency != 0 and id(h.case) in known.questions:
        yield acknowledge.of_question(h.case, known.questions.pop(id(h.case)))
    elif h.case and not h.opens and not h.noise and h.case.pk in known.last_words:
        yield acknowledge.of_later_message(
            h.case,
            last_word_at=known.last_words.pop(h.case.pk),
            urgent=h.urgency == 0,
            asked=h.case.pk in known.safe_asked,
            now=now,
            post=h.message if h.item.public else None,
        )


def _to_answer(h: Heard, known: Known) -> Said | None:
    """What is said to whoever answered a question; in a case that is sensitive by it no more than that it came."""
    case = h.case
    if case is None or h.opens or h.answer is None:
        return None
    if h.urgency == 0 or sensitive(case):
        return acknowledge.of_later_message(
            case,
            last_word_at=h.received_at,
            urgent=h.urgency == 0,
            asked=case.pk in known.safe_asked,
            now=known.now,
            answered=True,
        )
    return acknowledge.of_answer(
        case,
        question=h.answer.question,
        other=questions.is_other(h),
        asked=known.questions.pop(id(case), None),
    )

"""The prompt answer to what has just come in. An automatic acknowledgement stops no clock."""

from datetime import datetime, timedelta

from django.conf import settings

from rabta.cases.models import Case, Conversation, Message, Withheld
from rabta.replying import safety, texts
from rabta.replying.letters import Said, language_for, priority_of, private_way, sensitive, to_citizen
from rabta.replying.questions import Asked
from rabta.rules.questions import Question

ONCE_IN = timedelta(hours=20)  # a greeting is answered once a day
QUIET = timedelta(minutes=15)  # messages that follow each other closely are not confirmed one by one


def of_case(case: Case, *, asks_place: bool, asked: Asked | None = None, post: Message | None = None) -> Said:
    """The acknowledgement of a new case, with its reference number: privately, also of a public `post`.

    It asks what there is to ask, or for the place in words.
    """
    language = language_for(case)
    if case.urgency == 0 and case.withheld != Withheld.RESTRICTED:
        text = _emergency_text(case, language)  # an accusation too: the number gives nothing away
    elif sensitive(case):
        text = texts.reply("ack_neutral", language=language, reference=case.reference) + safety.question(case)
        if case.urgency == 0:
            number = settings.EMERGENCY_NUMBER
            text += "\n\n" + texts.reply("public_emergency", language=language, emergency_number=number)
    else:
        text = texts.reply("ack", language=language, reference=case.reference)
        if asked:
            return _with_question(case, asked, before=text)
        if asks_place:
            text += "\n\n" + texts.reply("returned_place", language=language, reference=case.reference)
    return to_citizen(case, text=text, language=language, receipt=True, answers=post)


def of_forwarded(case: Case, *, asks_place: bool) -> Said:
    """The receipt for somebody whose words an officer forwarded and whose number he gave: not by whom."""
    language = language_for(case)
    if case.urgency == 0:
        text = _emergency_text(case, language)
    else:
        text = texts.reply("ack_forwarded", language=language, reference=case.reference)
        if asks_place:
            text += "\n\n" + texts.reply("returned_place", language=language, reference=case.reference)
    return to_citizen(case, text=text, language=language, receipt=True)


def _with_question(case: Case, asked: Asked, *, before: str = "") -> Said:
    text = "\n\n".join(filter(None, (before, asked.text)))
    language = language_for(case)
    return to_citizen(case, text=text, language=language, receipt=True, buttons=asked.buttons)


def of_question(case: Case, asked: Asked) -> Said:
    """A question by itself, on a case that is acknowledged."""
    return _with_question(case, asked)


def of_answer(case: Case, *, question: Question, other: bool, asked: Asked | None) -> Said:
    """What is said to whoever answered a question: that it is noted, and what else there is to ask."""
    language = language_for(case)
    if question == Question.LANGUAGE:
        number = settings.EMERGENCY_NUMBER
        text = texts.reply("word_language", language=language, emergency_number=number)
    else:
        code = "answer_other" if other else "answer_noted"
        text = texts.reply(code, language=language, reference=case.reference)
    if asked:
        return _with_question(case, asked, before=text)
    return to_citizen(case, text=text, language=language, receipt=True)


def of_post(case: Case, *, post: Message) -> Said:
    """What everybody reads under a post that opened a case: thanks, and where the rest is said.

    The same sentence under every post, also where the case is withheld: silence would single those out. Of the matter
    it says nothing; only where life is in danger does it name the emergency number.
    """
    conversation, language = case.conversation, language_for(case)
    code = "public_thanks" if private_way(conversation) else "public_write_privately"
    text = texts.reply(code, language=language)
    if case.urgency == 0:
        call = texts.reply("public_emergency", language=language, emergency_number=settings.EMERGENCY_NUMBER)
        text = f"{call} {text}"
    return Said(
        conversation=conversation,
        case=case,
        text=text,
        language=language,
        priority=priority_of(case),
        visible_to=case.visible_to,
        hidden_from=case.hidden_from,
        receipt=True,
        answers=post,
        public=True,
    )


def of_later_message(
    case: Case,
    *,
    last_word_at: datetime,
    urgent: bool,
    asked: bool,
    now: datetime,
    post: Message | None = None,
    answered: bool = False,
) -> Said | None:
    """A confirmation that a later message was added, unless it follows closely on the one before.

    Words of danger to life (`urgent`) are answered with the emergency number each time. In a sensitive case the
    confirmation is the neutral receipt; whether it is safe to write it asks once in a case, unless that was `asked`
    before (a case that turns sensitive later was not asked when it opened). What answers a question of ours
    (`answered`) is always confirmed.
    """
    language = language_for(case)
    if urgent:
        text = _emergency_text(case, language)
        return to_citizen(case, text=text, language=language, receipt=True, answers=post)
    if now - last_word_at < QUIET and not answered:
        return None
    code, asks = ("ack_neutral", not asked) if sensitive(case) else ("joined", False)
    text = texts.reply(code, language=language, reference=case.reference)
    text += safety.question(case) if asks else ""
    return to_citizen(case, text=text, language=language, receipt=True, answers=post)


def _emergency_text(case: Case, language: str) -> str:
    return texts.reply(
        "ack_emergency",
        language=language,
        reference=case.reference,
        emergency_number=settings.EMERGENCY_NUMBER,
    )


def of_greeting(
    conversation: Conversation, *, language: str, visible_to: list[int], now: datetime
) -> Said | None:
    """A polite answer to a greeting, once a day: what to write, and where. The conversation remembers it."""
    if conversation.greeted_at and now - conversation.greeted_at < ONCE_IN:
        return None
    conversation.greeted_at = now
    return Said(
        conversation=conversation,
        case=None,
        text=texts.reply("greeting", language=language),
        language=language,
        visible_to=visible_to,
        hidden_from=[],
    )

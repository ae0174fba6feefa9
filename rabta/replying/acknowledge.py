"""The prompt answer to what has just come in. An automatic acknowledgement stops no clock."""

from datetime import datetime, timedelta

from django.conf import settings

from rabta.cases.models import Case, Conversation
from rabta.replying import safety, texts
from rabta.replying.letters import Said, language_for, sensitive, to_citizen

ONCE_IN = timedelta(hours=20)  # a greeting is answered once a day
QUIET = timedelta(minutes=15)  # messages that follow each other closely are not confirmed one by one


def of_case(case: Case, *, asks_place: bool) -> Said:
    """The acknowledgement of a new case, with its reference number."""
    language = language_for(case)
    if case.urgency == 0:  # also when withheld: the number gives nothing away, and may save a life
        text = _emergency_text(case, language)
    elif sensitive(case):
        text = texts.reply("ack_neutral", language=language, reference=case.reference) + safety.question(case)
    else:
        text = texts.reply("ack", language=language, reference=case.reference)
        if asks_place:
            text += "\n\n" + texts.reply("returned_place", language=language, reference=case.reference)
    return to_citizen(case, text=text, language=language, receipt=True)


def of_later_message(case: Case, *, last_word_at: datetime, urgent: bool, now: datetime) -> Said | None:
    """A confirmation that a later message was added, unless it follows closely on the one before.

    Words of danger to life (`urgent`) are answered with the emergency number each time. In a sensitive case the
    confirmation is the neutral receipt.
    """
    language = language_for(case)
    if urgent:
        return to_citizen(case, text=_emergency_text(case, language), language=language, receipt=True)
    if now - last_word_at < QUIET:
        return None
    code = "ack_neutral" if sensitive(case) else "joined"
    text = texts.reply(code, language=language, reference=case.reference)
    return to_citizen(case, text=text, language=language, receipt=True)


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

"""Answering words such as STATUS: the sender's own matters, and never anybody else's."""

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from rabta.cases.models import Case, Conversation, State
from rabta.channels.contract import Arrived, Channel
from rabta.kit import scripts
from rabta.kit.ids import parse_reference
from rabta.outbox import watching
from rabta.outbox.models import Delivery
from rabta.people.models import Handle, Safe
from rabta.replying import texts
from rabta.replying.letters import Said, safe_of, sensitive
from rabta.rules.commands import Command, Word, command_of, told_neutrally

SHIPPED = Path(__file__).parent / "data" / "command_words.csv"
MOST_TOLD = 3
CLOSED_FOR = timedelta(days=30)


@cache
def _words() -> dict[str, Command]:
    own = Path(settings.HOME) / "tables" / "command_words.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return {
            " ".join(scripts.words(row["word"])): Command(Word(row["command"]), row["lang"])
            for row in csv.DictReader(file)
        }


def command(text: str) -> Command | None:
    """The command that a message is, or None. STATUS may name a matter: it tells the sender's own all the same."""
    head, _space, last = text.strip().rpartition(" ")
    if parse_reference(text=last) is None:
        return command_of(text, words=_words())
    asked = command_of(head, words=_words())
    return asked if asked and asked.word == Word.STATUS else None


def asked_in(item: Arrived, *, channel: Channel) -> Command | None:
    """The command that a message is: a private one, of nothing but a word, over a channel that can answer."""
    more = item.media or item.place or item.place_name or item.public or item.group
    return None if more or channel.send is None else command(item.choices.get("word", item.text))


def answer(asked: Command, conversation: Conversation, *, visible_to: list[int], now: datetime) -> Said:
    """Do what the word asks, and say so. STOP and START are kept with the handle; who presses Start begins anew.

    An answer that names a matter is seen by those alone who see that matter.
    """
    language = conversation.language
    handle = conversation.handle
    if asked.word in (Word.STOP, Word.START, Word.GREETING):
        _keep(handle, now if asked.word == Word.STOP else None)
        if asked.word == Word.STOP:
            watching.hold_back(handle, now=now)
    cases = own_cases(handle, now=now) if asked.word == Word.STATUS else []
    if asked.word == Word.STATUS:
        text = _states(cases, language)
    elif asked.word == Word.GREETING:
        text, conversation.greeted_at = texts.reply("greeting", language=language), now
    else:
        number = settings.EMERGENCY_NUMBER
        text = texts.reply(f"word_{asked.word}", language=language, emergency_number=number)
    return Said(
        conversation=conversation,
        case=None,
        text=text,
        language=language,
        visible_to=sorted(set(visible_to).intersection(*(case.visible_to for case in cases))),
        hidden_from=sorted({unit for case in cases for unit in case.hidden_from}),
        priority=Delivery.Priority.URGENT,
        receipt=True,
    )


def own_cases(handle: Handle, *, now: datetime) -> list[Case]:
    """The newest matters of whoever writes from here, over whichever account: open ones, and lately closed ones."""
    rows = Case.objects.filter(conversation__handle=handle)
    rows = rows.filter(~Q(state=State.CLOSED) | Q(closed_at__gt=now - CLOSED_FOR))
    found = list(rows.select_related("part_of", "conversation").order_by("-last_in_at", "-id")[:MOST_TOLD])
    for case in found:
        case.conversation.handle = handle
    return found


def _states(cases: Sequence[Case], language: str) -> str:
    if not cases:
        return texts.reply("word_status_none", language=language, emergency_number=settings.EMERGENCY_NUMBER)
    return "\n".join(_line(case, language) for case in cases)


def _line(case: Case, language: str) -> str:
    neutral = told_neutrally(
        sensitive=sensitive(case), protected=case.hides_author, safe=safe_of(case) == Safe.YES
    )
    state = State.NEW if neutral else case.state_told
    words = texts.state_words(state, language=language)
    return texts.reply("status_line", language=language, reference=case.reference, state=words)


def _keep(handle: Handle, stopped_at: datetime | None) -> None:
    if bool(handle.stopped_at) != bool(stopped_at):
        handle.stopped_at = stopped_at
        Handle.objects.filter(pk=handle.pk).update(stopped_at=stopped_at)

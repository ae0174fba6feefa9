"""Asking whether it is safe to write, and hearing the answer; what a protected person is told once it is."""

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from rabta.cases.models import Case, Message
from rabta.channels.registry import BY_KIND
from rabta.people.keeping import days
from rabta.people.models import Handle, Safe
from rabta.replying import texts
from rabta.replying.letters import Said, language_for, safe_of, sensitive, to_citizen

LONGEST = 20  # characters of an answer; whoever writes more is telling us something else
SHIPPED = Path(__file__).parent / "data" / "safe_answers.csv"


@cache
def _answers() -> dict[str, str]:
    own = Path(settings.HOME) / "tables" / "safe_answers.csv"
    with (own if own.exists() else SHIPPED).open(encoding="utf-8", newline="") as file:
        return {row["word"]: row["safe"] for row in csv.DictReader(file)}


def question(case: Case) -> str:
    """The question that goes with the neutral receipt; nothing where it is known or cannot be answered."""
    handle, channel = case.conversation.handle, BY_KIND[case.conversation.account.channel]
    if safe_of(case) or not channel.send or not handle.address:
        return ""
    return "\n\n" + texts.reply("safe_question", language=language_for(case))


def asked(cases: Iterable[Case]) -> set[int]:
    """Ids of those cases in which a receipt has asked the question already, in whatever language. One query."""
    question = Q()
    for text in texts.replies("safe_question"):
        question |= Q(text__endswith=text)
    careful = [case.pk for case in cases if sensitive(case)]
    rows = Message.objects.filter(question, case__in=careful, direction=Message.Direction.OUT, automatic=True)
    return {case for case in rows.values_list("case_id", flat=True) if case is not None}


def answer(text: str) -> str:
    """`yes`, `no`, or nothing when the text is no answer to the question."""
    if len(text) > LONGEST:
        return ""
    return _answers().get(re.sub(r"[\s.!۔।]+", " ", text).strip().casefold(), "")


def chosen(said: Iterable[tuple[Case | None, Handle, str]]) -> None:
    """Keep what somebody chose on the form."""
    for case, handle, choice in said:
        if choice in (Safe.YES, Safe.NO):
            keep(choice, case=case, handle=handle)


def keep(answer: str, *, case: Case | None, handle: Handle) -> None:
    """Keep an answer. What was said in a withheld or confidential case stays with it: elsewhere it would tell of it."""
    if case and (case.withheld or case.confidential or case.author_alias):
        case.safe = answer
        Case.objects.filter(pk=case.pk).update(safe=answer)
    else:
        handle.safe = answer
        Handle.objects.filter(pk=handle.pk).update(safe=answer)


def heard(said: Iterable[tuple[Case | None, Handle, str]]) -> list[Said]:
    """Keep answers to the question; returns what is told to those for whom it is safe now."""
    told = []
    for case, handle, text in said:
        found = answer(text) if case and not safe_of(case) and sensitive(case) else ""
        if not found or case is None:
            continue
        keep(found, case=case, handle=handle)
        if found == Safe.YES and case.hides_author:
            told.append(what_is_hidden(case))
    return told


def what_is_hidden(case: Case) -> Said:
    """What is hidden from whom and what is not, in plain words."""
    language = language_for(case)
    if case.author_alias:
        text = texts.reply("source_told_here", language=language)
    else:
        text = texts.reply("source_told", language=language, days=str(days("reply_address")))
    return to_citizen(case, text=text, language=language)

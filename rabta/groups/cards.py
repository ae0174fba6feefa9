"""Wishes for identity cards: answered by policy, counted by group and day, never by person (H14)."""

from datetime import date, datetime, timedelta
from functools import cache

from django.db.models import F, Sum
from django.utils import timezone

from rabta.groups import words
from rabta.groups.models import CardRequest, Group
from rabta.rules.cards import CardWords, asks_for_card, misses_card
from rabta.rules.phrases import PhraseTable

SHOWN_FOR = timedelta(days=90)


@cache
def _tables() -> CardWords:
    parts = words.card_words()
    tables = {what: PhraseTable.of((phrase, what) for phrase in phrases) for what, phrases in parts.items()}
    return CardWords(**tables)


def asked(text: str) -> bool:
    """Whether a member's message asks for an identity card of the police."""
    return asks_for_card(text, _tables())


def missed(text: str) -> bool:
    """Whether somebody's card was lost or stolen: a matter of the police."""
    return misses_card(text, _tables())


def answer(*, language: str) -> str:
    """The policy, in the member's language: `card` of groups/data/letters.csv."""
    return words.letter("card", language=language)


def count(*, group: Group, now: datetime) -> None:
    """One more wish in this group. In a job with a stated reason."""
    day = timezone.localdate(now)
    _row, made = CardRequest.objects.get_or_create(group=group, day=day)
    if not made:
        CardRequest.objects.filter(group=group, day=day).update(requests=F("requests") + 1)


def counted(group: Group, *, today: date) -> int:
    """How many there were in this group in the last ninety days."""
    rows = CardRequest.objects.filter(group=group, day__gt=today - SHOWN_FOR)
    return rows.aggregate(all=Sum("requests"))["all"] or 0

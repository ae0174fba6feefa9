"""Whether a member asks for an identity card of the police (H14). One that is lost, forged or sold is no such wish."""

from dataclasses import dataclass

from rabta.kit import scripts
from rabta.rules.phrases import PhraseTable

MOST_WORDS = 25  # whoever writes more has something to report


@dataclass(frozen=True)
class CardWords:
    """What names a card, what asks for something, what says that it is gone, or about something else."""

    card: PhraseTable[str]
    want: PhraseTable[str]
    lost: PhraseTable[str]
    other: PhraseTable[str]


def asks_for_card(text: str, words: CardWords) -> bool:
    """True for a short wish for a card; a question of few words ("I-card?") is one without a verb too."""
    said = scripts.words(text)
    if not said or len(said) > MOST_WORDS or any(words.other.find(said)) or any(words.lost.find(said)):
        return False
    named = any(words.card.find(said))
    return named and (any(words.want.find(said)) or (("?" in text or "؟" in text) and len(said) <= 6))


def misses_card(text: str, words: CardWords) -> bool:
    """True where a card is named that was lost or stolen."""
    said = scripts.words(text)
    return any(words.card.find(said)) and any(words.lost.find(said))

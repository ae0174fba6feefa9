"""What may stand in a post of the force: nothing that belongs to a case, and no number but the force's own."""

import re
from collections.abc import Iterable

from rabta.channels.contract import Channel
from rabta.kit import ids
from rabta.rules.phrases import PhraseTable
from rabta.rules.public_words import Told, told_in

_NOTHING: PhraseTable[str] = PhraseTable.of([])


def tells(text: str, *, ours: Iterable[str]) -> list[tuple[Told, str]]:
    """Reference numbers and numbers of people in the text. Links may stand there, and so may numbers among `ours`."""
    own = {digits(number) for number in ours}
    found = told_in(text, case_words=_NOTHING)
    return [
        (told, words)
        for told, words in found
        if (told is Told.REFERENCE and _is_reference(words))
        or (told is Told.NUMBER and digits(words) not in own)
    ]


def _is_reference(words: str) -> bool:
    """Written with lines, or in one piece with the right check; not any three words with a year among them."""
    if words.isdecimal():
        return False
    one_piece = not re.search(r"\s", words)
    return bool(re.search("[-–]", words)) or (one_piece and ids.parse_reference(text=words) is not None)


def digits(text: str) -> str:
    """The digits of a number, as many as tell it from others whatever code stands before it."""
    return re.sub(r"\D", "", text)[-9:]


def too_long(text: str, *, channel: Channel) -> int:
    """By how much the text is too long for the channel, as its provider counts; 0 when it fits."""
    assert channel.publishes is not None
    return max(0, channel.publishes.counted(text) - channel.publishes.longest)

"""What an officer's short answer to an order means: "1", "2 done, statement taken", "قبول", or a button.

Source: interface.md, Station phone: officers may answer the WhatsApp or SMS order (1 accept, 2 done …).
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import takewhile

from rabta.kit import ids, scripts
from rabta.rules.phrases import PhraseTable

LONGEST = 4000
SHORTEST_REFERENCE = 10  # letters and digits of one, without its hyphens
PREFIX = "order"
HOW = f"{PREFIX}:how"  # a letter about no order in particular: how one is answered
COUNTS_FOR = timedelta(minutes=30)  # so long is a question of ours answered without quoting it


class Act(StrEnum):
    """What can be answered to an order. `NUMBERS` says which number is written instead."""

    ACCEPT = "accept"
    DONE = "done"
    RETURN = "return"
    WAY = "way"
    ONWARD = "onward"  # to those below, down the chain
    SAY = "say"  # plain words: the report where the order is accepted, else a note


NUMBERS = {Act.ACCEPT: 1, Act.DONE: 2, Act.RETURN: 3, Act.WAY: 4, Act.ONWARD: 5}
CODE_DIGITS = 6
_MARKS = ".,:;!?()[]،۔।"
_BARE = frozenset(str(number) for number in NUMBERS.values())


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An act, the order that it names (`order` by button or quotation, `reference` by the words), and further words.

    `sure`: a button, a word or a reference was used; a bare number before other words may mean something else.
    """

    act: Act | None
    words: str = ""
    reference: str = ""
    order: str = ""
    sure: bool = True


def key_of(order: str, act: Act | None = None, *, prefix: str = PREFIX) -> str:
    """What stands behind a button, or what an answer to a letter is about. `prefix` tells what else than an order."""
    return ":".join(filter(None, (prefix, order, act.value if act else "")))


def of_key(key: str, *, prefix: str = PREFIX) -> Answer | None:
    """What `key_of` made with this prefix; None for anything else."""
    its, _, rest = key.partition(":")
    order, _, act = rest.partition(":")
    if its != prefix or not order or len(key) > 60 or act not in ("", *Act):
        return None
    return Answer(act=Act(act) if act else None, order=order)


def of_text(text: str, *, words: PhraseTable[str]) -> Answer | None:
    """An act word at the beginning, perhaps with a reference number; None when there is neither."""
    if len(text) > LONGEST:
        return None
    tokens = text.split()
    reference = next(filter(None, map(_reference, tokens)), "")
    rest = [token for token in tokens if _reference(token) != reference or not reference]
    said = [found for found in words.find(scripts.words(" ".join(rest[:8]))) if found.start == 0]
    longest = max(said, key=lambda found: found.end, default=None)
    if longest is None:
        return Answer(act=None, words=" ".join(rest), reference=reference) if reference else None
    after = _after(rest, longest.end)
    again = of_text(" ".join(after), words=words) if longest.words[0] in _BARE and after else None
    if again and again.act == longest.value:  # "2 done": the number and the word say the same
        return Answer(act=again.act, words=again.words, reference=reference)
    bare = longest.words[0] in _BARE and len(longest.words) == 1
    return Answer(
        act=Act(longest.value),
        words=" ".join(after).lstrip(" ,.:;–-—،۔।"),
        reference=reference,
        sure=bool(reference) or not bare or not after,
    )


def meant_lately(abouts: Sequence[str], *, acts: Set[Act]) -> Answer | None:
    """Which of these acts the letters about one order stand for that came last; None where another order's came since.

    `abouts`: of an officer's letters about orders, the newest first.
    """
    found = [answer for answer in map(of_key, abouts) if answer]
    of_last = takewhile(lambda one: one.order == found[0].order, found)
    return next((one for one in of_last if one.act in acts), None)


def code_in(text: str) -> tuple[str, str]:
    """The code among the first words, and the text without it; the code in Latin digits, empty where there is none."""
    tokens = text.split()
    for place, token in enumerate(tokens[:4]):
        plain = token.strip(_MARKS)
        if len(plain) == CODE_DIGITS and plain.isdecimal():
            return f"{int(plain):0{CODE_DIGITS}}", " ".join([*tokens[:place], *tokens[place + 1 :]])
    return "", text


def _reference(token: str) -> str:
    plain = token.strip(_MARKS)
    if len(plain.replace("-", "")) < SHORTEST_REFERENCE or not plain.isascii():
        return ""
    return ids.parse_reference(text=plain) or ""


def _after(tokens: list[str], count: int) -> list[str]:
    """The tokens after the first `count` words; a token may hold several words, or none."""
    seen = 0
    for place, token in enumerate(tokens):
        if seen >= count:
            return tokens[place:]
        seen += len(scripts.words(token))
    return []

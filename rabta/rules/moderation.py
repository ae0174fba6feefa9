"""What of a group's talk is held back, and what happens to who goes on with it (H12, H13).

Held back is what carries nothing: greetings, thanks, chain letters, advertisements. What may be a matter of the police
is never asked here: it went to the desk before. In doubt a message waits for a moderator, who holds nothing against
anybody that a person did not look at. Words are compared as they sound (`kit.scripts.spoken`).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rabta.kit import scripts
from rabta.rules.phrases import PhraseTable

LINK = re.compile(
    r"(?:https?://|www\.)\S+|(?<![\w-])[\w-]{1,63}\.(?:com|in|pk|org|net|me|ly|be|info)(?:/\S*)?\b",
    re.IGNORECASE,
)
STRANGE = 0.34  # up to this part of what a wish is made of may be words that no table knows
# How probable it must be, by what a message is like (`rules.classifier`), that it carries nothing:
IDLE = 0.78  # where no word of the tables stands for a matter or a place, and nothing is asked
SURELY_IDLE = 0.89
TELLS = (
    0.2  # below it even what has the words of a greeting tells something: “good night sir, they came again”
)
UNKNOWN = 0.5
ENOUGH = 4  # words with a meaning of their own from which on a part of them may be strange


class Noise(StrEnum):
    """Why a message is held back."""

    GREETING = "greeting"
    FORWARD = "forward"
    THANKS = "thanks"
    PICTURE = "picture"  # a picture that greets
    EMOJI = "emoji"
    ADVERTISEMENT = "advertisement"
    LINK = "link"
    CHATTER = "chatter"  # like what carries nothing, though no word of the tables says so
    MUTED = "muted"  # nothing is wrong with it but who wrote it


@dataclass(frozen=True, kw_only=True)
class Words:
    """The tables, as they sound. `small` words have no meaning of their own; `matters` stand for something to be read,
    and so do `places`, which advertisements have as well.

    Who asks to `send` something to `many` has a chain letter, unless it tells of a matter.
    Of `courtesy` wishes are made, and with an `address` (sir, friends) they begin; alone neither is one.
    """

    greetings: PhraseTable[str]
    address: PhraseTable[str]
    courtesy: PhraseTable[str]
    thanks: PhraseTable[str]
    forwards: PhraseTable[str]
    adverts: PhraseTable[str]
    matters: PhraseTable[str]
    places: PhraseTable[str]
    send: PhraseTable[str]
    many: PhraseTable[str]
    small: frozenset[str]


def noise_of(text: str, *, words: Words, idle: float = UNKNOWN, forwarded: bool = False) -> Noise | None:
    """Why a member's words are held back, or None for what a moderator reads.

    `idle`: how probable it is, by what they are like, that they carry nothing; `forwarded`: the provider says so.
    """
    if not text.strip():
        return None
    bare = LINK.sub(" ", text)
    said = scripts.spoken(bare)
    if not said:
        return Noise.LINK if bare != text else Noise.EMOJI
    weighty = _any(words.matters, said)
    tells = weighty or idle < TELLS
    kind = None if tells else _by_words(said, words, bare=bare, linked=bare != text)
    careful = weighty or _asks(bare) or _any(words.places, said)
    if kind is None and idle >= (SURELY_IDLE if careful else IDLE):
        kind = Noise.CHATTER
    return Noise.FORWARD if forwarded and kind in (Noise.GREETING, Noise.THANKS, Noise.CHATTER) else kind


def _by_words(said: Sequence[str], words: Words, *, bare: str, linked: bool) -> Noise | None:
    """What the tables say of words that stand for no matter."""
    if _is_advert(said, words, linked=linked):
        return Noise.ADVERTISEMENT
    if _any(words.places, said):
        return None
    if _any(words.forwards, said) or (_any(words.send, said) and _any(words.many, said)):
        return Noise.FORWARD
    kind = _wish(said, words, asks=_asks(bare))
    return Noise.LINK if kind is None and linked and len(_meaning(said, words)) <= 2 else kind


def _is_advert(said: Sequence[str], words: Words, *, linked: bool) -> bool:
    found = {one.value for one in words.adverts.find_longest(said)}
    return len(found) >= 2 or (bool(found) and linked)


def _wish(said: Sequence[str], words: Words, *, asks: bool) -> Noise | None:
    """Greeting or thanks, where next to nothing else is said."""
    thanks, address = _covered(words.thanks, said), _covered(words.address, said)
    greeting = _covered(words.greetings, said) - address - thanks
    if not greeting and not thanks:
        return None
    known = greeting | thanks | address | _covered(words.courtesy, said)
    meaning = _meaning(said, words)
    strange = [at for at in meaning if at not in known]
    few = len(strange) <= 1 and not asks and len(meaning) <= ENOUGH and _beside(known, strange)
    if strange and not few and (asks or len(meaning) < ENOUGH or len(strange) > STRANGE * len(meaning)):
        return None
    return Noise.GREETING if greeting else Noise.THANKS


def _beside(known: set[int], strange: Sequence[int]) -> bool:
    """Whether what is strange stands right beside a greeting, as a name does: “good morning Imran”."""
    return all(at - 1 in known or at + 1 in known for at in strange)


def _asks(text: str) -> bool:
    return any(sign in text for sign in "?؟")


def _meaning(said: Sequence[str], words: Words) -> list[int]:
    return [at for at, word in enumerate(said) if word not in words.small]


def _covered(table: PhraseTable[str], said: Sequence[str]) -> set[int]:
    return {at for found in table.find(said) for at in range(found.start, found.end)}


def _any(table: PhraseTable[str], said: Sequence[str]) -> bool:
    return next(table.find(said), None) is not None


# Strikes

WEIGHTS = {Noise.ADVERTISEMENT: 2, Noise.CHATTER: 0, Noise.MUTED: 0}
FADES_AFTER = timedelta(days=30)
MUTED_FOR = timedelta(days=7)
REMINDED_AT, MUTED_AT, PUT_UP_AT = 3, 6, 10


class Step(StrEnum):
    """What follows a strike, beyond the polite answer."""

    REMIND = "remind"
    MUTE = "mute"
    PUT_UP = "put_up"  # the station decides whether the member stays


def weight_of(noise: str) -> int:
    """How much a message of this kind counts against who sent it; one a day is nobody's fault (`counting`)."""
    return WEIGHTS.get(Noise(noise), 1)


def counting(strikes: Iterable[tuple[datetime, int]], *, now: datetime) -> int:
    """What strikes (when, weight) count today: those that have not faded, without the first of each day."""
    by_day: dict[object, list[int]] = {}
    for at, weight in sorted(strikes):
        if at > now - FADES_AFTER:
            by_day.setdefault(at.date(), []).append(weight)
    return sum(sum(weights) - min(weights[0], 1) for weights in by_day.values())


def step_after(*, before: int, after: int) -> Step | None:
    """What is done as the count goes from `before` to `after`; the gravest step that it passes."""
    for step, at in ((Step.PUT_UP, PUT_UP_AT), (Step.MUTE, MUTED_AT), (Step.REMIND, REMINDED_AT)):
        if before < at <= after:
            return step
    return None


def until_step(
    earlier: Sequence[tuple[datetime, int]], new: Sequence[tuple[datetime, int]], *, now: datetime
) -> int:
    """How many of these new strikes count: those up to the first that has a consequence.

    Nobody can have heeded, in what he sent at the same time, what he is told afterwards.
    """
    before = counting(earlier, now=now)
    for count in range(1, len(new) + 1):
        if step_after(before=before, after=counting([*earlier, *new[:count]], now=now)):
            return count
    return len(new)


def signal(*, let_through: int, heard: int) -> float | None:
    """The part of what was settled in a group that was worth everybody's time; None where nothing was."""
    return let_through / heard if heard else None


# Pictures

ALIKE = 7  # bits of 128 in which two copies of one picture may differ
BANDS = 8
FLAT = 12  # fewer light (or dark) steps than this: one colour, which is like every other
SEEN_FROM = 3  # so many people who send one picture without a word are greeting


def bands_of(look: bytes) -> list[int]:
    """Eight pieces of a 128-bit look, numbered: two looks that differ in seven bits at most share one of them."""
    return [n << 16 | int.from_bytes(look[2 * n : 2 * n + 2], "big") for n in range(BANDS)]


def alike(one: bytes, other: bytes) -> bool:
    """Whether two looks are of the same picture."""
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count() <= ALIKE


def tells(look: bytes) -> bool:
    """Whether a look tells pictures apart at all."""
    return FLAT <= int.from_bytes(look, "big").bit_count() <= 128 - FLAT


def greets(*, captioned: bool, known: bool, others: int) -> bool:
    """Whether a picture greets: known as one that does, or sent by several people without a word."""
    return not captioned and (known or others + 1 >= SEEN_FROM)


# Quiet hours


def is_quiet(*, at: int, begins: int | None, ends: int | None) -> bool:
    """Whether a minute of the day lies between two others, perhaps over midnight."""
    if begins is None or ends is None or begins == ends:
        return False
    return begins <= at < ends if begins < ends else at >= begins or at < ends


def wait_until_end(*, at: int, ends: int) -> int:
    """Minutes from this one of the day until quiet hours end."""
    return (ends - at) % (24 * 60)

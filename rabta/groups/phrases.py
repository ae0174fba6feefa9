"""What members are told and what they press, in five languages; and what they mean when they type instead."""

import csv
from functools import cache
from pathlib import Path

from django.conf import settings

from rabta.channels.contract import Button
from rabta.kit import scripts

SHIPPED = Path(__file__).parent / "data"
LANGUAGES = ("en", "hi", "ur", "ps", "roman")
FEWEST_TOLD, MANY_TOLD = 10, 50
SIGHTINGS = ("yes", "no", "unknown", "never")  # what can be answered about a rumour
MOST_AROUND = 6  # words that may stand around an answer; a longer message is a tale of its own


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    own = Path(settings.HOME) / "tables" / f"{name}.csv"
    with (own if own.exists() else SHIPPED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def phrase(code: str, *, language: str, **values: str) -> str:
    """A sentence in a language, in English where the table has none of that language."""
    found = {row["lang"]: row["text"] for row in _rows("bulletin_phrases") if row["code"] == code}
    return (found.get(language) or found["en"]).format(**values)


def in_all(code: str, **values: str) -> dict[str, str]:
    """The sentence by language; "" for everybody else."""
    return {language: phrase(code, language=language, **values) for language in LANGUAGES} | {
        "": phrase(code, language=settings.CITIZEN_LANGUAGE, **values)
    }


def buttons(*codes: str, language: str) -> tuple[Button, ...]:
    """These to press, in a language; the code is the key that comes back."""
    return tuple(Button(key=code, title=phrase(code, language=language)) for code in codes)


def pressed(key: str, *, of: tuple[str, ...]) -> str:
    """The code that a pressed button or a typed number names; "" for none of these."""
    if key in of:
        return key
    return of[int(key) - 1] if key.isdecimal() and 0 < int(key) <= len(of) else ""


def titled(text: str, *, of: tuple[str, ...]) -> str:
    """The code whose title somebody typed, in any language; "" for none."""
    said = scripts.words(text)
    rows = _rows("bulletin_phrases")
    found = (row["code"] for row in rows if row["code"] in of and scripts.words(row["text"]) == said)
    return next(found, "")


def passed_on(text: str) -> str:
    """told_10, told_50 or told_more, of what somebody typed about a bulletin: “told 50 people”, “۵۰ کو بتایا”; or "".

    Nothing but a number, the word for telling and small words may stand there: “I told the SHO 10 times” is a tale.
    """
    parts = _passed_on()
    words = [word for word in scripts.words(text) if word not in parts["small"]]
    numbers = [int(word) for word in words if word.isdecimal()]
    told = [word for word in words if word in parts["told"]]
    if len(numbers) != 1 or not told or len(words) != 1 + len(told) or numbers[0] < FEWEST_TOLD:
        return ""
    if numbers[0] < MANY_TOLD:
        return "told_10"
    more = numbers[0] > MANY_TOLD or any(word in parts["more"] for word in scripts.words(text))
    return "told_more" if more else "told_50"


def told_on(text: str) -> bool:
    """Whether somebody says, without a number, that he passed a bulletin on: “I have told my neighbours”.

    Whom he told must be people as everybody has them, and nothing else may stand there, as for a number.
    """
    parts = _passed_on()
    words = scripts.words(text)
    known = parts["small"] | parts["told"] | parts["whom"]
    return all(word in known for word in words) and all(
        any(word in parts[part] for word in words) for part in ("told", "whom")
    )


@cache
def _passed_on() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {"told": set(), "whom": set(), "small": set(), "more": set()}
    for row in _rows("passed_on_words"):
        found[row["part"]].update(scripts.words(row["word"]))
    return {part: frozenset(words) for part, words in found.items()}


def sighting(text: str, *, quoted: bool = False) -> str:
    """yes, no, unknown or never, from what somebody typed about a rumour; "" when it says none of them surely.

    The longest phrase that begins the text counts, so that "it is not true" is no "true"; a number is a button. Where
    he quotes the question, whatever follows belongs to his answer.
    """
    words = scripts.words(text)
    if len(words) > MOST_AROUND + 4 and not quoted:
        return ""
    longest, answers = _sightings(words)
    return answers.pop() if len(answers) == 1 and longest else ""


def is_mere_sighting(text: str) -> bool:
    """Whether an answer about a rumour is all that the text says."""
    words = scripts.words(text)
    return _sightings(words)[0] == len(words) or bool(titled(text, of=SIGHTINGS)) or text.strip().isdecimal()


def _sightings(words: list[str]) -> tuple[int, set[str]]:
    """How many words the longest answer has that begins these words, and which answers it may be."""
    found = {
        (row["answer"], len(phrase))
        for row in _rows("sighting_words")
        if (phrase := scripts.words(row["word"])) and words[: len(phrase)] == phrase
    }
    longest = max((length for _answer, length in found), default=0)
    return longest, {answer for answer, length in found if length == longest}

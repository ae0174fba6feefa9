"""What members are told and what they press, in five languages; and what they mean when they type instead."""

import csv
from functools import cache
from pathlib import Path

from django.conf import settings

from rabta.channels.contract import Button
from rabta.kit import scripts

SHIPPED = Path(__file__).parent / "data"
LANGUAGES = ("en", "hi", "ur", "ps", "roman")
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
    said = scripts.normalise(text).strip()
    return next(
        (
            row["code"]
            for row in _rows("bulletin_phrases")
            if row["code"] in of and scripts.normalise(row["text"]) == said
        ),
        "",
    )


def sighting(text: str) -> str:
    """yes, no, unknown or never, from what somebody typed about a rumour; "" when it says none of them surely.

    The longest phrase that begins the text counts, so that "it is not true" is no "true"; a number is a button.
    """
    words = scripts.words(text)
    if len(words) > MOST_AROUND + 4:
        return ""
    found = {
        (row["answer"], len(phrase))
        for row in _rows("sighting_words")
        if (phrase := scripts.words(row["word"])) and words[: len(phrase)] == phrase
    }
    longest = max((length for _answer, length in found), default=0)
    answers = {answer for answer, length in found if length == longest}
    return answers.pop() if len(answers) == 1 else ""

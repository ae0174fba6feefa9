"""In which language somebody reads what was written in some: his own, else the next that he can read.

Who writes Pashto reads Urdu before English, for schools teach it. Who writes Roman letters reads these, and not the
script of Urdu: he gets English, then what is for everybody. Hindi and Urdu are not read in each other's script.
"""

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")
ALL = ""  # what is for everybody whose own language is missing
ORDER: Mapping[str, tuple[str, ...]] = {
    "en": ("en", ALL),
    "hi": ("hi", ALL, "en"),
    "ur": ("ur", ALL, "en"),
    "ps": ("ps", "ur", ALL, "en"),
    "roman": ("roman", "en", ALL),
}


def read_by(language: str, written: Mapping[str, T]) -> T:
    """What a reader of this language gets. What is there comes before nothing: at last any of it."""
    order = ORDER.get(language, (language, ALL, "en"))
    return next((written[one] for one in order if written.get(one)), None) or next(iter(written.values()))


def for_all(written: Mapping[str, T]) -> dict[str, T]:
    """The same, with an entry for each language that we know; "" for all others. Empty stays empty."""
    if not written:
        return {}
    return {**written, **{one: read_by(one, written) for one in (*ORDER, ALL)}}

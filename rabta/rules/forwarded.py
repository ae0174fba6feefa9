"""What officers forward from their own telephone (K7), and what they answer when asked who wrote it.

A forward is a citizen's words through an officer's hand: a matter of its own, of a writer who is not known yet.
"""

import re
from collections.abc import Set
from dataclasses import dataclass
from datetime import timedelta

from rabta.kit import phones, scripts

BURST = timedelta(minutes=2)  # several messages chosen and forwarded at once come within it
ANSWERED_WITHIN = timedelta(days=1)  # an answer that quotes nothing is about what was asked since then
LONGEST = 80  # characters of an answer in words
NAME = 4  # words beside the number, at most: more is news
PREFIX = "contact"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who wrote what was forwarded; without a number the officer does not know."""

    number: str = ""
    name: str = ""


def key_of(case: str, answer: str = "") -> str:
    """What our question is about, and what stands behind its button."""
    return ":".join(filter(None, (PREFIX, case, answer)))


def of_key(key: str) -> tuple[str, str] | None:
    """(case, answer) of what `key_of` made; None for anything else."""
    prefix, _, rest = key.partition(":")
    case, _, answer = rest.partition(":")
    if prefix != PREFIX or not case or len(key) > 40 or answer not in ("", "unknown"):
        return None
    return case, answer


def contact_in(text: str, *, card: bool, quoted: bool, region: str, unknown: Set[str]) -> Contact | None:
    """The contact that an answer gives; None when it is no such answer.

    `card`: a contact card of the telephone. Beside a number in words a short name may stand, where the question is
    `quoted`; without that only the bare number counts: whoever writes more is telling something new.
    """
    if len(text) > LONGEST and not card:
        return None
    if " ".join(scripts.words(text)) in unknown:
        return Contact()
    found = phones.first_in(text, region=region)
    if found is None:
        return None
    number, rest = found
    if not card and len(scripts.words(rest)) > (NAME if quoted else 0):
        return None
    name = re.split(r"[\d+]", rest)[0]  # a card may hold further numbers
    return Contact(number=number, name=" ".join(name.split()).strip(" ,:;-")[:100])

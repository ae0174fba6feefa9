"""Identifiers that must turn up nowhere, in every writing that a careless line of code could give them."""

import base64
import random
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

FIRST = ("Zarghoona", "Shahmeer", "Gulalai", "Behramand", "Palwasha", "Torpekai")
LAST = ("Qandeelzai", "Wazirmand", "Storybreshna", "Khyberdost", "Ambreenzoi", "Margalarai")


@dataclass(frozen=True)
class Canary:
    """One identifier of one person: a name, a number, or what the provider calls a message."""

    kind: str
    value: str


def people(count: int, *, seed: int) -> list[tuple[str, str]]:
    """(name, number) of people who exist nowhere else in the tests."""
    chance = random.Random(seed)
    return [
        (f"{FIRST[n % 6]} {LAST[chance.randrange(6)]}{n}", f"92315{chance.randrange(10**6, 10**7)}")
        for n in range(count)
    ]


def writings(canary: Canary) -> set[bytes]:
    """The identifier as it is, in both directions, encoded, and as people and libraries write a number."""
    plain = {canary.value}
    if canary.kind == "number":
        national = canary.value[2:]
        plain |= {
            f"+{canary.value}",
            f"0{national}",
            f"{national[:3]} {national[3:]}",
            f"{national[:3]}-{national[3:]}",
        }
        plain |= {national}
    if canary.kind == "name":
        plain |= {canary.value.lower(), canary.value.upper(), *canary.value.split()[1:]}
    found = set()
    for text in plain | {text[::-1] for text in plain}:
        raw = text.encode()
        found |= {
            raw,
            raw.hex().encode(),
            raw.hex().upper().encode(),
            quote(text).encode(),
            quote_plus(text).encode(),
        }
        found |= set(_base64(raw))
    return {one for one in found if len(one) >= 7}


def _base64(raw: bytes) -> Iterable[bytes]:
    """What base64 of anything that holds these bytes must contain: one text for each of three alignments."""
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + raw)
        first = {0: 0, 1: 2, 2: 3}[shift]
        sure = whole[first : len(whole) - 4 if (shift + len(raw)) % 3 else len(whole)]
        yield sure
        yield sure.translate(bytes.maketrans(b"+/", b"-_"))


def hits(canaries: Iterable[Canary], haystack: bytes) -> list[tuple[str, str]]:
    """(kind, value) of each canary that the bytes hold in some writing."""
    return [(c.kind, c.value) for c in canaries if any(one in haystack for one in writings(c))]

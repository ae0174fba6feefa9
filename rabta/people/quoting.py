"""Hiding the sender's own number where a protected person wrote it into the text.

Numbers of others stay: they are what a tip is about. A number is known to be the sender's by its digest, so nobody
needs to open anything. Names are not looked for; people are told so before they write.
"""

import phonenumbers

from rabta.kit import phones
from rabta.people.handles import digest_of
from rabta.people.models import Handle

HIDDEN = "•••"


def without_own_number(text: str, *, handle: Handle, region: str) -> str:
    """The text with the sender's own number replaced; the same text when it is not in it.

    `region` is the country of numbers that are written without a country code.
    """
    if not any(character.isdigit() for character in text):
        return text
    digest = bytes(handle.digest)
    found = phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.POSSIBLE)
    own = [match for match in found if _is_own(match.raw_string, digest, handle.scheme, region)]
    for match in reversed(own):
        text = text[: match.start] + HIDDEN + text[match.end :]
    return text


def _is_own(written: str, digest: bytes, scheme: str, region: str) -> bool:
    number = phones.parse(written, region=region)
    return number is not None and digest_of(scheme=scheme, handle=number) == digest

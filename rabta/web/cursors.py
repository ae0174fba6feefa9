"""Where a list goes on, in an address: sealed, as it holds row ids, from which one could count what lies between two
of one's own rows. The same place is the same text each time.
"""

import base64
import binascii
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from rabta import keys

LONGEST = 400
_EPOCH, _MICROSECOND = datetime.fromtimestamp(0, tz=UTC), timedelta(microseconds=1)
LATEST = datetime(9999, 12, 31, tzinfo=UTC)  # moments after it, in an address, are taken to be it


def sealed(*numbers: int) -> str:
    """These numbers as a text that tells nothing."""
    text = ".".join(map(str, numbers)).encode()
    return base64.urlsafe_b64encode(_cipher().encrypt(text, None)).decode().rstrip("=")


def opened(text: str, *, count: int) -> tuple[int, ...] | None:
    """So many numbers; None for what is no place of ours."""
    if len(text) > LONGEST or not text.isascii():
        return None
    try:
        sealed_bytes = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        found = _cipher().decrypt(sealed_bytes, None)
    except (InvalidTag, ValueError, binascii.Error):
        return None
    numbers = tuple(int(part) for part in found.split(b"."))
    return numbers if len(numbers) == count else None


def of_moment(at: datetime) -> int:
    """A moment as a number."""
    return (at - _EPOCH) // _MICROSECOND


def moment_of(number: int) -> datetime:
    """The moment that `of_moment` gave a number."""
    return _EPOCH + min(number, of_moment(LATEST)) * _MICROSECOND


def _cipher() -> AESSIV:
    return AESSIV(keys.digest("cursors", "one half") + keys.digest("cursors", "other half"))

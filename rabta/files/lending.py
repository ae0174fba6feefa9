"""Lending a picture or film to a provider that fetches what we publish: an address that is sealed, and ends soon.

Whoever has the address has the file for an hour. It is made only for what is to be read by everybody.
"""

from cryptography.fernet import InvalidToken
from django.conf import settings

from rabta import keys

LENT_FOR = 3600  # seconds
_PURPOSE = b"lent:"


def address(public_id: str) -> str:
    """Where a provider may fetch the file of this id for the next hour."""
    word = keys.fernet("accounts").encrypt(_PURPOSE + public_id.encode()).decode()
    return f"{settings.BASE_URL}/lent/{word}"


def lent(word: str) -> str | None:
    """The id of the file that such an address lends; None when it is not ours or over."""
    try:
        opened = keys.fernet("accounts").decrypt(word.encode(), ttl=LENT_FOR)
    except (InvalidToken, UnicodeEncodeError):
        return None
    return opened.removeprefix(_PURPOSE).decode() if opened.startswith(_PURPOSE) else None

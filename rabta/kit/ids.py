"""Random public ids and reference numbers. Nothing outside the database is ever sequential."""

import re
import secrets
from base64 import b32encode

from stdnum import luhn

# Crockford's alphabet: no I, L, O or U, so that a number survives being read out over a telephone.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.lower().encode())
_MISREAD = str.maketrans("ILOU", "110V")


def public_id() -> str:
    """80 random bits as 16 lower-case letters and digits, for URLs and events."""
    return b32encode(secrets.token_bytes(10)).translate(_TO_CROCKFORD).decode()


def letters(number: int) -> str:
    """Random characters of the alphabet, of which there are 32."""
    return "".join(ALPHABET[byte & 31] for byte in secrets.token_bytes(number))


def reference(*, prefix: str) -> str:
    """A new reference number such as `PRY-7K3M-92QF`; the last character checks the seven before it."""
    body = letters(7)
    body += luhn.calc_check_digit(body, alphabet=ALPHABET)
    return f"{prefix}-{body[:4]}-{body[4:]}"


def parse_reference(*, text: str) -> str | None:
    """The reference number that a person typed, in its written form; None when its check fails.

    Accepts small letters, missing or other separators, and letters that are easily misread (O for 0, I for 1).
    """
    plain = re.sub(r"[^0-9A-Za-z]", "", text).upper()
    prefix, body = plain[:-8], plain[-8:].translate(_MISREAD)
    if not (2 <= len(prefix) <= 5 and prefix.isalnum() and luhn.is_valid(body, alphabet=ALPHABET)):
        return None
    return f"{prefix}-{body[:4]}-{body[4:]}"


def parse_groups(*, text: str) -> str | None:
    """The two groups of a reference number that a person typed without its prefix; None when their check fails.

    As lenient as `parse_reference`.
    """
    body = re.sub(r"[^0-9A-Za-z]", "", text).upper().translate(_MISREAD)
    return f"{body[:4]}-{body[4:]}" if len(body) == 8 and luhn.is_valid(body, alphabet=ALPHABET) else None


def is_group(text: str) -> bool:
    """Whether it may be one of the two groups of a reference number."""
    return len(text) == 4 and set(text.upper()) <= set(ALPHABET)


def receipt_code(*, number: int | None = None) -> str:
    """16 digits in groups of four: the only key to an anonymous person's case. The last one checks the 15 before it.

    In: a random number, of which 15 digits are taken; without one they are made here.
    """
    body = f"{secrets.randbelow(10**15) if number is None else number % 10**15:015d}"
    return _in_fours(body + luhn.calc_check_digit(body))


def parse_receipt_code(*, text: str) -> str | None:
    """16 digits typed in any script of numerals and any grouping, grouped by four; None when their check fails."""
    digits = "".join(str(int(c)) for c in text if c.isdecimal())
    return _in_fours(digits) if len(digits) == 16 and luhn.is_valid(digits) else None


def _in_fours(digits: str) -> str:
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))

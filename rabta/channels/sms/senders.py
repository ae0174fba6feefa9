"""Who wrote an SMS: a person's number in international form, or a short code or name, kept as it is."""

from rabta.channels.contract import Sender
from rabta.channels.shapes import Misshapen, clean
from rabta.kit import phones

_SHORTEST = 7  # digits of a telephone number; what is shorter is a short code
INTERNATIONAL, ALPHANUMERIC = 1, 5


def sender(number: str, *, region: str, ton: int = 0) -> Sender:
    """The sender behind a number of this type. Misshapen when there is none. A name can't be answered."""
    number = clean(number).strip()[:64]
    digits = number.removeprefix("+")
    if not number:
        raise Misshapen("no sender")
    if ton != ALPHANUMERIC and digits.isascii() and digits.isdigit():
        if len(digits) < _SHORTEST:
            return Sender(scheme="sms", handle=digits, address=digits)
        if phone := _phone(number, digits, region, ton):
            return Sender(scheme="phone", handle=phone, address=phone)
        return Sender(scheme="sms", handle=digits, address=digits)
    return Sender(scheme="sms", handle=number)


def _phone(number: str, digits: str, region: str, ton: int) -> str | None:
    """With the country's code where the type or the plus says so or where it fits; else a number of this country."""
    if ton == INTERNATIONAL or number.startswith("+"):
        return phones.parse(f"+{digits}", region=region)
    if digits.startswith("0"):
        return phones.parse(digits, region=region)
    return (
        phones.parse(f"+{digits}", region=region) if len(digits) > 10 else phones.parse(digits, region=region)
    )

"""Telephone numbers, by the phonenumbers library."""

import phonenumbers


def parse(text: str, *, region: str) -> str | None:
    """A number in international form (`+923001234567`), or None when it cannot be one.

    `region` is the two-letter country of the force, for numbers written without a country code.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def shown(number: str) -> str:
    """An E.164 number with the spaces that people expect; anything else (a short code) as it is."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

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


def first_in(text: str, *, region: str) -> tuple[str, str] | None:
    """The first telephone number in a text, in international form, and the text without it; None without one."""
    matches = phonenumbers.PhoneNumberMatcher(text, region, leniency=phonenumbers.Leniency.POSSIBLE)
    for match in matches:
        number = parse(match.raw_string, region=region)
        if number:
            return number, text[: match.start] + " " + text[match.end :]
    return None

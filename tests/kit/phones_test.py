"""Telephone numbers as people write them."""

import pytest

from rabta.kit import phones


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("0300 1234567", "PK", "+923001234567"),
        ("+92 300 1234567", "IN", "+923001234567"),
        ("00923001234567", "PK", "+923001234567"),
        ("98765 43210", "IN", "+919876543210"),
        ("۰۳۰۰ ۱۲۳۴۵۶۷", "PK", "+923001234567"),
        ("15", "PK", None),
        ("call me", "PK", None),
        ("", "PK", None),
        ("+" * 300, "PK", None),
    ],
)
def test_a_number_is_read_or_refused(typed: str, region: str, number: str | None) -> None:
    assert phones.parse(typed, region=region) == number


def test_a_number_is_shown_with_spaces_and_a_short_code_as_it_is() -> None:
    assert phones.shown("+923001234567") == "+92 300 1234567"
    assert phones.shown("8787") == "8787"

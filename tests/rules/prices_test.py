"""Prices by the longest beginning of a number, exact to the last digit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.prices import Price, Prices, WrongPrice, from_json, read, to_json, written

KINDS = ("sms", "utility", "marketing")
TABLE = """
sms * 1.75
sms 92 0.1
sms +923 0.100001
utility 91 0.0014
utility * 0.01

marketing 91 0.0107
"""
PRICES = read(TABLE, currency="USD", kinds=KINDS)


@pytest.mark.parametrize(
    ("kind", "number", "units", "amount"),
    [
        ("sms", "+923001234567", 3, "0.300003"),
        ("sms", "+92911234567", 3, "0.3"),
        ("sms", "+14155550100", 1, "1.75"),
        ("sms", "8300", 2, "3.50"),
        ("utility", "+919812345678", 1, "0.0014"),
        ("utility", "+923001234567", 1, "0.01"),
        ("marketing", "+919812345678", 10, "0.1070"),
        ("marketing", "+923001234567", 1, None),
        ("service", "+923001234567", 1, None),
    ],
)
def test_the_longest_zone_counts_and_what_has_no_price_costs_nothing_known(
    kind: str, number: str, units: int, amount: str | None
) -> None:
    expected = None if amount is None else Decimal(amount)
    assert PRICES.amount(kind=kind, number=number, units=units) == expected
    zone = PRICES.zone_of(number)
    assert number.removeprefix("+").startswith(zone)
    assert PRICES.amount(kind=kind, number=zone, units=units) == expected, "the zone stands for the number"


@pytest.mark.parametrize(
    ("text", "currency", "line"),
    [
        ("sms 92", "USD", 1),
        ("sms * 1\nsms * 2", "USD", 2),
        ("sms * 1\n\nletter * 2", "USD", 3),
        ("sms 92 1,5", "USD", 1),
        ("sms 92 -1", "USD", 1),
        ("sms 92 0.1234567", "USD", 1),
        ("sms 123456789 1", "USD", 1),
        ("sms * 1", "usd", 0),
        ("sms * 1", "", 0),
    ],
)
def test_a_wrong_line_is_named(text: str, currency: str, line: int) -> None:
    with pytest.raises(WrongPrice) as wrong:
        read(text, currency=currency, kinds=KINDS)
    assert wrong.value.line == line


def test_nothing_entered_is_no_table() -> None:
    assert read(" \n", currency="", kinds=KINDS) == Prices() == from_json({})
    assert PRICES.currency == "USD" and to_json(Prices()) == {}


ROWS = st.builds(
    Price,
    st.sampled_from(KINDS),
    st.from_regex(r"[0-9]{0,8}", fullmatch=True),
    st.decimals(min_value=0, max_value=999_999, places=6),
)


@given(st.lists(ROWS, min_size=1, unique_by=lambda row: (row.kind, row.zone)))
def test_what_is_kept_and_shown_is_what_was_entered(rows: list[Price]) -> None:
    prices = Prices(currency="PKR", rows=tuple(rows))
    assert from_json(to_json(prices)) == prices
    assert read(written(prices), currency="PKR", kinds=KINDS) == prices

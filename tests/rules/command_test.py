"""Whom a commander's public post orders, as a table that an officer could check."""

from rabta.rules.command import command
from tests.rules.table import Row, each

ABOVE = {"peshawar": "hq", "mardan": "hq", "city": "peshawar", "kotwali": "city", "gulbahar": "city"}
ABOVE |= {"rural": "mardan", "rustam": "rural"}
NUMBER = {name: n for n, name in enumerate(["hq", *ABOVE], start=1)}


def path(name: str) -> tuple[int, ...]:
    return (*(path(ABOVE[name]) if name in ABOVE else ()), NUMBER[name])


def units(words: str) -> set[int]:
    return {NUMBER[word] for word in words.split()}


@each("command_cases", by="about")
def test_a_post_orders(row: Row) -> None:
    named = [units(one) for one in row["named"].split(";") if one]
    decided = command(
        commanded=units(row["commanded"]),
        above=units(row["above"]),
        named=named,
        lead=NUMBER[row["lead"]] if row["lead"] else None,
        paths={number: path(name) for name, number in NUMBER.items()},
    )
    if decided.unit is None:
        assert decided.why_not is not None and decided.why_not.value == row["orders"]
    else:
        assert decided.unit == NUMBER[row["orders"]] and decided.why_not is None

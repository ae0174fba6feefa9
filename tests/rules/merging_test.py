"""Which two cases become one, and what becomes of orders: by two tables, and by what must hold for all."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.merging import Standing, WhyNot, carry, is_closer, why_not
from tests.rules.table import Row, each

WITHHELD = ("restricted", "tip", "accusation")


def standing(words: str, *, id: int) -> Standing:
    """A case from the words of a table: `closed`, `ordered`, a reason to withhold, `accused=5`, `named=7`."""
    said = words.split()
    numbers = {key: frozenset({int(n)}) for key, _, n in (word.partition("=") for word in said) if n}
    named = numbers.get("named", frozenset({9}) if "confidential" in said else frozenset())
    return Standing(
        id=id,
        open="closed" not in said,
        part="part" in said,
        withheld=next((word for word in said if word in WITHHELD), ""),
        named=named,
        accused=numbers.get("accused", frozenset()),
        ordered="ordered" in said,
    )


@each("merging_cases", by="about")
def test_cases_become_one_as_the_table_says(row: Row) -> None:
    found = why_not(kept=standing(row["kept"], id=1), absorbed=standing(row["absorbed"], id=2))
    assert (found or "") == row["verdict"]


@each("merging_orders", by="about")
def test_orders_go_on_as_the_table_says(row: Row) -> None:
    found = carry(
        part=row["part"],
        state=row["state"],
        post_has_one=row["post_has_one"] == "yes",
        kept_is_led=row["kept_is_led"] == "yes",
    )
    assert found == row["becomes"]


STANDINGS = st.builds(
    Standing,
    id=st.sampled_from((1, 2)),
    open=st.booleans(),
    part=st.booleans(),
    withheld=st.sampled_from(("", *WITHHELD)),
    named=st.sampled_from((frozenset(), frozenset({7}), frozenset({8}))),
    accused=st.sampled_from((frozenset(), frozenset({5}))),
    ordered=st.booleans(),
)


@given(STANDINGS, STANDINGS)
def test_what_is_kept_close_never_comes_into_sight(kept: Standing, absorbed: Standing) -> None:
    if why_not(kept=kept, absorbed=absorbed) is None:
        assert kept.closeness >= absorbed.closeness
        assert not (kept.closeness > absorbed.closeness and absorbed.ordered)
        assert kept.id != absorbed.id and kept.open and absorbed.open and not kept.part


@given(STANDINGS)
def test_a_case_is_never_merged_into_itself(case: Standing) -> None:
    assert why_not(kept=case, absorbed=case) is WhyNot.SAME


def test_fewer_read_what_is_closer() -> None:
    order = ["", "restricted", "tip", "accusation"]
    for one, other in product(order, repeat=2):
        assert is_closer(other, than=one) == (order.index(other) > order.index(one))

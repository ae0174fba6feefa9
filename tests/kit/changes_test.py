"""What one process tells another arrives whole, in pieces that PostgreSQL can carry."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rabta.kit.changes import Change, pack, unpack

ids = st.frozensets(st.integers(1, 10**6), max_size=4)
changes = st.lists(
    st.builds(Change, case=st.text("0123456789abcdef", min_size=16, max_size=16), units=ids, posts=ids),
    max_size=25,
)


@settings(max_examples=40)
@given(changes, st.integers(300, 2000))
def test_what_is_packed_is_unpacked(many: list[Change], largest: int) -> None:
    texts = pack(many, largest=largest)
    assert [change for text in texts for change in unpack(text)] == many
    assert all(len(text.encode()) <= largest for text in texts)


def test_nothing_is_no_text() -> None:
    assert pack([]) == []


def test_of_a_case_that_is_hidden_from_too_many_to_name_nobody_hears() -> None:
    crowd = Change(case="b" * 16, units=frozenset({1}), hidden=frozenset(range(-9000, -7000)))
    other = Change(case="a" * 16, units=frozenset({1}))
    texts = pack([other, crowd])
    assert all(len(text) <= 7900 for text in texts)
    assert [change for text in texts for change in unpack(text)] == [
        other,
        Change(case="b" * 16, units=frozenset()),
    ]

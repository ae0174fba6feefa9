"""Which order a photo belongs to that an officer sends from his telephone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.photos import Chosen, is_proof, key_of, of_key, order_of


@pytest.mark.parametrize(
    ("kinds", "quoted", "forwarded", "proof"),
    [
        (["image"], False, False, True),
        (["video"], False, False, True),
        (["audio"], False, False, False),  # he may be telling the desk something
        (["document"], False, False, False),
        (["audio"], True, False, True),
        (["document"], True, False, True),
        (["image"], False, True, False),  # somebody else's
        (["image"], True, True, False),
        ([], True, False, False),
    ],
)
def test_what_is_proof(kinds: list[str], quoted: bool, forwarded: bool, proof: bool) -> None:
    assert is_proof(kinds=kinds, quoted=quoted, forwarded=forwarded) is proof


@pytest.mark.parametrize(
    ("accepted", "issued", "expected"),
    [
        (["a"], [], ("a", [])),
        (["a"], ["b"], ("a", [])),
        (["a", "b"], ["c"], ("", ["a", "b", "c"])),
        ([], ["b"], ("", ["b"])),
        ([], [], ("", [])),
    ],
)
def test_the_one_accepted_order_is_meant(
    accepted: list[str], issued: list[str], expected: tuple[str, list[str]]
) -> None:
    assert order_of(accepted=accepted, issued=issued) == expected


@given(
    st.builds(
        Chosen,
        order=st.from_regex(r"[0-9a-z]{16}", fullmatch=True) | st.just("none"),
        journal_id=st.integers(0, 2**62),
        position=st.integers(0, 999),
    )
)
def test_a_button_says_what_it_was_made_of(chosen: Chosen) -> None:
    assert of_key(key_of(chosen)) == chosen


@pytest.mark.parametrize(
    "key", ["", "photo", "photo::1:2", "photo:a:b:c", "photo:a:1", "order:a:1:2", "photo:a:²:1"]
)
def test_other_keys_are_none(key: str) -> None:
    assert of_key(key) is None

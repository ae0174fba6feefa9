"""What an officer answers when he is asked who wrote what he forwarded (tables/contact_cases.csv)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.forwarded import contact_in, key_of, of_key
from tests.rules.table import Row, each


@pytest.fixture(scope="module")
def unknown() -> frozenset[str]:
    from rabta.tasking import contacts

    return contacts._unknown()


@each("contact_cases", by="situation")
def test_what_the_answer_gives(row: Row, unknown: frozenset[str]) -> None:
    found = contact_in(
        row["text"], card=row["card"] == "yes", quoted=row["quoted"] == "yes", region="PK", unknown=unknown
    )
    assert (found is not None) == (row["answer"] == "yes")
    if found:
        assert (found.number, found.name) == (row["number"], row["name"])


def test_keys_come_back() -> None:
    assert of_key(key_of("7k3m92qf7k3m92qf", "unknown")) == ("7k3m92qf7k3m92qf", "unknown")
    assert of_key(key_of("7k3m92qf7k3m92qf")) == ("7k3m92qf7k3m92qf", "")
    assert of_key("contact:7k3m92qf:other") is None


@given(st.text(max_size=60))
def test_other_keys_are_none(key: str) -> None:
    found = of_key(key)
    assert found is None or key_of(*found) == key

"""Numbers that people read out and type in: a slip is found, never taken for another case."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.kit import ids

letters = st.sampled_from(ids.ALPHABET)
prefixes = st.text(st.sampled_from("ABCDEFGHJKMNPQRSTVWXYZ"), min_size=2, max_size=5)
made = st.randoms(use_true_random=False).map(lambda random: "".join(random.choices(ids.ALPHABET, k=7)))


def reference(prefix: str, body: str) -> str:
    """The reference number with this body: the one of 32 check characters that is taken."""
    whole = (ids.parse_reference(text=f"{prefix}{body}{check}") for check in ids.ALPHABET)
    (found,) = [each for each in whole if each]
    return found


@given(prefixes, made, st.integers(0, 7), letters)
def test_every_single_wrong_character_is_found(prefix: str, body: str, at: int, wrong: str) -> None:
    good = reference(prefix, body).replace("-", "")[-8:]
    bad = good[:at] + wrong + good[at + 1 :]
    assert (ids.parse_reference(text=prefix + bad) is not None) == (bad == good)


@given(prefixes, made, st.integers(0, 6))
def test_two_neighbours_in_the_wrong_order_are_found(prefix: str, body: str, at: int) -> None:
    good = reference(prefix, body).replace("-", "")[-8:]
    bad = good[:at] + good[at + 1] + good[at] + good[at + 2 :]
    first_and_last = {good[at], good[at + 1]} == {ids.ALPHABET[0], ids.ALPHABET[-1]}
    if not first_and_last:  # the one pair of 496 that a check by Luhn's formula cannot tell apart
        assert (ids.parse_reference(text=prefix + bad) is not None) == (bad == good)


def test_new_references_are_valid_and_differ() -> None:
    many = {ids.reference(prefix="PRY") for _ in range(500)}
    assert len(many) == 500
    assert all(re.fullmatch(r"PRY-[0-9A-Z]{4}-[0-9A-Z]{4}", each) for each in many)
    assert {ids.parse_reference(text=each) for each in many} == many


@given(prefixes, made, st.sampled_from(["{}", " {} ", "«{}»", "‏{}‏", "no. {}"[4:]]))
def test_case_and_separators_do_not_matter(prefix: str, body: str, around: str) -> None:
    good = reference(prefix, body)
    for typed in (good.lower(), good.replace("-", ""), good.replace("-", " "), good.replace("-", "—")):
        assert ids.parse_reference(text=around.format(typed)) == good


@given(prefixes, made)
def test_letters_that_are_misread_are_taken_as_meant(prefix: str, body: str) -> None:
    good = reference(prefix, body)
    head, tail = good[: len(prefix) + 1], good[len(prefix) + 1 :]
    for meant, read in (("0", "O"), ("1", "I"), ("1", "L"), ("0", "o"), ("1", "l"), ("V", "U")):
        assert ids.parse_reference(text=head + tail.replace(meant, read)) == good


@pytest.mark.parametrize(
    "text", ["", "PRY", "7K3M-92QF", "P-7K3M-92QF", "ABCDEF-7K3M-92QF", "theft", "حوالہ", "PRY-7K3M-92Q"]
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    assert ids.parse_reference(text=text) is None


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = ids.parse_reference(text=text)
    assert found is None or ids.parse_reference(text=found) == found
    code = ids.parse_receipt_code(text=text)
    assert code is None or ids.parse_receipt_code(text=code) == code


@pytest.mark.parametrize(
    "typed",
    [
        "1234567890123452",
        "1234 5678 9012 3452",
        "1234-5678-9012-3452",
        "۱۲۳۴ ۵۶۷۸ ۹۰۱۲ ۳۴۵۲",
        "१२३४५६७८९०१२३४५२",
    ],
)
def test_a_receipt_code_is_read_in_any_script_and_grouping(typed: str) -> None:
    assert ids.parse_receipt_code(text=typed) == "1234 5678 9012 3452"


@pytest.mark.parametrize("typed", ["", "1234", "1234 5678 9012 345", "1234 5678 9012 3452 7"])
def test_a_receipt_code_has_sixteen_digits(typed: str) -> None:
    assert ids.parse_receipt_code(text=typed) is None


@given(st.integers(0, 10**15 - 1), st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_in_a_receipt_code_is_noticed(number: int, at: int, by: int) -> None:
    code = ids.receipt_code(number=number).replace(" ", "")
    wrong = code[:at] + str((int(code[at]) + by) % 10) + code[at + 1 :]
    assert ids.parse_receipt_code(text=code) and ids.parse_receipt_code(text=wrong) is None


def test_public_ids_and_receipt_codes_are_random() -> None:
    assert len({ids.public_id() for _ in range(500)}) == 500
    assert len({ids.receipt_code() for _ in range(500)}) == 500
    assert re.fullmatch(r"[0-9a-hjkmnp-tv-z]{16}", ids.public_id())
    assert ids.parse_receipt_code(text=ids.receipt_code()) is not None

"""Texts that mean the same to a reader are the same to a comparison."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.kit import scripts

written = st.text(
    st.one_of(
        st.characters(min_codepoint=0x0600, max_codepoint=0x06FF),
        st.characters(min_codepoint=0x0900, max_codepoint=0x097F),
        st.characters(min_codepoint=0xFB50, max_codepoint=0xFEFC),
        st.sampled_from("aZ09 \u200c\u200d\u200e\u202e\u093c\u0301İß"),
        st.characters(codec="utf-8"),
    ),
    max_size=40,
)


@given(written)
def test_what_is_normal_stays_as_it_is(text: str) -> None:
    once = scripts.normalise(text)
    assert scripts.normalise(once) == once


@given(written)
def test_words_of_a_normal_text_are_the_words_of_the_text(text: str) -> None:
    assert scripts.words(scripts.normalise(text)) == scripts.words(text)


@given(written)
def test_a_word_holds_no_blank(text: str) -> None:
    assert all(word and not any(c.isspace() for c in word) for word in scripts.words(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("علي", "علی"),  # Arabic and Urdu yeh
        ("كوہاٹ", "کوہاٹ"),  # Arabic and Urdu kaf
        ("پشــاور", "پشاور"),  # tatweel
        ("مُحَمَّد", "محمد"),  # vowel marks
        ("ټوپۍ", "ٹوپی"),  # Pashto and Urdu letters of one sound
        ("तख़्त", "तख्त"),  # with and without nuqta
        ("ज़िला", "जिला"),
        ("ﻣﺮﺩﺍﻥ", "مردان"),  # presentation forms
        ("PeShAwAr", "peshawar"),
        ("مي‌روم", "میروم"),  # zero-width non-joiner
        ("گلی ۳", "گلی 3"),
        ("गली ३", "गली 3"),
        ("ＦＩＲ", "fir"),
    ],
)
def test_spellings_that_read_the_same_compare_the_same(one: str, other: str) -> None:
    assert scripts.normalise(one) == scripts.normalise(other)
    assert scripts.words(one) == scripts.words(other)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Chor, chor!", ["chor", "chor"]),
        ("چوری۔ مدد؟", ["چوری", "مدد"]),
        ("चोरी हुई।", ["चोरी", "हुई"]),
        ("it's 3-4 days", ["it", "s", "3", "4", "days"]),
        ("🌹🌹", []),
        ("_", []),
    ],
)
def test_punctuation_is_no_part_of_a_word(text: str, words: list[str]) -> None:
    assert scripts.words(text) == [scripts.normalise(word) for word in words]


@pytest.mark.parametrize(
    ("text", "script", "direction"),
    [
        ("Peshawar", "latin", "ltr"),
        ("پشاور", "arabic", "rtl"),
        ("पेशावर", "devanagari", "ltr"),
        ("123 پشاور", "arabic", "rtl"),
        ("FIR درج کریں", "arabic", "ltr"),
        ("123 !?", "none", "ltr"),
        ("", "none", "ltr"),
        ("🌹", "none", "ltr"),
    ],
)
def test_script_and_direction(text: str, script: str, direction: str) -> None:
    assert (scripts.script_of(text), scripts.direction(text)) == (script, direction)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("thaanay", "thane"),
        ("poolees", "pulis"),
        ("chowki", "choki"),
        ("zabardasti", "jabardasti"),
        ("vardi walon", "wardi walo"),
        ("اووهل", "ووهل"),
        ("کښې", "کې"),
        ("لیکلے", "لیکلی"),
        ("पुलीस", "पुलिस"),
        ("गये", "गए"),
        ("माँगा", "मांगा"),
    ],
)
def test_what_sounds_the_same_is_heard_as_one(one: str, other: str) -> None:
    assert scripts.spoken(one) == scripts.spoken(other)


@pytest.mark.parametrize(
    ("one", "other"), [("sho", "show"), ("phir", "fir"), ("gari", "gali"), ("mara", "mera")]
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert scripts.spoken(one) != scripts.spoken(other)


@given(written)
def test_each_word_is_heard_as_one_word(text: str) -> None:
    heard = scripts.spoken(text)
    assert len(heard) == len(scripts.words(text))
    assert scripts.words(" ".join(heard)) == heard


@pytest.mark.parametrize(
    ("one", "other"),
    [("मर्दान बाज़ार", "मरदान बाजार"), ("बन्दा", "बंदा"), ("चारसद्दा", "चारसददा"), ("गली", "गलि"), ("शम्भू", "शंभु")],
)
def test_spellings_of_a_hindi_name_are_one(one: str, other: str) -> None:
    assert scripts.named(one) == scripts.named(other)


@pytest.mark.parametrize("text", ["Qissa Khwani", "قصہ خوانی", "मदन"])
def test_a_name_of_one_spelling_stays(text: str) -> None:
    assert scripts.named(text) == scripts.words(text)

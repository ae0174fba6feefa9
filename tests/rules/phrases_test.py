"""The matcher that words, greetings and place names share."""

from hypothesis import given
from hypothesis import strategies as st

from rabta.kit import scripts
from rabta.rules.phrases import PhraseTable

words = st.lists(st.sampled_from(["nawan", "killi", "city", "road", "ring", "mardan", "rin"]), max_size=9)
phrases = st.lists(
    st.tuples(
        st.lists(
            st.sampled_from(["nawan", "killi", "city", "road", "ring", "mardan"]), min_size=1, max_size=3
        ).map(" ".join),
        st.integers(0, 3),
        st.booleans(),
    ).map(lambda p: (p[0] + ("*" if p[2] else ""), p[1])),
    max_size=8,
)


@given(phrases, words)
def test_the_longest_finds_overlap_wholly_or_not_at_all(rows: list[tuple[str, int]], text: list[str]) -> None:
    found = PhraseTable.of(rows).find_longest(text)
    for one in found:
        for other in found:
            same = (one.start, one.end) == (other.start, other.end)
            assert same or one.end <= other.start or other.end <= one.start


@given(phrases, words)
def test_what_is_found_is_said(rows: list[tuple[str, int]], text: list[str]) -> None:
    for one in PhraseTable.of(rows).find(text):
        assert list(one.words) == text[one.start : one.end]
        assert any(_says(phrase, one.words) for phrase, value in rows if value == one.value)


@given(phrases, words)
def test_what_is_said_is_found(rows: list[tuple[str, int]], text: list[str]) -> None:
    found = {(one.value, one.start, one.end) for one in PhraseTable.of(rows).find(text)}
    for phrase, value in rows:
        length = len(phrase.split())
        for start in range(len(text) - length + 1):
            if _says(phrase, tuple(text[start : start + length])):
                assert (value, start, start + length) in found


@given(phrases, words)
def test_a_find_is_left_out_of_the_longest_only_for_one_as_long(
    rows: list[tuple[str, int]], text: list[str]
) -> None:
    table = PhraseTable.of(rows)
    kept = table.find_longest(text)
    for one in table.find(text):
        rivals = [k for k in kept if k.start < one.end and one.start < k.end]
        assert any(k.end - k.start >= one.end - one.start for k in rivals)


def _says(phrase: str, said: tuple[str, ...]) -> bool:
    """The rule once more, plainly: word for word, the last one open when it ends in a star."""
    wanted = phrase.rstrip("*").split()
    if len(wanted) != len(said) or wanted[:-1] != list(said[:-1]):
        return False
    return said[-1].startswith(wanted[-1]) if phrase.endswith("*") else said[-1] == wanted[-1]


def test_a_longer_name_hides_the_shorter_one_inside_it() -> None:
    table = PhraseTable.of([("Manki", "manki"), ("Manki Sharif", "manki sharif")])
    assert [f.value for f in table.find_longest(scripts.words("in Manki Sharif and Manki"))] == [
        "manki sharif",
        "manki",
    ]


def test_an_empty_phrase_finds_nothing() -> None:
    assert list(PhraseTable.of([("", 1), ("!!", 2), ("*", 3)]).find(["a"])) == []

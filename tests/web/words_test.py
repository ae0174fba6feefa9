"""Words that are put together in the reader's language: months, commas of lists, ranks."""

from datetime import date

import pytest
from django.template import Context, Template
from django.utils import translation
from django.utils.formats import date_format

from rabta.force import ranks
from rabta.force.names import listed

MONTHS = {
    "hi": "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "ur": "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر",
}


@pytest.mark.parametrize("language", ["hi", "ur"])
def test_months_are_spelt_as_they_are_written(language: str) -> None:
    with translation.override(language):
        told = [date_format(date(2026, month, 1), "F") for month in range(1, 13)]
        short = date_format(date(2026, 12, 1), "M")
    assert told == MONTHS[language].split()
    assert short == {"hi": "दिस॰", "ur": "دسمبر"}[language]


@pytest.mark.parametrize(("language", "said"), [("en", "A, B"), ("hi", "A, B"), ("ur", "A، B")])
def test_lists_have_the_comma_of_the_language(language: str, said: str) -> None:
    with translation.override(language):
        assert listed(["A", "B"]) == said
        assert Template("{{ found|listed }}").render(Context({"found": ["A", "B"]})) == said


@pytest.mark.parametrize(
    ("rank", "language", "said"),
    [
        ("Sub-Inspector", "ur", "سب انسپکٹر"),
        ("sub inspector", "hi", "उप-निरीक्षक"),
        ("Sub-Inspector", "en", "Sub-Inspector"),
        ("Naib Tehsildar", "ur", "Naib Tehsildar"),
        ("", "ur", ""),
    ],
)
def test_ranks_are_told_in_the_reader_s_language(rank: str, language: str, said: str) -> None:
    with translation.override(language):
        assert ranks.localised(rank) == said
        assert Template("{{ one|rank }}").render(Context({"one": rank})) == said

"""Spellings of one name have one key, different names have different ones."""

import csv
from pathlib import Path

import pytest

from rabta.kit.names import joined_keys, name_keys

TABLE = Path(__file__).parents[1] / "rules" / "tables" / "names.csv"


@pytest.mark.parametrize(
    "spellings",
    [
        "Muhammad Mohammed Mohammad Mohamad محمد मोहम्मद मुहम्मद",
        "Khan خان खान ख़ान",
        "Ahmad Ahmed احمد अहमद",
        "Imran عمران इमरान Emran",
        "Javed Jawed Javaid جاوید जावेद",
        "Gul گل गुल",
        "Yousaf Yusuf Yousuf یوسف यूसुफ़",
        "Zarar Zarrar ضرار ज़रार",
        "Sharma शर्मा شرما",
        "Waqar Vaqar وقار वक़ार",
        "Ali علی अली",
        "Fatima Fathima فاطمہ फ़ातिमा",
    ],
)
def test_spellings_of_one_name_have_one_key(spellings):
    found = {name: name_keys(name) for name in spellings.split()}
    assert len({tuple(keys) for keys in found.values()}) == 1, found
    assert all(len(keys) == 1 for keys in found.values())


def test_different_names_have_different_keys():
    names = [
        "Khan", "Gul", "Ahmad", "Imran", "Javed", "Yousaf", "Waqar", "Ali", "Fatima", "Sharma", "Rahim", "Bilal",
    ]  # fmt: skip
    assert len({name_keys(name)[0] for name in names}) == len(names)


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("a", 0), ("123", 0), ("Gul Khan", 2), ("Khan khan", 1), ("😀", 0)]
)
def test_words_without_sounds_have_none(text, count):
    assert len(name_keys(text)) == count


def test_names_of_the_country_are_one_in_any_spelling_and_script():
    """Each pair of the table: the same words, or one of the two written in one."""
    with TABLE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            one, other = row["one"], row["other"]
            together = (joined_keys(one) == name_keys(other)) or (joined_keys(other) == name_keys(one))
            assert set(name_keys(one)) == set(name_keys(other)) or together, row

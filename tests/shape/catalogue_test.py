"""The catalogues of Hindi and Urdu say everything that the English texts say."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parents[2] / "rabta" / "locale"


@pytest.mark.parametrize("language", ["hi", "ur"])
def test_every_text_is_translated(language: str) -> None:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    texts = [message for message in catalogue if message.id]
    assert len(texts) > 1000
    assert [message.id for message in texts if message.fuzzy] == []
    strings = {
        str(message.id): message.string if isinstance(message.string, tuple) else (message.string,)
        for message in texts
    }
    assert [text for text, said in strings.items() if not all(said)] == []
    assert not catalogue.obsolete

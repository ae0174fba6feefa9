"""In which form a letter leaves: as text, as an officer's text that came late, as a template, or not at all."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from rabta.channels.contract import Limits
from rabta.outbox.claim import _form

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
STRICT = Limits(text_length=4096, free_text_window=DAY)
LONGER = Limits(text_length=1000, free_text_window=DAY, personal_window=7 * DAY)


@pytest.mark.parametrize(
    ("limits", "hours", "facts", "form"),
    [
        (STRICT, 1, {}, "text"),
        (STRICT, 25, {}, "none"),
        (STRICT, 25, {"personal": True}, "none"),
        (STRICT, 25, {"has_template": True}, "template"),
        (LONGER, 1, {"personal": True}, "text"),
        (LONGER, 25, {"personal": True}, "late"),
        (LONGER, 25, {}, "none"),
        (LONGER, 24 * 8, {"personal": True}, "none"),
        (LONGER, 25, {"personal": True, "told_closed": True}, "none"),
        (LONGER, 24 * 8, {"public": True}, "text"),
        (LONGER, 24 * 8, {"marks": True}, "text"),
    ],
)
def test_form_of_a_letter(limits: Limits, hours: int, facts: dict[str, Any], form: str) -> None:
    usual = {"public": False, "marks": False, "personal": False, "has_template": False, "told_closed": False}
    row = SimpleNamespace(**usual | {"has_text": True, "last_in_at": NOW - timedelta(hours=hours)} | facts)
    assert _form(row, limits, NOW) == form

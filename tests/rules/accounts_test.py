"""Whether an account works: each finding by itself, and who is called."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rabta.rules.accounts import CUT_OFF, LATE, Facts, Finding, alarm, findings

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
WELL = Facts(
    paused=False,
    last_in=NOW - HOUR,
    last_sent=NOW - HOUR,
    last_trouble=NOW - 2 * HOUR,
    trouble="busy",
    oldest_due=None,
    stuck=0,
    quiet_after=timedelta(hours=24),
)
NEVER = replace(WELL, last_in=None, last_sent=None, last_trouble=None, trouble="")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"paused": True}, [Finding.PAUSED]),
        ({"stuck": 3}, [Finding.LEFT]),
        ({"last_in": NOW - 25 * HOUR}, [Finding.SILENT]),
        ({"last_in": NOW - 25 * HOUR, "quiet_after": None}, []),
        ({"last_in": None}, []),
        ({"last_trouble": NOW - SECOND}, [Finding.FAILING]),
        ({"last_trouble": NOW - SECOND, "trouble": "credentials"}, [Finding.REFUSED]),
        ({"last_trouble": NOW - SECOND, "last_sent": NOW}, []),
        ({"last_sent": None}, [Finding.FAILING]),
        ({"hearing": "credentials"}, [Finding.REFUSED]),
        ({"hearing": "unreachable"}, [Finding.FAILING]),
        ({"keeps": True, "heard_at": NOW - CUT_OFF}, []),
        ({"keeps": True, "heard_at": NOW - CUT_OFF - SECOND}, [Finding.CUT_OFF]),
        ({"keeps": True, "heard_at": None}, [Finding.CUT_OFF]),
        ({"oldest_due": NOW - LATE}, []),
        ({"oldest_due": NOW - LATE - SECOND}, [Finding.NOT_SENDING]),
        ({"oldest_due": NOW + HOUR}, []),
        ({"oldest_due": NOW - HOUR, "paused": True}, [Finding.PAUSED]),
    ],
)
def test_what_is_wrong(changes: dict[str, object], found: list[Finding]) -> None:
    assert findings(replace(WELL, **changes), now=NOW) == found  # type: ignore[arg-type]


def test_a_new_account_is_well() -> None:
    assert findings(NEVER, now=NOW) == []


@given(st.permutations(list(Finding)))
def test_people_are_called_for_what_can_not_wait_and_for_nothing_else(found: list[Finding]) -> None:
    calls = {Finding.REFUSED, Finding.CUT_OFF, Finding.NOT_SENDING, Finding.SILENT}
    assert alarm(found) == next(finding for finding in found if finding in calls)
    assert alarm([finding for finding in found if finding not in calls]) is None

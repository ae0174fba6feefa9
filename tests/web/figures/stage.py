"""What tests of figures have in common: a month of cases, a page as text, and sums that are wrong."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from rabta.cases.models import Case
from rabta.figures import counting
from rabta.force import directory
from rabta.force.models import Officer
from rabta.web.accounts import step_up
from tests import cast as players
from tests.cast import DAY, HOUR, NOW
from tests.web import small_force
from tests.web.officer.stage import Browser


def month_is_over(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The cast, forty days later, each of them signed in and asked for nothing more."""
    monkeypatch.setattr(timezone, "now", lambda: NOW + 40 * DAY)
    monkeypatch.setattr("rabta.web.accounts.gate.Gate.process_view", lambda *_: None)
    monkeypatch.setattr(step_up, "is_fresh", lambda _request: True)
    return players.make()


def miscounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on classes do not add up to all."""
    true = counting.sums

    def wrong(*args: Any, **more: Any) -> Any:
        found = true(*args, **more)
        for unit in found.values():
            if "class" in unit:
                unit["class"]["whatsapp|pending"] += 1
        return found

    monkeypatch.setattr(counting, "sums", wrong)


def cases(cast: SimpleNamespace, number: int, unit: Any = None, **facts: Any) -> list[Case]:
    path = (unit or cast.hq).path
    seen_by = [one for one in directory.Directory(on=NOW.date()).all_units.values() if one.pk in path]
    usual = {
        "desk": cast.hq,
        "account": cast.number,
        "lead_unit": unit,
        "seen_by": seen_by,
        "category": "theft",
    }
    return [small_force.case(**usual | facts) for _ in range(number)]


def world(cast: SimpleNamespace) -> None:
    ended = {"state": "closed", "closed_at": NOW + 30 * HOUR, "replied_at": NOW + HOUR}
    cases(cast, 4, cast.kotwali, outcome="found_false", under_investigation=True, **ended)
    cases(cast, 3, cast.gulbahar, outcome="action_taken", satisfaction=4, feedback_at=NOW, **ended)
    cases(cast, 2, cast.rustam, kind="query", category="", assigned_to=cast.operator)
    cases(cast, 1, opened_at=NOW - 40 * DAY)
    hidden = {"kind": "complaint_against_police", "accused_unit": cast.kotwali, "withheld": "accusation"}
    cases(cast, 2, seen_by=[cast.hq], hidden_from=[cast.kotwali.pk], **hidden)
    named = [cast.igp.pk, cast.desk_head.pk]
    cases(cast, 5, named_officers=named, visible_to=[-pk for pk in named])


def body(who: Officer, path: str, status: int = 200) -> str:
    directory.forget()
    answer = Browser(who).get(path)
    assert answer.status_code == status
    return str(answer.body.decode())

"""Two who decide on one case: every form says on what it was made, and the second is told who was first."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Order
from rabta.force.models import Officer
from rabta.journey.protecting import sources
from rabta.journey.versions import decided_meanwhile, version_of, versions_of
from rabta.rules.meanwhile import DECIDES, FREE, MARKED, NARROW, stale_by
from tests.cast import NOW, acting
from tests.steps.stage import theft

TEMPLATES = Path(__file__).parents[2] / "rabta" / "web" / "templates"
# Where a case is decided on. What is said carries the last message instead, and what is split off is one message.
FORM = re.compile(r"<form[^>]*method=\"post\"(?:[^>{]|\{[{%].*?[}%]\})*>.*?</form>", re.DOTALL)
DECIDING = re.compile(
    r"'(?:desk_act|supervisor_decide|supervisor_order|supervisor_order_act|supervisor_orders|limits_act|review_decide"
    r"|closing_decide|appeal_decide)' "
)
SAYING = re.compile(r"'(?:say|unsend|template|reply-all|papers-again)' %}")


def test_every_form_that_decides_on_a_case_says_on_what() -> None:
    forms = [
        (path.name, form)
        for path in TEMPLATES.rglob("*.html")
        for form in FORM.findall(path.read_text())
        if DECIDING.search(form) and not SAYING.search(form)
    ]
    assert len(forms) > 30
    assert [(name, form[:120]) for name, form in forms if 'name="seen"' not in form] == []


def test_marks_are_of_all_that_makes_something_stale() -> None:
    assert DECIDES < MARKED and set().union(*NARROW.values()) < MARKED
    assert not set(NARROW) & FREE and all(stale_by(act) <= MARKED for act in NARROW)


@pytest.mark.parametrize(
    ("first", "act", "refused"),
    [
        ("categorise", "categorise", True),
        ("categorise", "pause", False),
        ("assign", "place", False),
        ("protect", "seal", True),
        ("protect", "order", False),
        ("note", "close", False),
    ],
)
def test_who_comes_second_is_refused_by_what_was_decided_on_the_same(
    cast: SimpleNamespace, first: str, act: str, refused: bool
) -> None:
    case = theft(cast)
    other = Officer.objects.create(username="second", name="Second", phone="")
    with acting(cast.operator) as by:
        seen = version_of(case)
        assert versions_of([case]) == {case.pk: seen}
        if first == "categorise":
            journey.categorise(case=case, category="traffic", by=by, now=NOW)
        elif first == "assign":
            journey.assign(case=case, officer=cast.operator, by=by, now=NOW)
        elif first == "protect":
            sources.protect(case=case, by=by, now=NOW)
        else:
            journey.note(case=case, text="Seen.", by=by, now=NOW)
        assert decided_meanwhile(case=case, seen=seen, act=act, by=by) is None, "his own act makes none stale"
        later = SimpleNamespace(officer=other)
        assert bool(decided_meanwhile(case=case, seen=seen, act=act, by=later)) == refused
    assert Order.objects.filter(case=case).exists()

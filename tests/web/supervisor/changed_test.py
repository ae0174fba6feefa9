"""The review since the last one: all that changed and nothing else; what was passed up stands once for each case."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.utils import timezone

from rabta import journey
from rabta.cases.models import Case, Order
from rabta.force import directory
from rabta.review.models import Escalation, Review
from tests import cast as players
from tests.cast import HOUR, NOW, acting, post_named
from tests.web.figures.stage import cases
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    monkeypatch.setattr(timezone, "now", lambda: NOW + 3 * HOUR)
    monkeypatch.setattr("rabta.web.accounts.gate.Gate.process_view", lambda *_: None)
    yield players.make()
    directory.forget()


def ordered(cast: SimpleNamespace, number: int) -> list[Order]:
    made = cases(cast, number)
    with acting(cast.operator) as by:
        for case in made:
            journey.order(
                case=case, post=post_named(cast.sho), part="lead", instruction="Go there", by=by, now=NOW
            )
    return list(Order.objects.filter(part="lead").order_by("pk"))


def page(cast: SimpleNamespace, path: str) -> str:
    directory.forget()
    answer = Browser(cast.sp).get(path)
    assert answer.status_code == 200
    return str(answer.body.decode())


def test_what_changed_is_found_on_every_page_of_the_review(cast: SimpleNamespace) -> None:
    orders = ordered(cast, 28)  # more than a page; the newest stands on the second
    Review.objects.create(officer=cast.sp, began_at=NOW, ended_at=NOW + HOUR, figures={})
    with acting(cast.sho) as by:
        journey.accept(order=orders[-1], by=by, now=NOW + 2 * HOUR)
        journey.accept(order=orders[0], by=by, now=NOW)
    Order.objects.filter(pk=orders[0].pk).update(due_at=NOW + 2 * HOUR)  # its limit was passed since
    found = page(cast, "/review/?changed=1")
    assert found.count('class="card stack l-item"') == 2
    assert all(f'aria-label="{order.case.reference}"' in found for order in (orders[-1], orders[0]))
    assert page(cast, "/review/?changed=1&show=unanswered").count("l-item") == 0


def test_what_was_passed_up_stands_once_for_each_case_and_is_taken_at_once(cast: SimpleNamespace) -> None:
    case = ordered(cast, 1)[0].case
    for step in ("reply", "contact"):
        Escalation.objects.create(
            case=case, step=step, level=1, due_at=NOW + HOUR, at=NOW + 2 * HOUR, post=post_named(cast.sp)
        )
    found = page(cast, "/review/")
    assert (
        found.count("I take care of it") == 1
        and "Theft" in found.partition("l-passed")[2].partition("</ul>")[0]
    )
    row = Escalation.objects.first()
    assert row
    directory.forget()
    answer = Browser(cast.sp).post(f"/review/limit/{row.public_id}/take/", {"back": "review"})
    assert answer.status_code == 302 and not Escalation.objects.filter(taken_at=None).exists()
    assert Case.objects.get(pk=case.pk).events.filter(what="escalation_taken").count() == 2

"""Two workers at once: what both have in hand happens once, and neither waits for the other for ever."""

import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import connection, connections, transaction

from rabta import journey
from rabta.cases.models import Case, Conversation, Message, Order
from rabta.cases.refusal import Refused
from rabta.force import directory
from rabta.journey.matters import merging
from rabta.people.models import Handle
from tests import cast as players
from tests.cast import NOW, Citizen, acting, deliver, post_named
from tests.steps.stage import THEFT, lead, theft

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> SimpleNamespace:
    """Committed: several connections work with it."""
    made = players.make()
    directory.current(now=NOW)
    return made


def together(*acts: Callable[[], object]) -> list[object]:
    """Each act in a thread and on a connection of its own, started at one moment; what each returned or raised."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(at: int) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '20s'")
            start.wait(20)
            results[at] = acts[at]()
        except Exception as error:  # noqa: BLE001 — the test asks for it
            results[at] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def as_worker() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE rabta_worker")
    total = 0
    while read := journey.read_journal(limit=1, now=NOW):
        total += read
    return total


def test_two_workers_on_one_sender_make_one_conversation_and_one_case(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    for _ in range(6):
        deliver(cast, citizen.says(THEFT["en"]))
    first, second = together(as_worker, as_worker)
    assert isinstance(first, int) and isinstance(second, int) and first + second == 6
    counted = [model.objects.count() for model in (Handle, Conversation, Case)]
    assert counted == [1, 1, 1]
    assert Message.objects.filter(direction="in").count() == 6
    assert Order.objects.filter(part="lead").count() == 1


def test_two_workers_on_copies_of_one_body_have_one_effect(cast: SimpleNamespace) -> None:
    citizens = [Citizen() for _ in range(8)]
    said = [citizen.says(THEFT["en"]) for citizen in citizens]
    for _ in range(4):
        deliver(cast, *said)
        deliver(cast, *reversed(said))
    results = together(as_worker, as_worker)
    assert sum(r for r in results if isinstance(r, int)) == 8, results
    assert (Case.objects.count(), Message.objects.filter(direction="in").count()) == (8, 8)


def test_two_workers_that_meet_the_same_strangers_in_another_order(cast: SimpleNamespace) -> None:
    citizens = [Citizen() for _ in range(10)]
    for _ in range(3):
        deliver(cast, *(citizen.says(THEFT["en"]) for citizen in citizens))
        deliver(cast, *(citizen.says(THEFT["en"]) for citizen in reversed(citizens)))
    results = together(as_worker, as_worker)
    assert sum(r for r in results if isinstance(r, int)) == 6, results
    assert (Handle.objects.count(), Conversation.objects.count(), Case.objects.count()) == (10, 10, 10)


def test_two_commanders_who_order_at_once_leave_one_lead(cast: SimpleNamespace) -> None:
    case = theft(cast)
    posts = [post_named(who) for who in (cast.sho_gulbahar, cast.sho_rustam)]

    def ordering(at: int) -> Callable[[], object]:
        def act() -> object:
            with transaction.atomic(), acting((cast.sp, cast.igp)[at]) as by:
                return journey.order(case=case, post=posts[at], part="lead", instruction="", by=by, now=NOW)

        return act

    results = together(ordering(0), ordering(1))
    assert all(isinstance(result, Order) for result in results), results
    assert lead(case).post in posts
    assert Order.objects.filter(case=case, part="lead", state="replaced").count() == 2


def test_two_superiors_who_decide_at_once_decide_once(cast: SimpleNamespace) -> None:
    order = lead(theft(cast))
    with transaction.atomic(), acting(cast.sho) as by:
        report = journey.report(order=order, text="Found", outcome="action_taken", by=by, now=NOW)

    def deciding(who: str) -> Callable[[], object]:
        def act() -> object:
            with transaction.atomic(), acting(getattr(cast, who)) as by:
                return journey.decide(report=report, decision="accepted", remark="", by=by, now=NOW)

        return act

    results = together(deciding("co"), deciding("sp"))
    assert sorted(type(result).__name__ for result in results) == ["NoneType", Refused.__name__]
    assert Case.objects.get().state == "closed"
    assert Message.objects.filter(direction="out", text__contains="closed").count() == 1


def test_of_two_who_decide_on_what_they_both_saw_the_second_is_told_of_the_first(
    cast: SimpleNamespace,
) -> None:
    from rabta.journey.versions import version_of
    from rabta.web.desk.meanwhile import Stale, look_again

    case = theft(cast)
    with transaction.atomic(), acting(cast.operator):
        seen = version_of(case)

    def choosing(officer: object, category: str) -> Callable[[], object]:
        def act() -> object:
            with transaction.atomic(), acting(officer) as by:
                look_again(case, seen=seen, act="categorise", by=by)
                journey.categorise(case=case, category=category, by=by, now=NOW)
            return category

        return act

    results = together(choosing(cast.operator, "property"), choosing(cast.desk_head, "traffic"))
    (done,) = [result for result in results if isinstance(result, str)]
    (refused,) = [result for result in results if isinstance(result, Stale)]
    assert Case.objects.get(pk=case.pk).category == done
    first = cast.operator if done == "property" else cast.desk_head
    assert str(first) in str(refused)


def test_of_two_who_decide_on_one_closing_one_is_refused(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with transaction.atomic(), acting(cast.operator) as by:
        approval = journey.close_by_desk(case=case, outcome="withdrawn", remark="x", by=by, now=NOW)

    def deciding(officer: object, decision: str) -> Callable[[], object]:
        def act() -> object:
            with transaction.atomic(), acting(officer) as by:
                journey.decide_closing(approval=approval, decision=decision, remark="x", by=by, now=NOW)
            return decision

        return act

    results = together(deciding(cast.desk_head, "approved"), deciding(cast.co, "refused"))
    (decided,) = [result for result in results if isinstance(result, str)]
    assert [type(result) for result in results if result != decided] == [Refused]
    assert (Case.objects.get(pk=case.pk).state == "closed") == (decided == "approved")


def test_two_officers_who_merge_crosswise_have_one_effect(cast: SimpleNamespace) -> None:
    one, other = theft(cast, Citizen()), theft(cast, Citizen())

    def merges(kept: Case, absorbed: Case, who: str) -> Callable[[], object]:
        def act() -> None:
            with transaction.atomic(), acting(getattr(cast, who)) as by:
                merging.merge(kept=kept, absorbed=absorbed, reason="x", by=by, now=NOW)

        return act

    results = together(merges(one, other, "operator"), merges(other, one, "desk_head"))
    assert sorted(type(result) for result in results if result is not None) == [Refused]
    closed = Case.objects.filter(state="closed")
    assert [(case.outcome, case.part_of in (one, other)) for case in closed] == [("duplicate", True)]

"""Receipts come late, twice, early, out of order and against each other; the delivery shows the best that is known."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from rabta.audit.models import Record
from rabta.channels.contract import Letter, Receipt, Sender, Sent
from rabta.force import access
from rabta.force.access import Grant, Permission, Scope
from rabta.force.models import Officer
from rabta.outbox import receipts, watching
from rabta.outbox.models import Attempt, Delivery, ReceiptEvent
from rabta.people.handles import Writer, recognise
from rabta.rules.receipts import state_after
from tests.outbox.stage import ORDER, Provider, account, all_in, aside, letter, queue, run_until

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


def receipt(delivery: Delivery, status: str, *, with_token: bool = True, **facts: Any) -> tuple[int, Receipt]:
    """The provider's word on a delivery, and the id of its account."""
    facts = {"provider_id": f"id-of-{delivery.token}", "at": NOW} | facts
    token = str(delivery.token) if with_token else ""
    return delivery.account_id, Receipt(account="x", key=status, status=status, token=token, **facts)


def sent(**facts: Any) -> Delivery:
    """A delivery that the provider took."""
    hq = facts.pop("to", None) or account()
    (delivery,) = queue(letter(hq, **facts))
    delivery.state, delivery.sent_at = "sent", NOW
    delivery.provider_digest = receipts.provider_digest(
        account_id=delivery.account_id, provider_id=f"id-of-{delivery.token}"
    )
    delivery.save()
    return delivery


def test_a_receipt_finds_its_delivery_by_token_or_by_the_providers_id() -> None:
    hq = account()
    one, other = sent(to=hq), sent(to=hq, number="+2")
    moved = receipts.record([receipt(one, "read"), receipt(other, "delivered", with_token=False)], NOW)
    assert moved.changed == [one.pk, other.pk]
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.state, one.delivered_at, one.read_at) == ("read", NOW, NOW)
    assert (other.state, other.delivered_at, other.read_at) == ("delivered", NOW, None)


def test_a_receipt_of_all_until_a_time_moves_what_was_sent_before_and_nothing_else() -> None:
    hq, writers = account(), [Writer(scheme="facebook", handle=f"1:{n}", address=str(n)) for n in "12"]
    handles = recognise(writers, now=NOW)
    reader, other = (handles[w.scheme, w.handle] for w in writers)
    before, after, public, of_another = (
        sent(to=hq, handle=reader), sent(to=hq, handle=reader), sent(to=hq, handle=reader), sent(to=hq, handle=other),
    )  # fmt: skip
    elsewhere = sent(to=account(name="district"), handle=reader)
    Delivery.objects.update(claimed_at=NOW)
    Delivery.objects.filter(pk=after.pk).update(claimed_at=NOW + timedelta(seconds=2))
    Delivery.objects.filter(pk=public.pk).update(public=True)
    up_to = Sender(scheme="facebook", handle="1:1")
    word = Receipt(
        account="x", key="k", provider_id="", status="read", at=NOW + timedelta(seconds=1), up_to=up_to
    )
    assert receipts.record([(hq.pk, word)], NOW).changed == [before.pk]
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert {pk for pk, state in states.items() if state == "read"} == {before.pk}
    assert states[after.pk] == states[public.pk] == states[of_another.pk] == states[elsewhere.pk] == "sent"


def test_the_database_holds_no_provider_id_which_may_hold_a_number() -> None:
    delivery = sent()
    receipts.record([receipt(delivery, "sent", provider_id="wamid.CANARY923001234567")], NOW)
    stored = ReceiptEvent.objects.values().get()
    assert "CANARY" not in str(stored)
    assert len(bytes(stored["provider_digest"])) == 16


@pytest.mark.parametrize("order", list(itertools.permutations(["sent", "delivered", "read", "failed"])))
def test_whatever_the_order_read_wins_and_every_receipt_is_kept(order: tuple[str, ...]) -> None:
    delivery = sent()
    for status in order:
        receipts.record([receipt(delivery, status)], NOW)
    delivery.refresh_from_db()
    assert delivery.state == "read"
    assert delivery.failed_at is None
    assert delivery.trouble == ""
    assert ReceiptEvent.objects.filter(delivery=delivery).count() == 4


@given(
    state=st.sampled_from(["sending", "in_doubt", "sent", "failed", "delivered", "read"]),
    statuses=st.lists(
        st.sampled_from(["sent", "delivered", "read", "played", "failed", "warning"]), max_size=6
    ),
)
def test_the_order_of_receipts_never_matters(state: str, statuses: list[str]) -> None:
    together = state_after(state=state, statuses=statuses)
    one_by_one = state
    for status in reversed(statuses):
        one_by_one = state_after(state=one_by_one, statuses=[status])
    assert together == one_by_one


def test_a_failure_is_told_once_with_its_reason() -> None:
    delivery = sent()
    failure = receipt(delivery, "failed", trouble="recipient", detail="not on WhatsApp")
    assert receipts.record([failure], NOW).failed == [delivery.pk]
    assert receipts.record([failure], NOW).changed == []
    delivery.refresh_from_db()
    assert (delivery.state, delivery.trouble, delivery.trouble_text) == (
        "failed",
        "recipient",
        "not on WhatsApp",
    )


def test_text_that_the_provider_took_and_then_found_too_late_goes_again_as_template() -> None:
    delivery = sent(template=ORDER)
    Attempt.objects.create(delivery=delivery, started_at=NOW, ended_at=NOW)
    late = receipt(delivery, "failed", trouble="window_closed")
    moved = receipts.record([late], NOW)
    assert (moved.changed, moved.failed) == ([delivery.pk], [])
    delivery.refresh_from_db()
    assert (delivery.state, delivery.trouble, delivery.due_at) == ("queued", "window_closed", NOW)
    assert receipts.record([late], NOW).changed == [], (
        "a repeated receipt of the first try is not of the second"
    )


def test_a_template_that_failed_so_is_not_tried_for_ever() -> None:
    delivery = sent(template=ORDER)
    Attempt.objects.create(delivery=delivery, started_at=NOW, ended_at=NOW, used_template=True)
    assert receipts.record([receipt(delivery, "failed", trouble="window_closed")], NOW).failed == [
        delivery.pk
    ]


def test_a_receipt_of_nobodys_letter_is_kept_and_harms_nothing() -> None:
    delivery = sent()
    stranger = Receipt(
        account="x", key="k", status="read", provider_id="of-another-program", token="not a uuid"
    )
    moved = receipts.record([(delivery.account_id, stranger)], NOW)
    assert moved.changed == []
    assert ReceiptEvent.objects.get().delivery is None


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_overtakes_the_result_is_parked_and_joined() -> None:
    """Without our token only the provider's id leads to the delivery, and that is not known before the result."""
    (delivery,) = queue(letter(account()))
    early = receipts.record([receipt(delivery, "delivered", with_token=False)], datetime.now(UTC))
    assert early.changed == []
    run_until(Provider().channel(), all_in("sent"))
    joined = receipts.settle_parked(datetime.now(UTC))
    assert joined.changed == [delivery.pk]
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    assert receipts.settle_parked(datetime.now(UTC)).changed == []


@pytest.mark.django_db(transaction=True)
def test_a_receipt_with_our_token_may_come_before_the_result() -> None:
    hq, provider = account(), Provider()
    (delivery,) = queue(letter(hq))

    async def answer(letter: Letter) -> Sent:
        await aside(receipts.record, [receipt(delivery, "read")], datetime.now(UTC))
        return Sent(provider_id=f"id-of-{delivery.token}")

    provider.answer = answer
    run_until(provider.channel(), all_in("read"))
    delivery.refresh_from_db()
    assert delivery.state == "read", "our own result, stored later, does not bring it back to sent"
    assert Attempt.objects.get().ended_at


def test_many_receipts_take_as_many_queries_as_one(django_assert_max_num_queries: Any) -> None:
    hq = account()
    many = [sent(to=hq, number=f"+{n}") for n in range(60)]
    with django_assert_max_num_queries(12):
        moved = receipts.record([receipt(delivery, "delivered") for delivery in many], NOW)
    assert len(moved.changed) == 60


def officer(*permissions: Permission, unit: int = 1) -> Scope:
    person = Officer.objects.create_user(f"officer-{unit}", name="Officer")
    return Scope(officer=person, grants=(Grant(post_id=1, unit_id=unit, permissions=frozenset(permissions)),))


@pytest.mark.parametrize("state", ["failed", "in_doubt"])
def test_an_operator_may_send_a_stuck_letter_again_and_it_is_recorded(state: str) -> None:
    delivery = sent()
    Delivery.objects.update(state=state, trouble="uncertain", attempts=3)
    assert [stuck.pk for stuck in watching.stuck()] == [delivery.pk]
    watching.retry(delivery, by=officer(Permission.HANDLE_CASES), now=NOW)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.trouble, delivery.due_at) == ("queued", 0, "", NOW)
    record = Record.objects.get()
    assert (record.act, record.subject_ids, record.detail["was"]) == ("send_again", [delivery.pk], state)
    late = receipts.record([receipt(delivery, "failed")], NOW)
    assert late.changed == [], "a failure of the first try says nothing of the second"
    assert receipts.record([receipt(delivery, "delivered")], NOW).changed == [delivery.pk]


@pytest.mark.parametrize(
    ("state", "who"),
    [
        ("sent", {"permissions": [Permission.HANDLE_CASES]}),
        ("queued", {"permissions": [Permission.HANDLE_CASES]}),
        ("failed", {"permissions": [Permission.SEE_CASES]}),
        ("failed", {"permissions": [Permission.HANDLE_CASES], "unit": 2}),
    ],
)
def test_a_letter_that_is_not_stuck_or_not_theirs_is_left_alone(state: str, who: dict[str, Any]) -> None:
    delivery = sent()
    Delivery.objects.update(state=state)
    with pytest.raises(watching.NotStuck):
        watching.retry(delivery, by=officer(*who.pop("permissions"), **who), now=NOW)
    delivery.refresh_from_db()
    assert delivery.state == state


def test_the_worker_records_and_the_desk_retries_with_their_own_rights(as_role: Any) -> None:
    """Not as the role that owns the tables: grants and row-level security have their say."""
    seen, hidden = sent(), sent(to=account(name="district"))
    with as_role("rabta_worker"), access.system("reading the journal"):
        moved = receipts.record([receipt(seen, "failed"), receipt(hidden, "failed")], NOW)
    assert sorted(moved.failed) == sorted([seen.pk, hidden.pk])
    Delivery.objects.filter(pk=hidden.pk).update(visible_to=[2])
    scope = officer(Permission.SEE_CASES, Permission.HANDLE_CASES)
    with as_role("rabta_web"), transaction.atomic():
        access.enter(scope)
        assert [stuck.pk for stuck in watching.stuck()] == [seen.pk]
        watching.retry(seen, by=scope, now=NOW)
        with pytest.raises(watching.NotStuck):
            watching.retry(hidden, by=scope, now=NOW)
    assert dict(Delivery.objects.values_list("pk", "state")) == {seen.pk: "queued", hidden.pk: "failed"}

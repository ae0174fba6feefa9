"""What the database itself refuses, whoever asks."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from rabta.cases.models import Case, Conversation, Event, Order
from rabta.force.models import Posting
from rabta.intake.models import Journal
from rabta.people.models import Handle
from tests.cast import NOW, TODAY, post_named
from tests.steps.stage import lead, theft


def refused(act: Callable[[], object], *, words: str) -> None:
    error: type[Exception] = ProgrammingError if "append-only" in words else IntegrityError
    with pytest.raises((error,), match=words), transaction.atomic():
        act()


def test_one_open_lead_order_per_case(cast: SimpleNamespace) -> None:
    case = theft(cast)
    facts = {"case": case, "post": post_named(cast.sho), "unit": cast.kotwali, "issued_at": NOW}
    refused(lambda: Order.objects.create(part="lead", **facts), words="one_open_lead_order_per_case")
    Order.objects.create(part="support", **facts)
    Order.objects.filter(pk=lead(case).pk).update(state="replaced")
    Order.objects.create(part="lead", **facts)


@pytest.mark.parametrize(
    "facts",
    [
        {"state": "closed"},
        {"state": "closed", "outcome": "advice"},
        {"state": "closed", "closed_at": NOW},
        {"outcome": "advice"},
        {"closed_at": NOW},
    ],
    ids=str,
)
def test_an_outcome_stands_with_a_closed_case_only(cast: SimpleNamespace, facts: dict[str, object]) -> None:
    case = theft(cast)
    refused(lambda: Case.objects.filter(pk=case.pk).update(**facts), words="outcome_only_when_closed")


def test_no_case_closes_with_an_fir_that_is_not_written_down(cast: SimpleNamespace) -> None:
    rows = Case.objects.filter(pk=theft(cast).pk)
    ended = {"state": "closed", "outcome": "fir_registered", "closed_at": NOW}
    refused(lambda: rows.update(**ended), words="the FIR is not written down")
    rows.update(fir_number="12/26", fir_unit=cast.kotwali, fir_on=TODAY, **ended)


def test_one_reference_per_case(cast: SimpleNamespace) -> None:
    one, other = theft(cast), theft(cast)
    refused(lambda: Case.objects.filter(pk=one.pk).update(reference=other.reference), words="reference")


def test_one_conversation_per_account_and_person_and_one_handle_per_number(cast: SimpleNamespace) -> None:
    conversation = theft(cast).conversation
    again = Conversation(account=conversation.account, handle=conversation.handle)
    refused(again.save, words="one_conversation_per_account_and_handle")
    handle = conversation.handle
    twin = Handle(person=handle.person, scheme=handle.scheme, digest=bytes(handle.digest), created_at=NOW)
    refused(twin.save, words="one_handle_per_scheme_and_digest")


def test_a_posting_does_not_end_before_it_starts(cast: SimpleNamespace) -> None:
    posting = Posting(officer=cast.nobody, post=cast.vacant, starts=TODAY, ends=TODAY.replace(year=2025))
    refused(posting.save, words="posting_ends_after_start")


@pytest.mark.parametrize("model", [Event, Journal], ids=lambda m: m.__name__)
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_record_is_only_added_to(cast: SimpleNamespace, model: type, act: str) -> None:
    theft(cast)
    assert model.objects.exists()

    def do() -> None:
        with connection.cursor() as cursor:  # as the owner of the tables: nobody has more rights
            cursor.execute(act.format(model._meta.db_table))

    refused(do, words="append-only")

"""Erasing a case leaves no words in any table: each text column of a protected table is judged in words.csv.

A new table or column is found here, and wants a line: `emptied` or `removed` is then tried, anything else is the reason
why it may stay.
"""

import csv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from rabta.cases.models import Attachment, Case, Event, Evidence, Message, MessageVersion, Order, Report
from rabta.cases.related import Link
from rabta.cases.transfers import Transfer
from rabta.desk.models import Batch, BatchLine, Draft, Handover, Notice
from rabta.files import store
from rabta.outbox.models import Attempt, Delivery, ReceiptEvent
from rabta.people.models import Opening, Person, Resealed, Sealed
from rabta.retention import erasing
from rabta.retention.models import Hold
from rabta.review.models import Escalation
from tests.cast import DAY, NOW, Citizen, as_role, hears
from tests.figures import Figure
from tests.people import holders

HERE = Path(__file__).parent
WORD = "Canaryword"
EMPTIED, REMOVED = "emptied", "removed"
FILLED = {
    "jsonb": "jsonb_build_object('word', '{word}'::text)",
    "bytea": "convert_to('{word}' || id, 'UTF8')",
}
_TYPES = "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = %s"


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


JUDGED = rows(HERE / "words.csv")
PROTECTED = {row["table"] for row in rows(HERE.parent / "access/tables.csv") if row["rows"] == "protected"}


def holds_words(field: Any) -> bool:
    """A column in which somebody could write something: no choices, numbers, times or keys."""
    if isinstance(field, ArrayField):
        return holds_words(field.base_field)
    kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
    return isinstance(field, kinds) and not field.choices


def word_columns() -> set[tuple[str, str]]:
    found = [
        (model._meta.db_table, field) for model in apps.get_models() for field in model._meta.concrete_fields
    ]
    return {(table, field.column) for table, field in found if table in PROTECTED and holds_words(field)}


def test_every_text_column_that_may_speak_of_a_case_is_judged() -> None:
    there = word_columns()
    judged = [
        (row["table"], column)
        for row in JUDGED
        for column in (
            [name for table, name in there if table == row["table"]]
            if row["columns"] == "*"
            else row["columns"].split()
        )
    ]
    assert sorted(judged) == sorted(there)
    assert all(row["what becomes of them"] for row in JUDGED)


def beside(cast: SimpleNamespace, case: Case) -> None:
    """Whatever hangs on a case, or tells of it, one row of each."""
    message = Message.objects.get(case=case, direction="in")
    order = Order.objects.filter(case=case)[0]
    file = store.save([b"x"], "document", "application/pdf", f"{WORD}.pdf", NOW)
    Attachment.objects.create(message=message, kind="document", name=WORD, file=file, state="stored")
    MessageVersion.objects.create(message=message, text=WORD, until=NOW)
    Event.objects.create(case=case, at=NOW, what="released", system_reason="test", data={"remark": WORD})
    Evidence.objects.create(order=order, file=file, caption=WORD, officer=cast.sho, at=NOW)
    Report.objects.create(order=order, text=WORD, officer=cast.sho, at=NOW)
    Transfer.objects.create(case=case, force="x", officer=cast.operator, at=NOW, state="told", trouble=WORD)
    Draft.objects.create(officer=cast.operator, case=case, kind="reply", text=WORD, revision=1, at=NOW)
    Notice.objects.create(officer=cast.operator, case=case, what="assigned", key="x", at=NOW)
    batch = Batch.objects.create(officer=cast.operator, act="close", data={"remark": WORD}, asked_at=NOW)
    BatchLine.objects.create(batch=batch, case=case, reason=WORD)
    Handover.objects.create(
        unit=cast.hq, matters=[case.pk], notes=WORD, digest="x", given_by=cast.operator, given_at=NOW
    )
    Hold.objects.create(
        case=case, reason=WORD, by=cast.desk_head, at=NOW, ended_at=NOW, ended_by=cast.desk_head
    )
    letter = Delivery.objects.filter(handle=case.conversation.handle).latest("id")
    Attempt.objects.create(delivery=letter, started_at=NOW, detail=WORD)
    ReceiptEvent.objects.create(
        account=letter.account, delivery=letter, provider_digest=b"x", status="failed", received_at=NOW
    )
    warning = Delivery.objects.create(
        account=letter.account, number="1", address_digest=b"x", text=WORD, queued_at=NOW, due_at=NOW
    )
    Escalation.objects.create(case=case, step="reply", level=0, due_at=NOW, at=NOW, deliveries=[warning.pk])


def opened(cast: SimpleNamespace, case: Case) -> None:
    """An opening of the name of its writer."""
    person = Person.objects.get(handles__conversations=case.conversation_id)
    opening = Opening.objects.create(
        person=person,
        case_id=case.pk,
        reference="x",
        purpose="court",
        ground="Section 94",
        reason=WORD,
        requested_by=cast.operator,
        requested_at=NOW,
        expires_at=NOW,
    )
    sealed = Sealed.objects.filter(person=person).latest("id")
    Resealed.objects.create(opening=opening, sealed=sealed, box=b"x", digest="x")


def fill() -> None:
    """The word in every column that is to be emptied, whatever was there."""
    with connection.cursor() as cursor:
        for row in JUDGED:
            table, told = row["table"], row["what becomes of them"]
            if told != EMPTIED or table == "cases_event":  # which nobody may change
                continue
            cursor.execute(_TYPES, [table])
            kinds = dict(cursor.fetchall())
            values = {
                name: FILLED.get(kinds[name], "'{word}'").format(word=WORD) for name in row["columns"].split()
            }
            cursor.execute(
                f"UPDATE {table} SET " + ", ".join(f"{name} = {to}" for name, to in values.items())
            )
            assert cursor.rowcount, f"no row of {table} to try"


def found() -> set[str]:
    """The tables that hold the word, as it is or in bytes."""
    tables = set()
    with connection.cursor() as cursor:
        for table in {row["table"] for row in JUDGED}:
            cursor.execute(
                f"SELECT count(*) FROM {table} t WHERE t::text ILIKE ANY(%s)",
                [[f"%{WORD}%", f"%{WORD.encode().hex()}%"]],
            )
            tables |= {table} if cursor.fetchone()[0] else set()
    return tables


@pytest.mark.security
def test_nothing_that_is_to_be_emptied_is_left(
    cast: SimpleNamespace, settings: Any, tmp_path: Path, figure: Figure
) -> None:
    settings.HEADS_DIR = tmp_path
    holders.make(cast)
    hears(
        cast, Citizen().says(f"Secret information, do not tell anyone my name: {WORD} a dealer near Kotwali")
    )
    tip = Case.objects.get()
    hears(cast, Citizen().says(f"My motorcycle {WORD} was stolen near Kotwali last night"))
    theft = Case.objects.exclude(pk=tip.pk).get()
    beside(cast, theft)
    opened(cast, tip)
    facts = {"fir_number": WORD, "fir_unit": cast.kotwali, "fir_on": NOW.date(), "line_confirmed_at": NOW}
    facts |= {
        "line_incident": WORD,
        "handed_over_at": NOW,
        "state": "closed",
        "outcome": "advice",
        "closed_at": NOW,
    }
    Case.objects.update(**facts)
    Link.objects.create(one=tip, other=theft, reason=WORD, officer=cast.operator, at=NOW)
    fill()
    tried = {row["table"] for row in JUDGED if row["what becomes of them"] in (EMPTIED, REMOVED)}
    assert tried - found() == set()
    with as_role("rabta_worker"):
        erasing.run(now=NOW + 3650 * DAY)
    left = found()
    figure("tables that hold a word of an erased case", f"{len(left)} of {len(tried)}", "0")
    assert left == set()

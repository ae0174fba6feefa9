"""Rows made and written many at once are what Django would have made of them one by one."""

from types import SimpleNamespace

import pytest
from django.db import models

from rabta import bulk
from rabta.cases.models import Attachment, Case, Conversation, Event, Message, Order
from rabta.outbox.models import Delivery
from rabta.people.models import Handle, Person
from tests.cast import NOW


@pytest.mark.parametrize(
    "model", [Attachment, Case, Conversation, Delivery, Event, Handle, Message, Order, Person]
)
def test_a_new_instance_has_what_the_constructor_gives(model: type[models.Model]) -> None:
    made, plain = (
        {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if not _random(f)}
        for row in (bulk.new(model), model())
    )
    assert made == plain


def _random(field: models.Field) -> bool:
    return callable(field.default) and field.default() != field.default()


def test_two_new_instances_share_no_list() -> None:
    one, other = bulk.new(Case), bulk.new(Case)
    one.visible_to.append(1)
    one.routing_why["code"] = "pin"
    assert (other.visible_to, other.routing_why) == ([], {})
    assert one.public_id != other.public_id


def test_a_name_that_is_no_field_is_refused() -> None:
    with pytest.raises(TypeError, match="Person has no field 'nickname'"):
        bulk.new(Person, nickname="Gul")


def test_a_relation_is_known_by_its_object_and_by_its_id(cast: SimpleNamespace) -> None:
    person = Person.objects.create(alias="AB", first_seen_at=NOW)
    handle = bulk.new(Handle, person=person, scheme="phone")
    assert handle.person is person and handle.person_id == person.pk
    assert bulk.new(Handle, person_id=person.pk).person == person
    assert bulk.new(Message, case=None).case is None


@pytest.mark.parametrize("count", [0, 1, 2, 7])
@pytest.mark.parametrize("alike", [True, False])
def test_rows_come_back_as_they_were_given(cast: SimpleNamespace, count: int, alike: bool) -> None:
    rows = [
        bulk.new(
            Person,
            public_id=f"p{number}",
            alias="same" if alike else f"it's {number} “\\”\n{{}}",
            protected=not alike and number % 2 == 0,
            first_seen_at=NOW,
        )
        for number in range(count)
    ]
    assert bulk.insert(rows) == rows
    found = Person.objects.in_bulk([row.pk for row in rows])
    for row in rows:
        kept = found[row.pk]
        assert (kept.public_id, kept.alias, kept.protected) == (row.public_id, row.alias, row.protected)
        row.alias = "changed" if alike else f"changed {row.pk}"
    bulk.update(rows, ["alias", "protected"])
    for row in rows:
        row.refresh_from_db()
        assert row.alias == ("changed" if alike else f"changed {row.pk}")


def test_only_what_is_missing_is_inserted(cast: SimpleNamespace) -> None:
    person = Person.objects.create(alias="AB", first_seen_at=NOW)

    def handles(*digests: bytes) -> list[Handle]:
        return [
            bulk.new(Handle, person=person, scheme="phone", digest=digest, created_at=NOW)
            for digest in digests
        ]

    first = bulk.insert_missing(handles(b"a", b"b"), unique=("scheme", "digest"))
    second = bulk.insert_missing(handles(b"b", b"c"), unique=("scheme", "digest"))
    assert [handle.digest for handle in second] == [b"c"]
    assert Handle.objects.count() == 3
    assert {handle.pk for handle in (*first, *second)} == set(Handle.objects.values_list("pk", flat=True))

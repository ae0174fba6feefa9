"""Who somebody is: shown to those who handle the matter, on the record; hidden for good when they need protection."""

import json
from types import SimpleNamespace

from rabta import keys
from rabta.audit.models import Record
from rabta.people.handles import Writer, digest_of, protect, recognise, seal_shown
from rabta.people.models import Handle, Person
from rabta.people.reveal import reveal
from tests.cast import NOW, acting
from tests.steps.stage import accusation, theft

GUL = Writer(scheme="phone", handle="+923011234567", address="+923011234567", name="Gul")


def test_a_writer_is_recognised_again(cast: SimpleNamespace) -> None:
    first, second = (recognise([GUL, GUL], now=NOW)["phone", GUL.handle] for _ in range(2))
    assert first == second and (Handle.objects.count(), Person.objects.count()) == (1, 1)


def test_the_same_number_of_another_scheme_is_another_person(cast: SimpleNamespace) -> None:
    other = Writer(scheme="whatsapp_user", handle=GUL.handle)
    found = recognise([GUL, other], now=NOW)
    assert found["phone", GUL.handle].person != found["whatsapp_user", GUL.handle].person
    assert digest_of(scheme="phone", handle="x") != digest_of(scheme="whatsapp_user", handle="x")


def test_a_name_is_shown_and_the_look_is_recorded(cast: SimpleNamespace) -> None:
    handle = recognise([GUL], now=NOW)["phone", GUL.handle]
    theft(cast)
    with acting(cast.operator) as by:
        shown = reveal([handle], by=by, purpose="case", now=NOW)[handle.pk]
    assert (shown.name, shown.number, shown.protected) == ("Gul", GUL.address, False)
    record = Record.objects.get()
    assert (record.actor_officer, record.act, record.subject_ids) == (
        cast.operator.pk,
        "reveal:case",
        [handle.pk],
    )
    assert "Gul" not in repr(record.__dict__) and GUL.address not in repr(record.__dict__)


def test_the_protected_are_an_alias_and_nothing_is_recorded(cast: SimpleNamespace) -> None:
    case = accusation(cast)
    handle = case.conversation.handle
    with acting(cast.operator) as by:
        shown = reveal([handle], by=by, purpose="case", now=NOW)[handle.pk]
    assert (shown.name, shown.number, shown.protected) == (f"Citizen {handle.person.alias}", "", True)
    assert not Record.objects.exists()


def test_protection_holds_when_the_person_writes_again(cast: SimpleNamespace) -> None:
    handle = recognise([GUL], now=NOW)["phone", GUL.handle]
    protect([handle], now=NOW)
    again = recognise([GUL], now=NOW)["phone", GUL.handle]
    assert again.shown is None and again.person.protected


def test_neither_name_nor_number_lies_open_in_the_database(cast: SimpleNamespace) -> None:
    recognise([GUL], now=NOW)
    (row,) = Handle.objects.values_list("digest", "shown", "address", "scheme")
    raw = b"".join(bytes(column) for column in row[:3])
    assert b"Gul" not in raw and b"1234567" not in raw


def test_a_providers_id_is_not_shown_as_a_number() -> None:
    def shown(address: str, number: str = "") -> str:
        sealed = seal_shown(Writer(scheme="any", handle="h", address=address, name="Gul", number=number))
        return str(json.loads(keys.fernet("desk").decrypt(sealed))["number"])

    assert shown("+923001234567") == "+923001234567"
    assert shown("gul@example.org") == "gul@example.org"
    assert shown("6100000000000001") == shown("comment:7_8") == ""
    assert shown("6100000000000001", "@gul.zareen") == "@gul.zareen"

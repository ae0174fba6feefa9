"""What is said later in a case is found too; what is kept from some readers of it is not; older cases are filled in."""

import json
from types import SimpleNamespace

import pytest
from django.db import connection

from rabta import keys
from rabta.cases import searching
from rabta.cases.models import Case, Message
from rabta.jobs import filling
from rabta.people.models import Handle
from tests.cast import NOW, acting
from tests.steps.search_test import DAY, about, found
from tests.steps.stage import theft


def say(case: Case, text: str, direction: str = "in", **facts: object) -> Message:
    seen = {"visible_to": case.visible_to, "hidden_from": case.hidden_from}
    about_it = {"conversation": case.conversation, "case": case, "received_at": NOW}
    return Message.objects.create(direction=direction, text=text, **about_it, **seen, **facts)


@pytest.fixture
def case(cast: SimpleNamespace) -> Case:
    return about(theft(cast), "My motorcycle was stolen", "Saddar Road")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The chassis number is KX-90417", "kx 90417"),
        ("میری گاڑی حیات آباد میں ملی", "حيات آباد"),
        ("मेरी गाड़ी बाज़ार में मिली", "गाडी बाजार"),
        ("meri gaari bazaar mein mili hai", "gaari bazaar"),
        ("the thief wore a red cap", "saddar motorcycle thief"),  # each word somewhere in the case
        ("a" * 3000 + " spaniel", "spaniel"),
    ],
)
def test_later_words_find_the_case(cast: SimpleNamespace, case: Case, text: str, wanted: str) -> None:
    assert found(cast.operator, wanted) == []
    say(case, text)
    assert found(cast.operator, wanted) == found(cast.sho, wanted) == [case.pk]
    assert found(cast.sho_rustam, wanted) == []


def test_notes_and_letters_are_found_and_what_the_machine_wrote_is_not(
    cast: SimpleNamespace, case: Case
) -> None:
    say(case, "spoke to the shopkeeper", "note", author=cast.operator)
    say(case, "please bring the papers", "out", author=cast.operator)
    say(case, "registered automatically", "out", automatic=True)
    assert found(cast.sho, "shopkeeper papers") == [case.pk]
    assert found(cast.sho, "registered") == []


def test_what_is_held_taken_back_edited_or_moved_is_not_found_any_more(
    cast: SimpleNamespace, case: Case
) -> None:
    note, said = say(case, "informer Bilqis", "note", author=cast.operator), say(case, "the knife was long")
    Message.objects.filter(pk=note.pk).update(held=True)
    assert found(cast.operator, "informer") == []
    Message.objects.filter(pk=said.pk).update(text="the stick was long")
    assert (found(cast.operator, "knife"), found(cast.operator, "stick")) == ([], [case.pk])
    other = about(theft(cast), "Another matter")
    Message.objects.filter(pk=said.pk).update(case=other)
    assert found(cast.operator, "stick long") == [other.pk]
    Message.objects.filter(pk=said.pk).update(text="", revoked_at=NOW)
    Case.objects.filter(pk=case.pk).update(subject="", place="")
    assert found(cast.operator, "stick") == found(cast.operator, "saddar") == []


def test_older_cases_and_names_are_filled_in_once(
    cast: SimpleNamespace, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(case, "a spaniel barked")
    theft(cast)
    shown = {"name": "Shah Jahan", "number": "+923000000001"}
    mine = Handle.objects.filter(pk=case.conversation.handle_id)
    mine.update(shown=keys.fernet("desk").encrypt(json.dumps(shown).encode()))
    most = max(Case.objects.count(), Handle.objects.count())
    assert most > 1
    Handle.objects.update(name_keys=[])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_said; DELETE FROM jobs_filling")
        cursor.execute(
            "INSERT INTO jobs_filling SELECT name, 1000000000 FROM unnest(ARRAY['said', 'names']) AS name"
        )
    assert found(cast.operator, "spaniel") == []
    monkeypatch.setattr(filling, "AT_ONCE", 1)
    looked = [filling.fill() for _ in range(most + 2)]
    assert sum(looked) == Case.objects.count() + Handle.objects.count() and looked[-1] == 0
    assert found(cast.operator, "spaniel") == [case.pk]
    with acting(cast.operator):
        for text in ("shah jehan", "شاہجہاں", "शाह जहां"):
            assert searching.by_name(text, since=NOW - DAY, before=None, most=9) == [case.pk], text
    assert found(cast.operator, "spaniel", since=NOW + 9 * DAY) == []

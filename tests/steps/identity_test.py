"""Hidden numbers, new numbers, quotations both ways: the person stays the same, in whatever order things are read."""

from itertools import permutations
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from rabta import keys
from rabta.cases.models import Case, Conversation, Message
from rabta.outbox import heard, receipts
from rabta.outbox.models import Delivery, Heard, Window
from rabta.people.handles import digest_of
from rabta.people.models import Handle, Person
from rabta.replying.letters import say, to_citizen
from tests.cast import HOUR, NOW, PESHAWAR_NUMBER, Citizen, as_role, hears
from tests.steps.stage import happened, theft

USER = "PK.24f8a1"


def message(citizen: Citizen, text: str, **more: Any) -> dict[str, Any]:
    return citizen.says(text) | more


def hidden(citizen: Citizen, text: str, user: str = USER) -> dict[str, Any]:
    """A message that names the user id only."""
    made = message(citizen, text, from_user_id=user)
    del made["from"]
    return made


def system(citizen: Citizen, **facts: str) -> dict[str, Any]:
    return citizen._message("system", system=facts, from_user_id=USER)


def phone_handle(phone: str) -> Handle | None:
    return Handle.objects.filter(digest=digest_of(scheme="phone", handle=f"+{phone}")).first()


def address_of(handle: Handle) -> str:
    return keys.open_with("relay", bytes(handle.address or b"")).decode()


def test_whoever_hides_his_number_is_still_the_same(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, message(citizen, "My motorcycle was stolen near Kotwali", from_user_id=USER))
    hears(cast, hidden(citizen, "It was a red Honda"), at=NOW + HOUR)
    assert Person.objects.count() == Conversation.objects.count() == Case.objects.count() == 1
    hears(cast, hidden(citizen, "Somebody else altogether", "PK.other"), at=NOW + HOUR)
    assert Person.objects.count() == 2


def test_a_user_id_means_nothing_at_another_account(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, message(citizen, "My motorcycle was stolen near Kotwali", from_user_id=USER))
    hears(cast, hidden(citizen, "My motorcycle was stolen"), to=PESHAWAR_NUMBER)
    assert Person.objects.count() == 2


def test_a_new_number_keeps_person_case_and_window(cast: SimpleNamespace) -> None:
    citizen, new = Citizen(), "923339990001"
    case = theft(cast, citizen)
    old = citizen.phone
    hears(cast, system(citizen, type="user_changed_number", wa_id=new), at=NOW + HOUR)
    handle = phone_handle(new)
    assert handle
    assert (handle.pk, address_of(handle)) == (case.conversation.handle_id, f"+{new}")
    assert Window.objects.filter(address_digest=bytes(handle.digest)).exists()
    assert happened(case)[-1] == "identity"
    citizen.phone = new
    hears(cast, citizen.says("It was a red Honda"), at=NOW + HOUR)
    assert Case.objects.count() == Person.objects.count() == 1
    stranger = Citizen(phone=old)  # the old number is somebody else's now
    hears(cast, stranger.says("My cow was stolen near Gulbahar"), at=NOW + HOUR)
    assert Case.objects.count() == Person.objects.count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, '') FROM cases_event")
        assert new not in cursor.fetchone()[0]


def test_a_number_that_somebody_has_is_not_taken_over(cast: SimpleNamespace) -> None:
    first, second = Citizen(), Citizen()
    case = theft(cast, first)
    other = theft(cast, second)
    hears(cast, system(first, type="user_changed_number", wa_id=second.phone), at=NOW + HOUR)
    case.refresh_from_db()
    assert case.conversation.handle.person_id != other.conversation.handle.person_id
    assert address_of(case.conversation.handle) == f"+{first.phone}"
    assert happened(case)[-1] == "identity_taken"
    assert happened(other)[-1] != "identity_taken"


def test_a_new_user_id_is_the_same_person(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, hidden(citizen, "My motorcycle was stolen near Kotwali"))
    changed = system(citizen, type="user_changed_user_id", user_id="PK.new")
    del changed["from"]
    hears(cast, changed, at=NOW + HOUR)
    hears(cast, hidden(citizen, "It was a red Honda", "PK.new"), at=NOW + HOUR)
    assert Person.objects.count() == Case.objects.count() == 1
    assert address_of(Handle.objects.get()) == "PK.new"


def test_a_number_that_appears_later_is_where_answers_go(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, hidden(citizen, "My motorcycle was stolen near Kotwali"))
    hears(cast, message(citizen, "It was a red Honda", from_user_id=USER), at=NOW + HOUR)
    assert Person.objects.count() == Case.objects.count() == 1
    assert address_of(Handle.objects.get()) == f"+{citizen.phone}"


def test_of_two_hundred_known_people_each_costs_no_query(
    cast: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    people = [(Citizen(), f"PK.{n}") for n in range(20)]
    first = [message(c, "My motorcycle was stolen near Kotwali", from_user_id=u) for c, u in people]
    hears(cast, *first)
    again = [message(c, "It was a red Honda", from_user_id=u) for c, u in people]
    with django_assert_max_num_queries(70):
        hears(cast, *again, at=NOW + HOUR)


def test_an_answer_to_ours_joins_the_case_of_ours_and_shows_it(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    ours = Message.objects.filter(case=case, direction="out").latest("id")
    digest = receipts.provider_digest(account_id=case.account_id, provider_id="wamid.ours")
    Delivery.objects.filter(pk=ours.delivery_id).update(provider_digest=digest)
    hears(cast, citizen.says("Yes, that one", answers="wamid.ours"), at=NOW + HOUR)
    assert Message.objects.filter(direction="in").latest("id").in_reply_to == ours
    hears(cast, citizen.reacts({"id": "wamid.ours"}, "🙏"), at=NOW + HOUR)
    ours.refresh_from_db()
    assert ours.reaction == "🙏"
    hears(cast, citizen.revokes({"id": "wamid.ours"}), at=NOW + HOUR)
    ours.refresh_from_db()
    assert ours.revoked_at is None, "what we wrote is not theirs to take back"


def test_our_answer_quotes_what_they_wrote(cast: SimpleNamespace) -> None:
    case = theft(cast)
    first = Message.objects.filter(case=case, direction="in").earliest("id")
    with as_role("rabta_worker", system="tests"):
        said = to_citizen(case, text="Which one?", language="en", automatic=False, answers=first)
        (written,) = say([said], now=NOW)
    assert written.delivery
    known = Heard.objects.get(pk=written.delivery.answers_id)
    assert keys.open_with("relay", bytes(known.sealed_id)).decode().startswith("wamid.")
    assert written.in_reply_to == first


def test_a_mark_of_reading_goes_once_and_ids_are_forgotten(cast: SimpleNamespace) -> None:
    case = theft(cast)
    last = Message.objects.filter(case=case, direction="in").latest("id")
    facts = {
        "account": case.account, "handle": case.conversation.handle, "visible_to": [], "hidden_from": [],
        "digest": bytes(last.provider_digest or b""), "now": NOW,
    }  # fmt: skip
    assert heard.mark_read(**facts)
    assert not heard.mark_read(**facts)
    assert Delivery.objects.get(mark="read").answers_id
    assert heard.forget(now=NOW + heard.KEPT) == 0
    assert heard.forget(now=NOW + heard.KEPT + HOUR) == 2
    assert not Heard.objects.exists()


SIGHTINGS = ("number", "id", "both")


@pytest.mark.parametrize("order", list(permutations(SIGHTINGS)))
@pytest.mark.parametrize("batches", [(1, 1, 1), (3,)])
def test_number_and_id_are_one_person_in_whatever_order_they_are_read(
    cast: SimpleNamespace, order: tuple[str, ...], batches: tuple[int, ...]
) -> None:
    citizen = Citizen()
    words = {
        "number": citizen.says("My motorcycle was stolen near Kotwali"),
        "id": hidden(citizen, "It was a red Honda of 2019"),
        "both": message(citizen, "The thief wore a blue cap", from_user_id=USER),
    }
    waiting = [words[name] for name in order]
    for hour, size in enumerate(batches):
        hears(cast, *waiting[:size], at=NOW + hour * HOUR)
        waiting = waiting[size:]
    found = Message.objects.filter(direction="in").select_related("conversation__handle")
    assert [len({m.conversation_id for m in found}), len(found)] == [1, 3]
    handle = found[0].conversation.handle
    assert address_of(handle) == f"+{citizen.phone}"
    hears(cast, hidden(citizen, "Any news of it?"), at=NOW + 5 * HOUR)
    assert Message.objects.latest("pk").conversation.handle_id == handle.pk


@pytest.mark.parametrize("first", ["number", "id"])
def test_whoever_is_protected_is_joined_to_nobody_and_keeps_what_he_writes(
    cast: SimpleNamespace, first: str
) -> None:
    citizen = Citizen()
    accusing = "SHO Gulbahar took a bribe of 20000 from me"
    by_number, by_id = citizen.says(accusing), hidden(citizen, "My motorcycle was stolen near Kotwali")
    if first == "id":
        by_number = citizen.says("My motorcycle was stolen near Kotwali")
        by_id = hidden(citizen, accusing)
    hears(cast, by_number)
    hears(cast, by_id, at=NOW + HOUR)
    protected = Handle.objects.get(person__protected=True)
    hears(cast, message(citizen, "I have more to say", from_user_id=USER), at=NOW + 2 * HOUR)
    assert Message.objects.filter(text="I have more to say").get().conversation.handle == protected
    other = Conversation.objects.exclude(handle=protected).get()
    assert other.cases.count() == 1
    assert not other.handle.person.protected
    hears(cast, hidden(citizen, "And that is all"), at=NOW + 3 * HOUR)
    assert Message.objects.filter(text="And that is all").get().conversation.handle == protected


def test_where_one_of_the_two_wanted_silence_there_is_silence(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen near Kotwali"))
    hears(cast, hidden(citizen, "STOP"))
    Handle.objects.filter(scheme="whatsapp_user").update(safe="no")
    hears(cast, message(citizen, "The thief wore a blue cap", from_user_id=USER), at=NOW + HOUR)
    handle = phone_handle(citizen.phone)
    assert handle
    assert handle.stopped_at
    assert handle.safe == "no"

"""A message, or several, become a case of their own at the desk."""

from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Event, Message
from rabta.cases.refusal import Refused
from rabta.journey.matters import splitting
from tests.cast import KOTWALI, MINUTE, NOW, PESHAWAR_NUMBER, Citizen, acting, hears
from tests.steps.stage import happened, theft

LATER = NOW + 30 * MINUTE


def test_a_message_that_joined_becomes_a_case_of_its_own(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    hears(cast, citizen.says("There is also a traffic jam near Gulbahar"), at=NOW + 5 * MINUTE)
    message = Message.objects.filter(direction="in").latest("id")
    with acting(cast.operator) as by:
        own = journey.split(message=message, by=by, now=LATER)
    message.refresh_from_db()
    case.refresh_from_db()
    assert message.case == own != case
    assert (own.category, own.opened_at, case.split_offered_at) == ("traffic", NOW + 5 * MINUTE, None)
    assert happened(own) == ["opened"] and happened(case)[-1] == "split"


def offered(cast: SimpleNamespace) -> tuple[Case, list[str]]:
    """A theft, then a traffic jam in the same talk and a word more on it."""
    citizen = Citizen()
    case = theft(cast, citizen)
    said = ["There is also a traffic jam near Gulbahar", "Nobody can pass"]
    for n, words in enumerate(said, start=5):
        hears(cast, citizen.says(words), at=NOW + n * MINUTE)
    case.refresh_from_db()
    return case, said


def test_what_may_be_another_matter_is_made_one_from_its_first_word_on(cast: SimpleNamespace) -> None:
    case, said = offered(cast)
    assert case.split_offered_at == NOW + 5 * MINUTE
    with acting(cast.operator) as by:
        own = splitting.split_offered(case=case, by=by, now=LATER)
    case.refresh_from_db()
    moved = Message.objects.filter(case=own, direction="in").order_by("id")
    assert list(moved.values_list("text", flat=True)) == said
    assert case.split_offered_at is None


def test_or_a_person_says_that_it_is_one(cast: SimpleNamespace) -> None:
    case, _said = offered(cast)
    with acting(cast.sho) as by, pytest.raises(Refused):
        splitting.keep_together(case=case, by=by, now=LATER)
    with acting(cast.operator) as by:
        splitting.keep_together(case=case, by=by, now=LATER)
        with pytest.raises(Refused, match="Choose the messages first"):
            splitting.split_offered(case=case, by=by, now=LATER)
    case.refresh_from_db()
    assert case.split_offered_at is None and Case.objects.count() == 1


def test_several_messages_become_one_case_and_one_stays(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    hears(cast, citizen.says("There is also a traffic jam near Gulbahar"), at=NOW + 5 * MINUTE)
    hears(cast, citizen.pins(KOTWALI), at=NOW + 6 * MINUTE)
    first, *chosen = Message.objects.filter(case=case, direction="in").order_by("id")
    chosen = chosen[-2:]
    ours = Message.objects.filter(case=case, direction="out").earliest("id")
    other = theft(cast).messages.filter(direction="in").earliest("id")
    with acting(cast.operator) as by:
        for wrong in ([], [ours], [first, other], Message.objects.filter(case=case, direction="in")):
            with pytest.raises(Refused):
                journey.split_several(messages=list(wrong), by=by, now=LATER)
        own = journey.split_several(messages=chosen, by=by, now=LATER)
    assert [one.case for one in Message.objects.filter(pk__in=[one.pk for one in chosen])] == [own, own]
    first.refresh_from_db()
    assert first.case == case
    assert (own.category, own.lat, own.opened_at) == ("traffic", KOTWALI[0], NOW + 5 * MINUTE)
    assert (own.last_in_at, happened(own), happened(case)[-1]) == (NOW + 6 * MINUTE, ["opened"], "split")


def test_a_greeting_becomes_a_case_when_the_desk_says_so(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says("Good morning"))
    with acting(cast.operator) as by:
        case = journey.split(message=Message.objects.get(direction="in"), by=by, now=LATER)
    assert Message.objects.get(direction="in").case == case


def test_a_message_becomes_a_case_of_its_own_once(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says("Good morning"))
    message = Message.objects.get(direction="in")
    with acting(cast.operator) as by:
        journey.split(message=message, by=by, now=LATER)
        for seen in (message, Message.objects.get(pk=message.pk)):  # by another operator, by a second press
            with pytest.raises(Refused):
                journey.split(message=seen, by=by, now=LATER)
    assert Case.objects.count() == 1


def test_what_we_wrote_ourselves_cannot_become_a_case(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator) as by, pytest.raises(Refused):
        journey.split(message=Message.objects.get(case=case, direction="out"), by=by, now=LATER)


def test_a_split_that_shows_an_accusation_takes_it_out_of_the_district_s_sight(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen near Kotwali"), to=PESHAWAR_NUMBER)
    case = Case.objects.get()
    message = Message.objects.get(direction="in")
    Message.objects.filter(pk=message.pk).update(text="The SHO of Kotwali asked me for a bribe")
    message.refresh_from_db()
    with acting(cast.operator_peshawar) as by:
        own = journey.split(message=message, by=by, now=LATER)
        assert list(Case.objects.all()) == [case]
    own.refresh_from_db()
    assert "split" not in happened(case)
    assert Event.objects.get(case=own, what="opened").data == {"split_from": case.reference}
    assert (own.withheld, own.visible_to) == ("accusation", [cast.hq.pk])
    assert not own.conversation.handle.person.protected  # the station that works on the theft notices nothing


def test_a_split_message_stays_with_its_author_s_receipt_and_protection(cast: SimpleNamespace) -> None:
    case = theft(cast)
    Case.objects.filter(pk=case.pk).update(
        receipt_digest="ab" * 16, withheld="tip", withheld_why={"code": "tip_chosen"}
    )
    with acting(cast.operator) as by:
        own = journey.split(
            message=Message.objects.filter(case=case, direction="in").earliest("id"), by=by, now=LATER
        )
    assert (own.receipt_digest, own.withheld) == ("ab" * 16, "tip")

"""What officers forward from their own number: cases of unknown citizens, and asking who wrote (K7)."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from rabta import journey, keys
from rabta.cases.models import Case, Message, Order
from rabta.cases.refusal import Refused
from rabta.force.models import Officer
from rabta.outbox import receipts
from rabta.outbox.models import Delivery
from rabta.people.models import Handle
from rabta.people.reveal import reveal
from tests.cast import HOUR, MINUTE, NOW, Citizen, acting, hears
from tests.steps.answering_test import phone_of
from tests.steps.stage import ACCUSATION, THEFT, happened, told

NUMBER = "+923015550001"


def forwards(cast: SimpleNamespace, who: Officer, *texts: str, at: datetime = NOW) -> Case:
    """The officer forwards what somebody wrote to him."""
    said = [phone_of(who).says(text) | {"context": {"forwarded": True}} for text in texts]
    hears(cast, *said, at=at)
    return Case.objects.latest("id")


def answers(
    cast: SimpleNamespace, who: Officer, text: str, *, at: datetime = NOW + MINUTE, **more: Any
) -> str:
    hears(cast, phone_of(who).says(text, **more), at=at)
    return to(who)[-1]


def sends_card(cast: SimpleNamespace, who: Officer, number: str, *, at: datetime = NOW + MINUTE) -> str:
    card = {"name": {"formatted_name": "Ali Khan"}, "phones": [{"phone": number}]}
    hears(cast, phone_of(who)._message("contacts", contacts=[card]), at=at)
    return to(who)[-1]


def to(who: Officer) -> list[str]:
    return list(Delivery.objects.filter(number=who.phone).order_by("id").values_list("text", flat=True))


def to_citizens() -> list[Delivery]:
    return list(Delivery.objects.exclude(handle=None).order_by("id"))


def test_a_forward_is_a_matter_of_an_unknown_citizen(cast: SimpleNamespace) -> None:
    case = forwards(cast, cast.igp, THEFT["en"])
    assert case.conversation.handle.scheme == "forward"
    assert (case.state, case.category) == ("forwarded", "theft"), "it goes like any"
    assert Order.objects.get(case=case, part="lead").unit == cast.kotwali
    message = Message.objects.get(case=case, direction="in")
    assert (message.author, message.forwarded) == (cast.igp, True)
    assert to_citizens() == []
    (asked,) = to(cast.igp)
    assert asked.startswith(f"What you forwarded was received: {case.reference}. Who wrote it?")
    assert NUMBER not in asked


def test_with_a_card_the_case_gets_its_citizen_who_is_told(cast: SimpleNamespace) -> None:
    case = forwards(cast, cast.igp, THEFT["en"])
    assert sends_card(cast, cast.igp, NUMBER) == f"{case.reference}: noted who wrote it. Thank you."
    case.refresh_from_db()
    assert case.conversation.handle.scheme == "phone"
    assert Message.objects.filter(case=case).exclude(conversation=case.conversation).count() == 0
    (letter,) = to_citizens()
    assert letter.handle == case.conversation.handle
    assert case.reference in letter.text
    assert not any(word in letter.text for word in (cast.igp.phone, cast.igp.name))
    assert letter.template, "who never wrote here gets a template"
    assert Case.objects.count() == 1
    assert happened(case).count("contact_told") == 1
    citizen = Citizen(phone=NUMBER.lstrip("+"))
    hears(cast, citizen.says("It is red"), at=NOW + HOUR)
    assert Message.objects.filter(case=case, text="It is red").exists(), "what he writes later joins"


def test_who_handles_the_case_sees_the_number(cast: SimpleNamespace) -> None:
    case = forwards(cast, cast.igp, THEFT["en"])
    sends_card(cast, cast.igp, NUMBER)
    case.refresh_from_db()
    with acting(cast.operator) as scope:
        handle = case.conversation.handle
        shown = reveal([handle], by=scope, purpose="case", now=NOW)[handle.pk]
    assert (shown.name, shown.number) == ("Ali Khan", NUMBER)


def test_not_known_by_button_or_word_is_noted_once(cast: SimpleNamespace) -> None:
    case = forwards(cast, cast.sp, THEFT["en"])
    button = Delivery.objects.filter(number=cast.sp.phone).latest("id").buttons[0]
    reply = {"type": "button_reply", "button_reply": {"id": button["key"], "title": button["title"]}}
    hears(cast, phone_of(cast.sp)._message("interactive", interactive=reply), at=NOW + MINUTE)
    assert to(cast.sp)[-1] == f"{case.reference}: noted that the writer is not known to you."
    assert happened(case)[-1] == "contact_unknown"
    assert (Case.objects.count(), to_citizens()) == (1, [])


def test_what_is_forwarded_at_once_is_one_matter_and_later_another(cast: SimpleNamespace) -> None:
    case = forwards(cast, cast.igp, THEFT["en"])
    assert forwards(cast, cast.igp, "It is red", at=NOW + MINUTE) == case
    other = forwards(cast, cast.igp, "Traffic is blocked at Gulbahar chowk by rickshaws", at=NOW + HOUR)
    assert other != case
    assert other.conversation.handle.person != case.conversation.handle.person
    assert len([text for text in to(cast.igp) if "Who wrote it?" in text]) == 2


def test_of_several_matters_the_letter_is_quoted(cast: SimpleNamespace) -> None:
    first = forwards(cast, cast.igp, THEFT["en"])
    letter = Delivery.objects.filter(number=cast.igp.phone).latest("id")
    second = forwards(cast, cast.igp, THEFT["ur"], at=NOW + HOUR)
    assert "several matters" in answers(cast, cast.igp, NUMBER, at=NOW + HOUR)
    digest = receipts.provider_digest(account_id=cast.number.pk, provider_id="wamid.first")
    Delivery.objects.filter(pk=letter.pk).update(provider_digest=digest)
    assert "noted who wrote it" in answers(
        cast, cast.igp, f"Ali {NUMBER}", answers="wamid.first", at=NOW + HOUR
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.conversation.handle.scheme, second.conversation.handle.scheme) == ("phone", "forward")


def test_an_accusation_goes_its_way_and_the_officer_reads_the_same(cast: SimpleNamespace) -> None:
    """Forwarded by the accused himself: he learns no more than of a theft, and nobody is written to."""
    ordinary = forwards(cast, cast.sho, THEFT["en"])
    (theft_asked,) = [text for text in to(cast.sho) if "Who wrote it?" in text]
    case = forwards(cast, cast.sho_rustam, ACCUSATION["en"].replace("Kotwali", "Rustam"))
    (asked,) = to(cast.sho_rustam)
    assert (case.withheld, case.desk_unit) == ("accusation", cast.hq)
    assert asked.replace(case.reference, "") == theft_asked.replace(ordinary.reference, "")
    said = sends_card(cast, cast.sho_rustam, NUMBER)
    assert said == f"{case.reference}: noted who wrote it. Thank you."
    case.refresh_from_db()
    assert case.conversation.handle.person.protected
    assert case.conversation.handle.shown is None
    assert (to_citizens(), told(case)) == ([], [])
    letters = Delivery.objects.filter(number=cast.sho_rustam.phone)
    with acting(cast.sho_rustam) as scope:
        assert not Case.objects.filter(scope.visible(), pk=case.pk).exists()
        assert not letters.exists()


def test_an_urgent_matter_writes_to_nobody_who_did_not_write_here(cast: SimpleNamespace) -> None:
    case = forwards(cast, cast.igp, "My husband beats me every night in Kotwali")
    assert case.urgency == 1
    sends_card(cast, cast.igp, NUMBER)
    assert to_citizens() == []


def test_a_number_without_a_question_is_a_message_like_any(cast: SimpleNamespace) -> None:
    hears(cast, phone_of(cast.igp).says(NUMBER))
    assert Message.objects.filter(direction="in", text=NUMBER).exists()


def test_nobody_writes_to_somebody_who_is_not_known(cast: SimpleNamespace) -> None:
    case = forwards(cast, cast.igp, THEFT["en"])
    with acting(cast.operator) as scope, pytest.raises(Refused, match="not known yet"):
        journey.reply(case=case, text="Where exactly?", by=scope, now=NOW)
    sends_card(cast, cast.igp, NUMBER)
    with acting(cast.operator) as scope:
        journey.reply(case=case, text="Where exactly?", by=scope, now=NOW)
    assert "Where exactly?" in to_citizens()[-1].text


def test_what_was_told_is_not_changed_from_a_telephone(cast: SimpleNamespace) -> None:
    case = forwards(cast, cast.igp, THEFT["en"])
    button = Delivery.objects.filter(number=cast.igp.phone).latest("id").buttons[0]
    sends_card(cast, cast.igp, NUMBER)
    reply = {"type": "button_reply", "button_reply": {"id": button["key"], "title": button["title"]}}
    hears(cast, phone_of(cast.igp)._message("interactive", interactive=reply), at=NOW + HOUR)
    assert "noted before" in to(cast.igp)[-1]
    assert happened(case).count("contact_told") == 1


def test_a_stranger_cannot_give_a_contact(cast: SimpleNamespace) -> None:
    case = forwards(cast, cast.igp, THEFT["en"])
    hears(cast, phone_of(cast.sp).says(NUMBER), Citizen().says(NUMBER), at=NOW + MINUTE)
    case.refresh_from_db()
    assert case.conversation.handle.scheme == "forward"


def test_what_an_officer_forwards_as_a_chain_letter_opens_nothing(cast: SimpleNamespace) -> None:
    said = phone_of(cast.igp).says("Forwarded as received: good morning. Share with everyone.")
    hears(cast, said | {"context": {"forwarded": True}})
    assert Case.objects.count() == 0


def test_what_an_officer_writes_himself_waits_at_the_desk(cast: SimpleNamespace) -> None:
    hears(cast, phone_of(cast.igp).says(THEFT["en"]))
    case = Case.objects.get()
    assert case.waiting_why == {"code": "from_officer"}
    assert "contact_asked" not in happened(case)


def test_a_number_that_an_officer_names_does_not_tell_by_which_alias_its_owner_is_known(
    cast: SimpleNamespace,
) -> None:
    source, stranger = Citizen(phone="923001112233"), "+923009998877"
    hears(cast, source.says("Secret information, do not tell anyone my name: a drug dealer near Kotwali"))
    hidden = Handle.objects.get(scheme="phone")
    assert hidden.person.protected
    shown = []
    for number in (f"+{source.phone}", stranger):
        case = forwards(cast, cast.operator, f"My motorcycle was stolen near Kotwali {number[-2:]}")
        sends_card(cast, cast.operator, number)
        case.refresh_from_db()
        handle = case.conversation.handle
        assert handle.person_id != hidden.person_id
        with acting(cast.operator) as by:
            facts = reveal([handle], by=by, purpose="case", now=NOW)[handle.pk]
        letters = case.messages.filter(direction="out", delivery__isnull=False).count()
        shown.append((facts.number == number, facts.protected, letters, bool(handle.address)))
    assert shown[0] == shown[1] == (True, False, 1, True)
    assert keys.open_with("relay", bytes(Case.objects.order_by("id")[1].conversation.handle.address)) == b"+0"

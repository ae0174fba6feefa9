"""What is said in public is answered in public with thanks only; everything else goes privately."""

from types import SimpleNamespace

import pytest
from django.db.models import QuerySet

from rabta import journey, keys
from rabta.cases.models import Case, Message
from rabta.cases.refusal import Refused
from rabta.journey.deciding.public import may_answer
from rabta.outbox.models import Delivery
from rabta.people.models import Handle
from tests.cast import DAY, HOUR, MINUTE, NOW, acting
from tests.steps import posts
from tests.steps.stage import happened

THEFT = "@KPPolice My motorcycle was stolen near Kotwali last night"


@pytest.fixture
def x(cast: SimpleNamespace) -> SimpleNamespace:
    posts.add_x(cast)
    return cast


def said(case: Case) -> list[tuple[bool, str]]:
    rows = Message.objects.filter(case=case, direction="out").order_by("id")
    return [(message.public, message.text) for message in rows]


def test_a_post_becomes_a_case_with_thanks_in_public_and_the_number_in_private(x: SimpleNamespace) -> None:
    first = posts.post(THEFT)
    posts.hears(x, first)
    case = Case.objects.get()
    assert (case.category, case.lead_unit) == ("theft", x.kotwali), (
        "the @name of the police is no mention of police"
    )
    assert case.subject == "My motorcycle was stolen near Kotwali last night"
    private, public = sorted(said(case))
    assert not private[0] and case.reference in private[1]
    assert public[0] and case.reference not in public[1] and "privately" in public[1]
    letter = Delivery.objects.get(public=True)
    assert keys.open_with("relay", bytes(letter.in_reply_to or b"")).decode() == first["id"]
    assert letter.template is None
    (message,) = Message.objects.filter(case=case, direction="in")
    assert message.public and message.link == f"https://x.com/mariam_k/status/{first['id']}"
    assert message.text == THEFT, "what was written stays as it was"


def test_the_same_post_told_twice_is_one_case(x: SimpleNamespace) -> None:
    first = posts.post(THEFT)
    posts.hears(x, first, first)
    assert Case.objects.count() == 1 and Delivery.objects.filter(public=True).count() == 1


def test_later_posts_and_greetings_are_not_answered_in_public(x: SimpleNamespace) -> None:
    posts.hears(x, posts.post(THEFT))
    posts.hears(x, posts.post("@KPPolice It was red"), at=NOW + HOUR)
    posts.hears(x, posts.post("@KPPolice good morning", by=posts.ASAD), at=NOW + HOUR)
    assert Message.objects.filter(direction="out", public=True).count() == 1
    assert not Message.objects.filter(direction="out", conversation__handle__scheme="x", case=None).exists()


def test_an_accusation_is_withheld_and_thanked_like_any_other_post(x: SimpleNamespace) -> None:
    posts.hears(x, posts.post(THEFT))
    posts.hears(x, posts.post("@KPPolice SHO of Kotwali asked me for a bribe", by=posts.ASAD))
    theft, accusation = Case.objects.order_by("id")
    assert accusation.withheld == "accusation" and not accusation.orders.exists()
    assert [text for public, text in said(theft) if public] == [
        text for public, text in said(accusation) if public
    ]


def test_whoever_holds_up_an_accusation_accuses(x: SimpleNamespace) -> None:
    other = posts.post("SHO of Kotwali took a bribe from me", by=posts.ASAD)
    posts.hears(x, posts.about("quoted", other, "@KPPolice please look at this", by=posts.MARIAM))
    case = Case.objects.get()
    assert case.withheld == "accusation" and not case.orders.exists()
    message = Message.objects.get(direction="in")
    assert (message.about, message.about_text) == ("quote", "SHO of Kotwali took a bribe from me")


def test_danger_to_life_is_answered_with_the_emergency_number(x: SimpleNamespace) -> None:
    posts.hears(x, posts.post("@KPPolice house on fire near Kotwali, people are burning, save us"))
    case = Case.objects.get()
    assert case.urgency == 0
    assert all("15" in text or "112" in text for _public, text in said(case))


def test_a_private_message_goes_on_with_the_same_case(x: SimpleNamespace) -> None:
    posts.hears(x, posts.post(THEFT))
    posts.hears(x, posts.private("My number plate is 1234"), at=NOW + HOUR)
    case = Case.objects.get()
    assert case.messages.filter(direction="in").count() == 2
    assert Handle.objects.filter(scheme="x").count() == 1


def test_a_repost_by_anybody_else_says_nothing_new(x: SimpleNamespace) -> None:
    first = posts.post(THEFT)
    posts.hears(x, first)
    posts.hears(x, posts.about("retweeted", first, by=posts.STRANGER), at=NOW + HOUR)
    assert Case.objects.count() == 1 and Message.objects.filter(direction="in").count() == 1


def test_an_edit_of_a_post_that_never_reached_us_is_that_post(x: SimpleNamespace) -> None:
    edited = posts.post(THEFT)
    edited["edit_history_tweet_ids"] = ["77", edited["id"]]
    posts.hears(x, edited)
    assert Case.objects.count() == 1
    late = posts.post("My motorcycle was stolen", id="77", edit_history_tweet_ids=["77"])
    posts.hears(x, late, at=NOW + MINUTE)
    assert Message.objects.filter(direction="in").count() == 1, "the first version came late"


def answered(x: SimpleNamespace, case: Case, text: str, *, confirmed: bool = True) -> Message:
    with acting(x.operator) as scope:
        return journey.reply_in_public(case=case, text=text, confirmed=confirmed, by=scope, now=NOW + HOUR)


def test_the_desk_may_say_harmless_things_in_public(x: SimpleNamespace) -> None:
    posts.hears(x, posts.post(THEFT))
    case = Case.objects.get()
    message = answered(x, case, "Thank you for telling us so quickly.")
    assert message.public and message.delivery and message.delivery.public
    assert happened(case)[-1] == "replied_in_public"
    with pytest.raises(Refused, match="Confirm"):
        answered(x, case, "Thank you again.", confirmed=False)


@pytest.mark.parametrize(
    "text",
    [
        "Your number is {reference}",
        "{lower} is closed",
        "Call 091-9210508",
        "फ़ोन करें ०९१ ९२१०५०८",
        "https://police.example",
        "An FIR was registered",
        "ملزم گرفتار کر لیا گیا",
        "Kotwali has it now",
        "کوتوالی کو بتا دیا",
        "We look into the theft or robbery",
    ],
)
def test_nothing_of_the_case_is_said_in_public(x: SimpleNamespace, text: str) -> None:
    posts.hears(x, posts.post(THEFT))
    case = Case.objects.get()
    filled = text.format(reference=case.reference, lower=case.reference.lower().replace("-", " "))
    with pytest.raises(Refused, match="Leave out"):
        answered(x, case, filled)
    assert not case.events.filter(what="replied_in_public").exists()


def test_a_withheld_case_is_never_answered_in_public_by_hand(x: SimpleNamespace) -> None:
    posts.hears(x, posts.post("@KPPolice SHO of Kotwali asked me for a bribe"))
    case = Case.objects.get()
    assert may_answer(case) is None
    with pytest.raises(Refused, match="privately"):
        answered(x, case, "Thank you.")


def test_private_words_answer_the_post_until_the_person_writes_privately(x: SimpleNamespace) -> None:
    posts.hears(x, posts.post(THEFT))
    case = Case.objects.get()
    with acting(x.operator) as scope:
        first = journey.reply(case=case, text="Which colour?", by=scope, now=NOW + HOUR)
    assert first.delivery and first.delivery.in_reply_to and not first.delivery.public
    posts.hears(x, posts.private("Red"), at=NOW + DAY)
    with acting(x.operator) as scope:
        second = journey.reply(case=case, text="Thank you", by=scope, now=NOW + DAY)
    assert second.delivery and second.delivery.in_reply_to is None


def to_citizens() -> QuerySet[Delivery]:
    """Private letters to citizens."""
    return Delivery.objects.filter(public=False).exclude(handle=None)


def refused(case: Case) -> Delivery:
    """The provider does not let us write to this person privately."""
    letter = Delivery.objects.get(public=False, handle=case.conversation.handle)
    Delivery.objects.filter(pk=letter.pk).update(state="failed", trouble="recipient", failed_at=NOW)
    return letter


def test_what_could_not_be_written_privately_goes_when_the_person_writes_privately(
    x: SimpleNamespace,
) -> None:
    posts.hears(x, posts.post(THEFT))
    case = Case.objects.get()
    was = refused(case)
    posts.hears(x, posts.post("@KPPolice It was red"), at=NOW + MINUTE)
    assert to_citizens().count() == 1, "a public word opens no private way"
    posts.hears(x, posts.private("The number plate is 1234"), at=NOW + 2 * MINUTE)
    receipt = Message.objects.get(case=case, direction="out", public=False)
    assert receipt.delivery and receipt.delivery.pk != was.pk
    assert receipt.delivery.state == "queued" and case.reference in receipt.delivery.text
    was.refresh_from_db()
    assert was.trouble == "taken_back", "nobody is asked to send it a second time"
    posts.hears(x, posts.private("It is a Honda"), at=NOW + 3 * MINUTE)
    assert to_citizens().count() == 2, "once"


def test_an_officers_words_wait_for_a_private_way_too(x: SimpleNamespace) -> None:
    posts.hears(x, posts.post(THEFT))
    case = Case.objects.get()
    Handle.objects.filter(pk=case.conversation.handle_id).update(address=None)
    with acting(x.operator) as scope:
        message = journey.reply(case=case, text="Where exactly was it?", by=scope, now=NOW + MINUTE)
    assert message.delivery is None
    address = keys.seal_for("relay", posts.MARIAM.encode())
    Handle.objects.filter(pk=case.conversation.handle_id).update(address=address)
    posts.hears(x, posts.private("Hello, you asked me to write"), at=NOW + HOUR)
    message.refresh_from_db()
    assert message.delivery and message.delivery.text == "Where exactly was it?"


def test_what_is_old_or_over_or_unsafe_is_not_sent(x: SimpleNamespace) -> None:
    for change in ({"state": "closed", "outcome": "advice", "closed_at": NOW}, {"safe": "no"}, {}):
        posts.hears(x, posts.post(THEFT, by=posts.STRANGER if change.get("safe") else posts.MARIAM))
        case = Case.objects.latest("id")
        letters = Delivery.objects.filter(public=False, handle=case.conversation.handle)
        letters.update(state="failed", trouble="recipient", failed_at=NOW)
        Case.objects.filter(pk=case.pk).update(**change)
        at = NOW + (MINUTE if change else 40 * DAY)
        writer = posts.STRANGER if change.get("safe") else posts.MARIAM
        posts.hears(x, posts.private("Good morning", by=writer), at=at)
        again = letters.filter(text__contains=case.reference).exclude(state="failed")
        assert again.count() == 0, change


def test_of_an_accusation_the_receipt_goes_and_nothing_more(x: SimpleNamespace) -> None:
    posts.hears(x, posts.post("@KPPolice SHO of Kotwali asked me for a bribe"))
    case = Case.objects.get()
    refused(case)
    posts.hears(x, posts.private("I am here now"), at=NOW + MINUTE)
    letter = to_citizens().latest("id")
    assert letter.text.startswith(f"Received. Reference {case.reference}.")

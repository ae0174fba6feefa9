"""What the machine asks citizens by button or list, what their answers do, and when it does not ask."""

from types import SimpleNamespace
from typing import Any

import pytest

from rabta.cases.models import Case, Event, Message, Order
from rabta.force.models import PlaceName
from rabta.outbox.models import Delivery
from tests.cast import GULBAHAR, HOUR, KOTWALI, MINUTE, NOW, Citizen, acting, hears
from tests.steps.stage import ACCUSATION, THEFT, happened, told

VAGUE = "Please do something about this, it is very bad near Kotwali and nobody sleeps"
NO_PLACE = "My motorcycle was stolen last night"


def the_case() -> Case:
    return Case.objects.latest("id")


def buttons() -> list[dict[str, Any]]:
    return list(Delivery.objects.latest("id").buttons)


def titles() -> list[str]:
    return [button["title"] for button in buttons()]


def presses(
    cast: SimpleNamespace, citizen: Citizen, title: str, *, of: list[dict[str, Any]] | None = None
) -> None:
    """The citizen picks this line of the list that came last."""
    row = next(button for button in of or buttons() if button["title"] == title)
    reply = {"type": "list_reply", "list_reply": {"id": row["key"], "title": title}}
    hears(cast, citizen._message("interactive", interactive=reply), at=NOW + MINUTE)


def events(what: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(what=what).order_by("id").values_list("data", flat=True))


def test_a_vague_message_is_asked_what_it_is_about(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says(VAGUE))
    case = the_case()
    (letter,) = told(case)
    assert case.reference in letter
    assert letter.endswith("You may also write it in your own words.")
    assert titles()[1:4] == ["Theft", "Traffic", "Land or house"]
    assert titles()[-1] == "Something else"
    assert case.waiting_why == {"code": "no_category"}
    assert [event["question"] for event in events("asked")] == ["category"]


def test_the_answer_is_the_category_and_the_order_goes_out(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(VAGUE))
    presses(cast, citizen, "Theft")
    case = the_case()
    assert Case.objects.count() == 1
    assert (case.category, case.category_source, case.state) == ("theft", "citizen", "forwarded")
    assert Order.objects.get(case=case, part="lead").unit == cast.kotwali
    assert events("answered") == [{"question": "category", "answer": "theft"}]
    assert told(case)[-1] == f"Thank you, noted. Reference {case.reference}."
    assert Message.objects.filter(case=case, kind="answer").get().text == "Theft"


def test_no_answer_changes_nothing(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(VAGUE))
    before = Case.objects.values().get()
    hears(cast, citizen.says("Nobody has come"), at=NOW + MINUTE)
    after = Case.objects.values().get()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"last_in_at", "changed_at"}
    assert len(told(the_case())) == 1, "asked once"


def test_words_answer_as_well(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(VAGUE))
    hears(cast, citizen.says("ٹریفک"), at=NOW + MINUTE)
    assert (the_case().category, the_case().language) == ("traffic", "en")


def test_after_the_category_the_place_is_asked_for_once(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("Please do something about this, it is very bad and bad every day"))
    presses(cast, citizen, "Theft")
    case = the_case()
    assert "please tell us where this is" in told(case)[-1]
    hears(cast, citizen.says("It is red"), at=NOW + 2 * MINUTE)
    assert len(told(case)) == 2
    hears(cast, citizen.says("Kotwali"), at=NOW + 3 * MINUTE)
    assert the_case().state == "forwarded"
    assert [event["question"] for event in events("asked")] == ["category", "place"]


def test_a_place_that_is_missing_is_asked_for_in_words_under_the_number(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says(NO_PLACE))
    case = the_case()
    (letter,) = told(case)
    assert f"Reference {case.reference}: please tell us where this is." in letter
    (send,) = buttons()
    assert send["sends_place"]


def two_bazaars(cast: SimpleNamespace) -> None:
    """Two places of one name."""
    for unit, (lat, lng) in ((cast.kotwali, KOTWALI), (cast.gulbahar, GULBAHAR)):
        PlaceName.objects.create(unit=unit, name="Ganj", lat=lat, lng=lng, forms=["ganj"])


def test_a_place_of_two_areas_is_asked_by_list(cast: SimpleNamespace) -> None:
    two_bazaars(cast)
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen in Ganj"))
    assert titles() == [cast.kotwali.name, cast.gulbahar.name, "Another place"]
    presses(cast, citizen, cast.gulbahar.name)
    case = the_case()
    assert (case.place_source, case.lat, case.lng) == ("confirmed", *GULBAHAR)
    assert Order.objects.get(case=case, part="lead").unit == cast.gulbahar
    assert "chose one in the area of" in case.routing_reason
    assert case.waiting_why == {}


def test_two_places_are_told_apart_by_their_names(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("I live in Kotwali and my motorcycle was stolen in Gulbahar"))
    assert titles() == ["Kotwali", "Gulbahar", "Another place"]
    presses(cast, citizen, "Another place")
    assert "in your own words" in told(the_case())[-1]
    assert the_case().state == "new"


@pytest.mark.parametrize(
    "words",
    [
        ACCUSATION["en"],
        "The police come to our street every day, please look at this",
        "Robbery is happening right now in Ganj, they have guns",
        "My husband beats me every night",
        "I want to give secret information, keep my name secret",
    ],
)
def test_whoever_must_not_be_asked_is_not(cast: SimpleNamespace, words: str) -> None:
    two_bazaars(cast)
    hears(cast, Citizen().says(words))
    assert events("asked") == []
    assert all("ask" not in str(d.buttons) for d in Delivery.objects.all())


def test_about_the_police_goes_to_the_highest_desk_without_a_word(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(VAGUE))
    presses(cast, citizen, "About the police")
    case = the_case()
    assert (case.withheld, case.desk_unit, case.state) == ("accusation", cast.hq, "new")
    assert case.conversation.handle.person.protected
    assert told(case)[-1].startswith(f"Received. Reference {case.reference}.")
    assert Order.objects.count() == 0


def test_about_the_police_counts_after_another_choice(cast: SimpleNamespace) -> None:
    """Whoever pressed the wrong line, and whoever takes courage later."""
    citizen = Citizen()
    hears(cast, citizen.says(VAGUE))
    offered = buttons()
    presses(cast, citizen, "Theft", of=offered)
    assert Order.objects.count() == 2
    presses(cast, citizen, "About the police", of=offered)
    assert Case.objects.count() == 2, "not into the case that the station reads"
    assert the_case().withheld == "accusation"
    presses(cast, citizen, "Traffic", of=offered)
    assert Case.objects.order_by("id")[0].category == "theft"


def test_danger_is_an_emergency_at_once(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(VAGUE))
    presses(cast, citizen, "Danger now")
    case = the_case()
    assert (case.urgency, case.state) == (0, "forwarded")
    assert "15" in told(case)[-1] or "112" in told(case)[-1]
    assert Delivery.objects.latest("id").priority == Delivery.Priority.EMERGENCY


def test_a_photo_alone_is_asked_for_the_language_first(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.photographs())
    assert titles() == ["English", "हिन्दी", "اردو", "پښتو", "Roman Urdu"]
    presses(cast, citizen, "हिन्दी")
    case = the_case()
    assert (case.language, case.conversation.language) == ("hi", "hi")
    assert "चोरी" in titles()
    presses(cast, citizen, "चोरी")
    assert (the_case().category, the_case().language) == ("theft", "hi")


def test_words_that_could_be_of_two_languages_are_asked_for_it_last(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says("Motorcycle stolen, Kotwali"))
    assert the_case().state == "forwarded", "nothing waits for an answer"
    assert titles()[0] == "English"


def test_a_known_person_is_not_asked_for_the_language(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(THEFT["ur"]))
    hears(cast, citizen.photographs(), at=NOW + 100 * HOUR)
    assert all("language" not in event["question"] for event in events("asked"))


def test_a_stranger_cannot_answer_for_another(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says(VAGUE))
    asked = the_case()
    presses(cast, Citizen(), "Theft")
    asked.refresh_from_db()
    assert (asked.category, events("answered")) == ("", [])
    assert Case.objects.count() == 2, "a message like any other"


def test_whom_the_desk_writes_to_the_machine_asks_no_more(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("Please do something about this, it is very bad and bad every day"))
    offered, case = buttons(), the_case()
    Case.objects.filter(pk=case.pk).update(replied_at=NOW)
    presses(cast, citizen, "Theft", of=offered)
    assert [event["question"] for event in events("asked")] == ["category"]
    assert the_case().category == "theft"


def test_what_an_operator_decided_stays(cast: SimpleNamespace) -> None:
    from rabta import journey

    citizen = Citizen()
    hears(cast, citizen.says(VAGUE))
    offered = buttons()
    with acting(cast.operator) as scope:
        journey.categorise(case=the_case(), category="traffic", by=scope, now=NOW)
    presses(cast, citizen, "Theft", of=offered)
    assert the_case().category == "traffic"
    assert happened(the_case())[-1] in ("answered", "message_in")


def test_where_nothing_can_be_pressed_numbers_are_written(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from rabta.channels.registry import BY_KIND

    plain = BY_KIND["whatsapp"]
    monkeypatch.setitem(BY_KIND, "whatsapp", replace(plain, limits=replace(plain.limits, buttons=0)))
    citizen = Citizen()
    hears(cast, citizen.says(VAGUE))
    hears(cast, citizen.says("۲"), at=NOW + MINUTE)
    assert the_case().category == "theft"


def test_a_number_on_a_telephone_with_buttons_is_no_answer(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(VAGUE))
    hears(cast, citizen.says("2"), at=NOW + MINUTE)
    assert (the_case().category, events("answered")) == ("", [])

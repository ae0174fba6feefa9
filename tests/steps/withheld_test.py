"""What accuses police, what protects its source and what is restricted waits for a person; nobody else learns of it."""

from types import SimpleNamespace

import pytest
from django.conf import settings

from rabta.cases.models import Case, Message, Order
from rabta.outbox.models import Delivery
from rabta.people.models import Handle, Person
from tests.cast import HOUR, KOTWALI, MINUTE, NOW, PESHAWAR_NUMBER, Citizen, acting, hears
from tests.steps.stage import ACCUSATION, accusation, phones_told, theft, told

SAFE = "Is it safe to write to you here? Answer 1 for yes, 2 for no."
NEUTRAL = {
    "en": "Received. Reference",
    "ur": "موصول ہوا",
    "hi": "प्राप्त हुआ",
    "ps": "راورسېد.",
    "roman": "Mil gaya.",
}


@pytest.mark.parametrize("language", ACCUSATION)
def test_an_accusation_goes_to_no_officer_and_is_seen_by_headquarters_only(
    cast: SimpleNamespace, language: str
) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(ACCUSATION[language]), citizen.pins(KOTWALI), to=PESHAWAR_NUMBER)
    case = Case.objects.get()
    assert (case.withheld, case.kind, case.state) == ("accusation", "complaint_against_police", "new")
    assert not Order.objects.exists() and phones_told() == {}
    assert (case.desk_unit, case.visible_to) == (cast.hq, [cast.hq.pk])
    assert {tuple(m.visible_to) for m in Message.objects.all()} == {(cast.hq.pk,)}
    assert {tuple(d.visible_to) for d in Delivery.objects.all()} == {(cast.hq.pk,)}
    (answer,) = told(case)
    assert answer.startswith(NEUTRAL[language]) and case.reference in answer


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("operator", True), ("desk_head", True), ("oversight", True), ("igp", True),
        ("administrator", False), ("operator_peshawar", False), ("sp", False), ("co", False), ("sho", False),
        ("sho_gulbahar", False), ("sp_mardan", False), ("ctd_head", False), ("nobody", False),
    ],
)  # fmt: skip
def test_who_sees_an_accusation_written_to_the_district(cast: SimpleNamespace, name: str, sees: bool) -> None:
    hears(cast, Citizen().says(ACCUSATION["en"]), to=PESHAWAR_NUMBER)
    with acting(getattr(cast, name)):
        found = [model.objects.filter(visible_to__len__gt=0).exists() for model in (Case, Message, Delivery)]
    assert found == [sees] * 3


def test_the_accuser_is_an_alias_from_then_on(cast: SimpleNamespace) -> None:
    handle = accusation(cast).conversation.handle
    assert handle.shown is None and handle.person.protected
    assert handle.address is not None  # the relay can still answer


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Secret information: a man sells drugs near Kotwali, do not tell my name", "tip"),
        ("I got an extortion call, they want fifty lakh, I live near Kotwali", "restricted"),
        ("A terrorist says on the phone that there is a bomb in the market", "restricted"),
    ],
)
def test_a_tip_and_a_restricted_matter_wait(cast: SimpleNamespace, words: str, reason: str) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(words), citizen.pins(KOTWALI))
    case = Case.objects.get()
    assert (case.withheld, case.state) == (reason, "new")
    assert not Order.objects.exists() and phones_told() == {}
    assert case.visible_to == [cast.hq.pk]
    assert told(case)[0].startswith(NEUTRAL["en"])
    assert case.conversation.handle.person.protected


def test_an_accusation_while_a_case_lies_at_the_station_opens_its_own(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    ordered = theft(cast, citizen)
    hears(cast, citizen.says(ACCUSATION["en"]), at=NOW + 10 * MINUTE)
    accused = Case.objects.latest("id")
    assert accused != ordered and accused.withheld == "accusation"
    with acting(cast.sho):
        assert list(Case.objects.all()) == [ordered]
        assert not Message.objects.filter(text=ACCUSATION["en"]).exists()
        assert not Message.objects.filter(case=accused.pk).exists()


def test_an_accusation_as_an_answer_to_the_station_s_case_opens_its_own(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    first = citizen.says("My motorcycle was stolen near Kotwali")
    hears(cast, first)
    hears(cast, citizen.says(ACCUSATION["en"], answers=first["id"]), at=NOW + MINUTE)
    assert Case.objects.count() == 2
    with acting(cast.sho):
        assert Case.objects.count() == 1


def test_an_accusation_and_a_theft_in_one_batch_do_not_meet(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen near Kotwali"), citizen.says(ACCUSATION["en"]))
    ordered = Case.objects.filter(state="forwarded")
    assert not any(case.withheld for case in ordered)
    with acting(cast.sho):
        assert not Message.objects.filter(text=ACCUSATION["en"]).exists()


def test_a_second_word_of_the_accuser_joins_and_gets_the_neutral_receipt(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = accusation(cast, citizen)
    hears(cast, citizen.says("He asked for 5000 rupees"), at=NOW + 5 * HOUR)
    assert Case.objects.count() == 1
    assert Message.objects.filter(case=case, direction="in").count() == 2
    receipt = f"Received. Reference {case.reference}."
    assert told(case) == [f"{receipt}\n\n{SAFE}", receipt]


def test_a_photo_alone_becomes_an_accusation_by_the_next_word(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.photographs(), to=PESHAWAR_NUMBER)
    case = Case.objects.get()
    assert cast.peshawar.pk in case.visible_to
    hears(cast, citizen.says(ACCUSATION["en"]), at=NOW + MINUTE, to=PESHAWAR_NUMBER)
    case.refresh_from_db()
    assert (Case.objects.count(), case.withheld, case.visible_to) == (1, "accusation", [cast.hq.pk])
    assert {tuple(m.visible_to) for m in Message.objects.filter(case=case)} == {(cast.hq.pk,)}
    assert {tuple(d.visible_to) for d in Delivery.objects.all()} == {(cast.hq.pk,)}


def test_an_emergency_is_answered_with_the_number_to_call(cast: SimpleNamespace, settings: object) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("Armed robbers are inside my house right now, help"), citizen.pins(KOTWALI))
    case = Case.objects.get()
    assert case.urgency == 0
    assert "15" in told(case)[0].replace(case.reference, "")
    letter = Message.objects.get(direction="out").delivery
    assert letter and letter.priority == Delivery.Priority.EMERGENCY
    assert case.lead_unit == cast.kotwali


def test_an_urgent_matter_is_answered_neutrally_and_its_order_names_nothing(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My husband beats me every day"), citizen.pins(KOTWALI))
    case = Case.objects.get()
    assert (case.category, case.urgency, case.state) == ("domestic_violence", 1, "forwarded")
    assert told(case) == [f"Received. Reference {case.reference}.\n\n{SAFE}"]
    letter = Message.objects.get(direction="out").delivery
    assert letter and letter.template["name"] == "neutral_v1"
    assert "a matter to be read in Rabta only" in phones_told()[cast.sho.phone]
    assert cast.women_head.phone in phones_told()


def test_an_emergency_while_a_theft_is_open_is_its_own_case(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    hears(
        cast,
        citizen.says("Armed robbers are inside my house near Gulbahar right now, help"),
        at=NOW + MINUTE,
    )
    assert list(Case.objects.order_by("id").values_list("urgency", flat=True)) == [3, 0]
    assert cast.sho_gulbahar.phone in phones_told()


def test_a_name_that_the_accused_knows_does_not_turn_into_an_alias(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My motorcycle was stolen near Kotwali"))
    known = bytes(Handle.objects.get().shown or b"")
    hears(cast, citizen.says("The SHO of Kotwali demanded a bribe from me"), at=NOW + MINUTE)
    assert Case.objects.filter(withheld="accusation").count() == 1
    assert bytes(Handle.objects.get().shown or b"") == known
    assert not Person.objects.get().protected


FIRING = "جب میرے گھر پر فائرنگ ہو رہی تھی تو میں نے جس نمبر پر کال کی اس نے کہا اپنا محل وقوع واٹس ایپ کریں"


@pytest.mark.parametrize(
    ("said", "ordered"), [(FIRING, False), (f"{FIRING}۔ مدد کریں", True)], ids=["told", "asks"]
)
def test_danger_that_reads_like_an_accusation_waits_unless_somebody_is_to_come(
    cast: SimpleNamespace, said: str, ordered: bool
) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(said), citizen.pins(KOTWALI))
    case = Case.objects.get()
    assert case.urgency == 0
    assert Order.objects.filter(case=case).exists() is ordered
    assert case.waiting_why.get("code", "") == ("" if ordered else "like_accusation")


def test_every_cry_for_help_is_answered_with_the_emergency_number(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    cry = "A man with a gun is breaking into my house near Kotwali right now"
    hears(cast, citizen.says(cry))
    hears(cast, citizen.says(cry), at=NOW + MINUTE)
    case = Case.objects.get()
    assert case.urgency == 0
    assert [settings.EMERGENCY_NUMBER in answer for answer in told(case)] == [True, True]


def test_a_restricted_matter_in_danger_says_no_more_than_the_number_to_call(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says("A girl is being raped, come quickly"), Citizen().pins(KOTWALI))
    case = Case.objects.get(category="sexual_offence")
    assert (case.urgency, case.withheld) == (0, "restricted")
    letter = told(case)[0]
    assert letter.startswith(NEUTRAL["en"]) and letter.endswith("If anyone is in danger, call 15 now.")
    assert not Order.objects.exists()

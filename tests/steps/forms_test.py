"""The web form goes the same way, and its receipt is the only key to what became of it."""

from types import SimpleNamespace

from rabta.cases.models import Case, Message
from rabta.intake import forms
from rabta.outbox.models import Delivery
from tests.cast import HOUR, KOTWALI, NOW, as_role, read
from tests.steps.stage import phones_told, told


def submit(cast: SimpleNamespace, *, at: object = NOW, **facts: object) -> str:
    entry = forms.Entry(
        **{"submission": f"key-{len(facts)}-{at}", "text": "My motorcycle was stolen", **facts}
    )
    with as_role("rabta_web"):
        code = forms.submit(account=cast.form, entry=entry, files=(), now=at)
    read(at=at)
    return code


def test_a_submission_becomes_a_case_that_its_receipt_opens(cast: SimpleNamespace) -> None:
    code = submit(cast, language="ur", category="theft", lat=KOTWALI[0], lng=KOTWALI[1])
    case = Case.objects.get()
    assert case.receipt_digest == forms.receipt_digest(code)
    assert (case.language, case.category, case.category_source) == ("ur", "theft", "citizen")
    assert (case.state, case.lead_unit) == ("forwarded", cast.kotwali)
    assert set(phones_told()) == {cast.sho.phone, cast.co.phone}


def test_the_answer_is_read_on_the_status_page_and_not_sent(cast: SimpleNamespace) -> None:
    submit(cast, category="theft")
    case = Case.objects.get()
    assert case.reference in told(case)[0]
    assert not Delivery.objects.filter(number="").exists()


def test_the_choice_of_the_citizen_stands_against_the_words(cast: SimpleNamespace) -> None:
    submit(cast, text="There was a traffic jam near Kotwali", category="property")
    assert Case.objects.get().category == "property"


def test_a_follow_up_by_receipt_joins_its_case(cast: SimpleNamespace) -> None:
    code = submit(cast, category="theft")
    again = submit(cast, at=NOW + HOUR, submission="later", text="near Kotwali", receipt_code=code)
    assert again == code
    case = Case.objects.get()
    assert (case.category, case.category_source, case.state) == ("theft", "citizen", "forwarded")
    assert Message.objects.filter(case=case, direction="in").count() == 2


def test_another_form_is_another_person(cast: SimpleNamespace) -> None:
    submit(cast, submission="one")
    submit(cast, submission="two")
    assert Case.objects.count() == 2
    assert Case.objects.values("conversation__handle__person").distinct().count() == 2


def test_a_complaint_against_police_chosen_on_the_form_waits(cast: SimpleNamespace) -> None:
    submit(cast, text="He was rude near Kotwali", category="against_police")
    case = Case.objects.get()
    assert (case.withheld, case.state, case.visible_to) == ("accusation", "new", [cast.hq.pk])
    assert phones_told() == {}


def test_the_place_that_was_asked_for_decides_and_not_another_that_the_words_name(
    cast: SimpleNamespace,
) -> None:
    submit(
        cast, category="theft", text="My brother from Gulbahar was robbed", place="Kotwali, behind the mosque"
    )
    case, message = Case.objects.get(), Message.objects.filter(direction="in").get()
    assert (case.lead_unit, case.state) == (cast.kotwali, "forwarded")
    assert (case.place, case.place_source) == ("Kotwali, behind the mosque", "citizen")
    assert message.text == "My brother from Gulbahar was robbed"
    assert message.place_name == "Kotwali, behind the mosque"


def test_a_place_that_nobody_knows_leaves_it_to_the_words(cast: SimpleNamespace) -> None:
    submit(cast, category="theft", text="Stolen near Kotwali", place="my street")
    case = Case.objects.get()
    assert (case.lead_unit, case.place) == (cast.kotwali, "my street")

"""One search box: a name and words together, a place in any script, and nothing that the officer may not see."""

import re
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from rabta.force import directory
from rabta.force.models import PlaceName, Unit
from rabta.kit import ids, scripts
from rabta.people.handles import protect
from tests.web.desk import stage
from tests.web.desk.stage import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    return stage.make()


def found(force, text):
    page = Browser(force.operator).get(f"/desk/?{urlencode({'queue': 'open', 'q': text})}").body.decode()
    return re.findall(r'id="row-([0-9a-z]{16})"', page)


def test_a_name_and_words_are_found_together_in_any_order_and_script(force):
    case, other = (stage.case(force, subject=text) for text in ("Chassis KX-90417", "Another matter"))
    stage.named(case, name="Ghulam Rasool", number="+923001110071")
    stage.named(other, name="Ghulam Rasool", number="+923001110072")
    stage.says(case, "میری گاڑی حیات آباد میں ملی")
    for text in ("rasool chassis", "kx chassis gulam rasul", "غلام حیات", "रसूल chass"):
        assert found(force, text) == [case.public_id], text
    assert found(force, "rasool horse") == [] and found(force, "khan chassis") == []


def test_words_of_what_may_not_be_seen_and_names_that_are_hidden_find_nothing(force):
    case = stage.case(force, subject="Chassis")
    handle = stage.named(case, name="Ghulam Rasool", number="+923001110071")
    stage.says(case, "the brother did it", visible_to=[force.circle.pk])
    assert found(force, "rasool brother") == []
    assert found(force, "rasool chassis") == [case.public_id]
    protect([handle], now=case.opened_at)
    assert found(force, "rasool chassis") == []


def test_a_place_is_found_in_the_script_of_whoever_looks_for_it(force):
    case = stage.case(force, subject="Stolen", place="Gulbahar No 2")
    forms = [scripts.normalise(form) for form in ("Gulbahar No 2", "गुलबहार", "گلبہار")]
    PlaceName.objects.create(unit=force.gulbahar, name="Gulbahar No 2", lat=34, lng=71.5, forms=forms)
    directory.forget()
    assert found(force, "गुलबहार") == found(force, "گلبہار") == [case.public_id]
    directory.forget()


def test_the_search_box_keeps_the_filters_of_the_list_and_a_unit_can_be_chosen(force):
    desk, unit = Browser(force.operator), force.kotwali
    page = desk.get(f"/desk/?queue=open&unit={unit.public_id}&category=theft").body.decode()
    form = re.search(r'<form role="search".*?</form>', page, re.DOTALL)[0]
    assert f'name="unit" value="{unit.public_id}"' in form and 'name="category" value="theft"' in form
    panel = desk.get(f"/desk/filters/?queue=open&unit={unit.public_id}").body.decode()
    assert f'<option value="{unit.public_id}" selected>' in panel


def found_by(browser: Browser, text: str) -> str:
    return browser.get(f"/desk/list/?{urlencode({'q': text})}").body.decode()


def test_a_name_is_found_in_any_script_and_spelling_and_never_of_somebody_who_is_hidden(force):
    case, other = stage.case(force), stage.case(force)
    handle = stage.named(case, name="Muhammad Yousaf", number="+923001110051")
    stage.named(other, name="Saima Gul", number="+923001110052")
    operator = Browser(force.operator)
    for spelling in ("Mohammed Yusuf", "محمد یوسف", "मोहम्मद यूसुफ़", "yousuf"):
        page = found_by(operator, spelling)
        assert case.public_id in page and other.public_id not in page, spelling
    assert case.public_id not in found_by(Browser(force.desk_head), "Yousaf Saima")
    assert len(handle.name_keys) == 3  # each word, and both as one
    protect([handle], now=timezone.now())
    handle.refresh_from_db()
    assert handle.name_keys == []
    assert case.public_id not in found_by(operator, "Yousaf")


def test_a_part_of_a_reference_number_finds_the_case_for_whoever_may_see_it(force):
    case = stage.case(force, reference="PRY-7K3M-92QF")
    hidden = stage.case(force, reference="PRY-7K3M-11AA", visible_to=[force.circle.pk])
    operator = Browser(force.operator)
    for part in ("PRY-7K3", "7k3m", "92QF", "7K3M-92"):
        page = found_by(operator, part)
        assert case.public_id in page and hidden.public_id not in page, part
    assert case.public_id not in found_by(operator, "%%%1")


def test_a_group_without_a_digit_is_part_of_a_number(force):
    case = stage.case(force, reference="PRYX-KXMN-ABCD")
    Unit.objects.filter(pk=force.hq.pk).update(reference_prefix="PRYX")
    operator = Browser(force.operator)
    for part in ("KXMN", "kxmn-", "kxmn", "abcd", "ABCD", "KXMN-AB"):
        assert case.public_id in found_by(operator, part), part
    for word in ("KXM", "PRYX-", "pryx"):  # too little, all cases of a unit
        assert case.public_id not in found_by(operator, word), word


def test_both_groups_are_found_run_together_or_apart(force):
    case, other = stage.case(force, reference=ids.reference(prefix="PRY")), stage.case(force)
    _prefix, one, two = case.reference.split("-")
    operator = Browser(force.operator)
    for text in (
        f"{one}{two}",
        f"{one} {two}",
        f"{one}{two}".lower(),
        f"{one} - {two}".lower(),
        f"{one}-{two}",
    ):
        page = found_by(operator, text)
        assert case.public_id in page and other.public_id not in page, text
    wrong = f"{one}{two[:3]}{'A' if two[3] != 'A' else 'B'}"  # a slip is no number
    assert case.public_id not in found_by(operator, wrong)


def test_words_with_a_number_among_them_are_words(force):
    case = stage.case(force, subject="Mine")
    stage.says(case, "The chassis number is KX-90417, call 0300 1234567")
    for text in ("chassis 90417", "kx-90417", "0300 1234567", "۹۰۴۱۷", "number 90417"):
        assert found(force, text) == [case.public_id], text

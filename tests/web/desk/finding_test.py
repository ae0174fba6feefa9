"""One search box: a name and words together, a place in any script, and nothing that the officer may not see."""

import re
from urllib.parse import urlencode

import pytest

from rabta.force import directory
from rabta.force.models import PlaceName
from rabta.kit import scripts
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

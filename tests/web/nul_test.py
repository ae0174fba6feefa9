"""NUL, which PostgreSQL does not keep, is refused before anything is asked of the database."""

import pytest

from rabta.cases.models import Message
from tests.web.desk import stage
from tests.web.desk.stage import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    return stage.make()


@pytest.mark.parametrize(
    "path", ["/desk/?q=a%00b", "/desk/?unit=%00", "/desk/places/?q=a%00b", "/desk/?%00=a"]
)
def test_in_an_address(force, path):
    assert Browser(force.operator).get(path).status_code == 400


@pytest.mark.parametrize("act", ["say", "order", "place"])
def test_in_a_form(force, act):
    case = stage.case(force)
    facts = {"text": "a\0b", "tab": "note", "post": "\0", "lat": "34", "lng": "71", "name": "a\0b"}
    assert Browser(force.operator).post(f"/desk/case/{case.public_id}/{act}/", facts).status_code == 400
    assert not Message.objects.filter(direction="note").exists()


def test_in_the_cookie_of_a_session_that_nobody_has(force):
    browser = Browser()
    browser.client.cookies["rabta_session"] = "\0" + "a" * 31
    assert browser.get("/login/").status_code == 400


def test_the_api_says_so_itself(force):
    assert Browser().get("/api/v1/cases?reference=%00").status_code == 401

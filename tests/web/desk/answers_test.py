"""Prepared answers: worded by the head of the desk, filled in for the case, never sent with an open blank."""

import pytest
from django.utils import timezone

from rabta.desk import answers
from rabta.people.handles import protect
from rabta.rules import filling
from tests.web.desk import stage
from tests.web.desk.stage import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    return stage.make()


@pytest.fixture
def head(force):
    return Browser(force.desk_head)


@pytest.mark.parametrize(
    ("text", "strange", "open"),
    [
        ("Dear {name}, {reference}", [], ["name", "reference"]),
        ("{nmae} {Name} {}", ["nmae", "Name", ""], []),
        ("a {b", [], []),
    ],
)
def test_blanks(text, strange, open):
    assert filling.unknown(text) == strange
    assert filling.left(text) == open
    assert filling.left(filling.fill(text, {"name": "Gul"})) == [one for one in open if one != "name"]


def test_the_head_words_an_answer_and_operators_choose_it_filled_in(force, head):
    texts = {"text-en": "Dear {name}, {reference} of {date}.", "text-ur": "محترم {name}", "text-hi": ""}
    assert head.post("/desk/answers/", {"code": "hello", **texts}).status_code == 302
    case = stage.case(force, language="ur")
    handle = stage.named(case, name="گل خان", number="+923001110045")
    page = Browser(force.operator).get(f"/desk/case/{case.public_id}/").body.decode()
    assert 'data-text="محترم گل خان"' in page
    assert f"Dear گل خان, {case.reference} of" in page
    protect([handle], now=timezone.now())
    assert "محترم {name}" in Browser(force.operator).get(f"/desk/case/{case.public_id}/").body.decode()


def test_an_unknown_blank_is_refused_and_what_was_typed_stays(force, head):
    answer = head.post("/desk/answers/", {"code": "hello", "text-en": "Dear {citizen}"})
    assert answer.status_code == 400
    assert (
        "{citizen} is not known" in answer.body.decode()
        and "Dear {citizen}</textarea>" in answer.body.decode()
    )
    assert "hello" not in {one.code for one in answers.of_desk(force.hq.pk)}
    assert head.post("/desk/answers/", {"code": "no good", "text-en": "x"}).status_code == 400


def test_a_shipped_answer_is_withdrawn_for_this_desk_alone(force, head):
    head.post("/desk/answers/", {"code": "thanks", "act": "withdraw"})
    assert "thanks" not in {one.code for one in answers.of_desk(force.hq.pk)}
    assert "thanks" in {one.code for one in answers.of_desk(force.circle.pk)}


def test_an_open_blank_is_not_sent(force):
    case = stage.case(force)
    stage.named(case, name="Gul", number="+923001110046")
    answer = Browser(force.operator).post(
        f"/desk/case/{case.public_id}/say/",
        {"tab": "reply", "text": "Dear {name}"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 400 and "Fill in {name} first" in answer.body.decode()


def test_only_the_head_of_a_desk_words_answers(force):
    assert Browser(force.operator).get("/desk/answers/").status_code == 403

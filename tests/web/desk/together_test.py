"""Several people at one desk: drafts on every machine, who is at a case, and nobody answers over another."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rabta.desk import drafts, presence
from rabta.desk.models import Draft, Presence
from tests.web.desk import stage
from tests.web.desk.stage import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def force():
    return stage.make()


@pytest.fixture
def desk(force):
    return Browser(force.operator)


def saves(browser, case, text, *, revision, kind="reply"):
    return browser.post(
        f"/desk/case/{case.public_id}/draft/", {"kind": kind, "text": text, "revision": revision}
    )


def says(browser, case, text, **facts):
    headers = {"HX-Request": "true"}
    return browser.post(
        f"/desk/case/{case.public_id}/say/", {"tab": "reply", "text": text, **facts}, headers=headers
    )


def test_a_draft_comes_back_on_any_machine_and_is_gone_after_sending(force, desk):
    case = stage.case(force)
    stage.named(case, name="Gul", number="+923001110043")
    assert saves(desk, case, "A patrol", revision=0).json() == {"revision": 1}
    assert saves(desk, case, "A patrol is coming", revision=1).json() == {"revision": 2}
    elsewhere = Browser(force.operator).get(f"/desk/case/{case.public_id}/").body.decode()
    assert ">A patrol is coming</textarea>" in elsewhere
    assert "A patrol" not in Browser(force.desk_head).get(f"/desk/case/{case.public_id}/").body.decode()
    assert says(desk, case, "A patrol is coming.", draft="2").status_code == 200
    assert not Draft.objects.exists()


def test_a_second_tab_is_told_and_overwrites_nothing(force, desk):
    case = stage.case(force)
    saves(desk, case, "From the first", revision=0)
    answer = saves(desk, case, "From the second", revision=0)
    assert (answer.status_code, answer.json()) == (409, {"revision": 1, "text": "From the first"})
    assert Draft.objects.get().text == "From the first"
    assert saves(desk, case, "From the second", revision=1).json() == {"revision": 2}
    assert saves(desk, case, "", revision=2).json() == {"revision": 0}
    assert not Draft.objects.exists()


@pytest.mark.parametrize("bad", [{"kind": "x"}, {"revision": "-1"}, {"revision": "9" * 12}, {"revision": ""}])
def test_a_draft_that_is_none_is_refused(force, desk, bad):
    facts = {"kind": "reply", "text": "x", "revision": 0, **bad}
    case = stage.case(force)
    assert desk.post(f"/desk/case/{case.public_id}/draft/", facts).status_code == 400


def test_drafts_and_presences_end_by_themselves(force):
    case, now = stage.case(force), timezone.now()
    drafts.save(case=case, officer=force.operator, kind="note", text="x", revision=0, now=now)
    presence.say(case=case, officer=force.operator, doing="replying", now=now)
    (there,) = presence.others(case=case, officer=force.desk_head, now=now)
    assert (there.officer, there.doing) == (force.operator, "replying")
    later = now + presence.LASTS + timedelta(seconds=1)
    assert presence.others(case=case, officer=force.desk_head, now=later) == []
    presence.forget(now=later)
    drafts.forget(now=now + drafts.KEPT_FOR + timedelta(days=1))
    assert not Presence.objects.exists() and not Draft.objects.exists()


def test_a_colleague_is_seen_and_who_may_not_see_the_case_sees_nothing(force, desk):
    case = stage.case(force)
    here = f"/desk/case/{case.public_id}/here/"
    Browser(force.desk_head).post(here, {"doing": "replying"})
    assert "is replying" in desk.get(here).body.decode()
    Browser(force.desk_head).post(here, {"doing": "gone"})
    assert "is replying" not in desk.get(here).body.decode()
    hidden = stage.case(force, visible_to=[force.gulbahar.pk] if hasattr(force, "gulbahar") else [0])
    assert desk.post(f"/desk/case/{hidden.public_id}/here/", {"doing": "looking"}).status_code == 404


def test_who_answers_after_a_colleague_is_asked_first(force, desk):
    case = stage.case(force)
    stage.named(case, name="Gul", number="+923001110044")
    assert says(Browser(force.desk_head), case, "We know of it.", since="").status_code == 200
    asked = says(desk, case, "What happened?", since="")
    assert asked.status_code == 400
    assert "We know of it." in asked.body.decode() and 'name="sure"' in asked.body.decode()
    assert case.messages.filter(direction="out").count() == 1
    seen = case.messages.get(direction="out").public_id
    assert says(desk, case, "What happened?", since=seen).status_code == 200
    assert says(desk, case, "And where?", since="", sure="yes").status_code == 200
    assert case.messages.filter(direction="out").count() == 3

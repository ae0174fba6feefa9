"""Merging, linking and answering everybody, as the desk and the API do it."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from rabta.cases.models import Case, Message
from rabta.cases.related import Link
from rabta.force import access
from rabta.people.models import Handle
from rabta.web.desk import incidents
from tests.conftest import AsRole
from tests.web import small_force
from tests.web.api.asking import Api
from tests.web.desk import stage
from tests.web.desk.stage import Browser

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def force() -> SimpleNamespace:
    return stage.make()


@pytest.fixture
def desk(force: SimpleNamespace) -> Browser:
    return Browser(force.operator)


def act(desk: Browser, case: Case, what: str, **data: str) -> Any:
    return desk.post(f"/desk/case/{case.public_id}/{what}/", data, headers=HTMX)


def shown(desk: Browser, case: Case) -> str:
    return desk.get(f"/desk/case/{case.public_id}/", headers=HTMX).body.decode()


def two(force: SimpleNamespace) -> tuple[Case, Case]:
    kept, absorbed = stage.case(force), stage.case(force)
    stage.named(kept, name="Gul Khan", number="+923001112233")
    stage.named(absorbed, name="Zarmina", number="+923004445566")
    stage.says(absorbed, "I saw who took it")
    return kept, absorbed


def test_the_kept_case_shows_both_tellers_in_one_timeline(force: SimpleNamespace, desk: Browser) -> None:
    kept, absorbed = two(force)
    done = act(desk, kept, "merge", other=absorbed.reference.lower(), reason="One theft")
    assert done.status_code == 200
    page = shown(desk, kept)
    for words in ("I saw who took it", "Zarmina", "Gul Khan", absorbed.reference, "2 people told of this"):
        assert words in page
    assert "Merged into another case" in shown(desk, absorbed) and kept.reference in shown(desk, absorbed)
    assert act(desk, kept, "unmerge", other=absorbed.public_id).status_code == 200
    assert "I saw who took it" not in shown(desk, kept)


def is_also(case: Case, other: Case) -> None:
    """Let the same person have written both."""
    handle = Handle.objects.filter(pk=case.conversation.handle_id)
    handle.update(person=other.conversation.handle.person)


def test_of_a_flood_nobody_counts_the_people_for_a_line(
    force: SimpleNamespace, desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, absorbed = two(force)
    for case in (absorbed, stage.case(force)):
        act(desk, kept, "merge", other=case.public_id, reason="One theft")
    assert re.search(r">\s*3 people\s*</span>", desk.get("/desk/?queue=open").body.decode())
    monkeypatch.setattr(incidents, "MOST", 2)
    assert re.search(r">\s*2\+\s*</span>", desk.get("/desk/?queue=open").body.decode())


def test_one_person_over_several_channels_counts_once(force: SimpleNamespace, desk: Browser) -> None:
    kept, absorbed = two(force)
    third = stage.case(force)
    is_also(third, absorbed)
    for case in (absorbed, third):
        act(desk, kept, "merge", other=case.public_id, reason="One theft")
    assert "2 people told of this" in shown(desk, kept)
    listed = desk.get("/desk/?queue=open").body.decode()
    assert re.search(r">\s*2 people\s*</span>", listed) and "3 people" not in listed
    same = stage.case(force)
    mine = stage.case(force)
    is_also(same, mine)
    act(desk, mine, "merge", other=same.public_id, reason="One person")
    assert "1 person told of this" in shown(desk, mine)


def test_a_line_counts_only_those_whose_cases_the_officer_sees(
    force: SimpleNamespace, desk: Browser, as_role: AsRole
) -> None:
    kept, absorbed = two(force)
    hidden = stage.case(force)
    for case in (absorbed, hidden):
        act(desk, kept, "merge", other=case.public_id, reason="One theft")
    Case.objects.filter(pk=hidden.pk).update(hidden_from=[force.hq.pk, -force.operator.pk])
    today = timezone.localdate()
    with access.as_officer(force.operator, on=today), as_role("rabta_web"):
        assert incidents.people_at_most(found=[kept]) == incidents.people(found=[kept]) == {kept.pk: 2}
    Case.objects.filter(pk=kept.pk).update(visible_to=[force.north.pk])
    with access.as_officer(force.operator, on=today), as_role("rabta_web"):
        assert incidents.people_at_most(found=[kept]) == incidents.people(found=[kept]) == {}
    with as_role("rabta_web"):  # nobody asks
        assert incidents.people(found=[kept]) == {}


def test_everybody_is_answered_from_the_kept_case(force: SimpleNamespace, desk: Browser) -> None:
    kept, absorbed = two(force)
    act(desk, kept, "merge", other=absorbed.public_id, reason="One theft")
    assert act(desk, kept, "reply-all", text="We are on it", key="k1").status_code == 200
    assert act(desk, kept, "reply-all", text="We are on it", key="k1").status_code == 200  # pressed twice
    sent = Message.objects.filter(direction="out", text__contains="We are on it")
    assert {message.case for message in sent} == {kept, absorbed} and len(sent) == 2


def test_a_case_that_is_not_seen_is_neither_merged_nor_linked(force: SimpleNamespace, desk: Browser) -> None:
    mine = stage.case(force)
    hidden = small_force.case(desk=force.north, seen_by=[force.north], account=force.account)
    answers = [
        re.sub(r"\d+", "", act(desk, mine, what, other=other, reason="x").body.decode())
        for what in ("merge", "link")
        for other in (hidden.reference, hidden.public_id, "NOSUCH")
    ]
    assert len(set(answers)) == 1 and "no case with this number" in answers[0]
    hidden.refresh_from_db()
    assert hidden.part_of is None and not Link.objects.exists()


def test_linked_cases_name_each_other_to_who_sees_both(force: SimpleNamespace, desk: Browser) -> None:
    one, other = two(force)
    assert act(desk, one, "link", other=other.reference, reason="Same gang").status_code == 200
    assert act(desk, other, "link", other=one.reference, reason="Again").status_code == 400
    for case, linked in ((one, other), (other, one)):
        assert linked.reference in shown(desk, case) and "Same gang" in shown(desk, case)
    Case.objects.filter(pk=other.pk).update(visible_to=[force.north.pk])
    assert other.reference not in shown(desk, one) and "Same gang" not in shown(desk, one)
    Case.objects.filter(pk=other.pk).update(visible_to=[force.hq.pk])
    assert act(desk, one, "unlink", other=other.public_id).status_code == 200
    assert not Link.objects.exists()


def test_an_open_case_of_the_same_person_is_suggested(force: SimpleNamespace, desk: Browser) -> None:
    one, other = stage.case(force), stage.case(force)
    Case.objects.filter(pk=other.pk).update(conversation=one.conversation)
    page = shown(desk, one)
    assert "Perhaps the same matter" in page and 'data-key="m"' in page
    act(desk, one, "link", other=other.public_id, reason="Not the same")
    assert "Perhaps the same matter" not in shown(desk, one)


def test_the_api_merges_links_and_shows_what_belongs_together(
    force: SimpleNamespace, as_role: AsRole
) -> None:
    kept, absorbed = two(force)
    other = stage.case(force)
    api = Api(as_role, force.operator)
    status, found = api.post(f"/cases/{kept.public_id}/merge", {"other": absorbed.public_id, "reason": "One"})
    assert (status, found["id"]) == (200, kept.public_id)
    api.post(f"/cases/{kept.public_id}/link", {"other": other.public_id, "reason": "Near by"})
    status, found = api.get(f"/cases/{kept.public_id}/related")
    assert (status, found["head"], found["people"]) == (200, None, 2)
    assert [part["outcome"] for part in found["parts"]] == ["duplicate"]
    assert [(one["case"]["id"], one["reason"]) for one in found["links"]] == [(other.public_id, "Near by")]
    assert api.get(f"/cases/{absorbed.public_id}/related")[1]["head"]["id"] == kept.public_id
    assert api.post(f"/cases/{kept.public_id}/reply_all", {"text": "We are on it"})[0] == 200
    assert api.post(f"/cases/{absorbed.public_id}/take_out")[0] == 409
    assert api.post(f"/cases/{absorbed.public_id}/unmerge")[0] == 200
    assert api.post(f"/cases/{kept.public_id}/unlink", {"other": other.public_id})[0] == 200
    assert api.get(f"/cases/{kept.public_id}/related")[1]["parts"] == []


def test_what_may_be_another_matter_is_asked_where_it_begins(force: SimpleNamespace, desk: Browser) -> None:
    case = stage.case(force)
    stage.says(case, "My motorcycle was stolen")
    first = stage.says(case, "And the road to Kotwali is blocked")
    stage.says(case, "By a lorry")
    Case.objects.filter(pk=case.pk).update(split_offered_at=first.received_at)
    assert case.public_id in desk.get("/desk/?queue=waiting").body.decode()
    page = shown(desk, case)
    asked = page.index("From here on it may be another matter.")
    assert page.index("My motorcycle was stolen") < asked < page.index("And the road to Kotwali")
    assert act(desk, case, "keep-together").status_code == 200
    assert "another matter" not in shown(desk, case)
    assert case.public_id not in desk.get("/desk/?queue=waiting").body.decode()
    Case.objects.filter(pk=case.pk).update(split_offered_at=first.received_at)
    assert act(desk, case, "split", offered="1").status_code == 200
    own = Case.objects.latest("id")
    assert list(own.messages.values_list("text", flat=True).order_by("id")) == [
        "And the road to Kotwali is blocked",
        "By a lorry",
    ]

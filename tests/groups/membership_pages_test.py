"""The pages of joining, vetting, seats, coverage and members, as an officer and a stranger use them."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from rabta.audit.models import Record
from rabta.groups.models import Application, Decision, Door, Group, Member, Membership, Seat
from rabta.journey.groups.members import joining
from rabta.kit import ids
from tests.cast import DAY, NOW, as_role
from tests.groups import stage
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Karim Bakhsh", "phone": "0300 5550001", "language": "ur", "kind": "trader", "section": "traders",
    "place": "", "referee_1": "Haji Saleem", "referee_phone_1": "03005550009", "referee_2": "Bibi Gul",
    "referee_phone_2": "03005550010", "consent": "on",
}  # fmt: skip


@pytest.fixture
def group(cast: SimpleNamespace) -> Group:
    return stage.groups(cast).station


def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


def asks(client: Client, path: str, **data: Any) -> Any:
    with as_role("rabta_web"):
        return client.post(path, data) if data else client.get(path)


def address(group: Group) -> str:
    door = Door.objects.create(word="4bcd8fgh", group=group, visible_to=group.visible_to, made_at=NOW)
    return f"/join/{door.word}/"


def test_a_stranger_applies_without_script(group: Group) -> None:
    client, path = visitor(), address(group)
    page = asks(client, "/join/4BCD8FGH/").content.decode()
    assert "no police authority" in page and "<script" not in page.split("<form")[1]
    assert asks(client, path, **FORM | {"phone": "12"}).status_code == 400
    assert asks(client, path, **FORM | {"referee_phone_2": FORM["phone"]}).status_code == 400
    assert asks(client, path, **FORM | {"consent": ""}).status_code == 400
    assert not Application.objects.exists()
    assert asks(client, path, **FORM).headers["Location"] == f"{path}code/"
    made = Application.objects.get()
    assert joining.sealed_facts(made)["address"] == "+923005550001"
    assert asks(client, f"{path}code/", code="x").status_code == 400, "the code is not sent yet"
    assert asks(visitor(), f"{path}code/").headers["Location"] == path, "another browser sees nothing of it"


def test_a_shut_address_is_as_if_it_never_was(group: Group) -> None:
    path = address(group)
    Door.objects.update(closed_at=NOW)
    shut, never = asks(visitor(), path), asks(visitor(), "/join/zzzz9999/")
    assert shut.status_code == never.status_code == 404
    assert str(group) not in shut.content.decode()


def test_an_officer_takes_somebody_in(cast: SimpleNamespace, group: Group) -> None:
    client = visitor()
    asks(client, address(group), **FORM)
    made = Application.objects.get()
    Application.objects.update(proved_at=NOW)
    with as_role("rabta_worker"):
        joining.take(made.pk, now=NOW)
    made.refresh_from_db()
    sho = Browser(cast.sho)
    listed = sho.get(f"/groups/{group.public_id}/applicants/").text
    assert "Karim Bakhsh" in listed
    path = f"/groups/applications/{made.public_id}/"
    page = sho.get(path).text
    assert "Haji Saleem" in page and "+92" not in page
    assert "+923005550009" in sho.post(path, {"act": "show"}).text
    assert Record.objects.filter(act="applicant_shown", actor_officer=cast.sho.pk).exists()
    refused = sho.post(path, {"act": "accept", "seen": ["identity"], "unrelated": "yes"})
    assert refused.status_code == 400 and "Not looked at yet" in refused.text
    everything = ["identity", "resident", "referees", "record", "standing"]
    assert sho.post(path, {"act": "accept", "seen": everything, "unrelated": "yes"}).status_code == 302
    assert Membership.objects.filter(group=group, ended_at=None).count() == 1
    assert sho.post(path, {"act": "accept", "seen": everything, "unrelated": "yes"}).status_code == 400
    assert Browser(cast.sho_rustam).get(path).status_code == 404


def test_members_are_found_by_name_and_numbers_are_written_down(cast: SimpleNamespace, group: Group) -> None:
    member = stage.member(group, name="Muhammad Yaqoob", number="+923005551234")
    for _n in range(60):
        stage.member(group, name="Gul Khan")
    sho = Browser(cast.sho)
    path = f"/groups/{group.public_id}/members/"
    first = sho.get(path).text
    assert "Muhammad Yaqoob" not in first and "after=" in first
    assert "Muhammad Yaqoob" in sho.get(f"{path}?q=mohammed+yakub").text
    one = f"/groups/members/{member.public_id}/"
    assert "5551234" not in sho.get(one).text
    assert "+92 300 5551234" in sho.post(one, {"act": "show"}).text
    assert Record.objects.filter(act="member_shown", actor_officer=cast.sho.pk).exists()
    assert sho.post(one, {"act": "renew", "group": group.public_id}).status_code == 302
    removing = {"act": "remove", "group": group.public_id, "reason": "rules", "unrelated": "yes"}
    assert sho.post(one, removing | {"reason": "x"}).status_code == 400
    assert sho.post(one, removing).status_code == 302
    assert Member.objects.get(pk=member.pk).state == "removed"
    assert Browser(cast.sho_rustam).get(one).status_code == 404


def test_a_refused_person_asks_another_officer(cast: SimpleNamespace, group: Group) -> None:
    member = stage.member(group)
    receipt = ids.receipt_code()
    decision = Decision.objects.create(
        member=member, group=group, visible_to=group.visible_to, what="refused", reason="tout",
        at=timezone.now() - DAY, receipt=joining.receipt_digest(receipt), officer=cast.sho,
    )  # fmt: skip
    client = visitor()
    assert "nothing under this code" in asks(client, "/join/answer/", code="1234").content.decode()
    shown = asks(client, "/join/answer/", code=receipt).content.decode()
    assert "tout" not in shown and "could not take you" in shown
    assert (
        "looks at it again"
        in asks(client, "/join/answer/", code=receipt, act="contest", said="I keep a shop").content.decode()
    )
    assert asks(client, "/join/answer/", code=receipt, act="contest").status_code == 409
    page = Browser(cast.co).get(f"/groups/{group.public_id}/applicants/").text
    assert "I keep a shop" in page
    path = f"/groups/decisions/{decision.public_id}/review/"
    assert Browser(cast.co).post(path, {"act": "uphold", "remark": ""}).status_code == 302
    assert Decision.objects.get().reviewed_at is None, "without a word nothing is decided"
    assert Browser(cast.co).post(path, {"act": "uphold", "remark": "asked around"}).status_code == 302
    assert Decision.objects.get().upheld is True


def test_seats_and_who_runs_a_group(cast: SimpleNamespace, group: Group) -> None:
    sho = Browser(cast.sho)
    path = f"/groups/{group.public_id}/seats/"
    assert "Kotwali" in sho.get(path).text
    wrong = {"role": "sho", "reach": "own", "personnel": "1"}
    assert sho.post(path, wrong).status_code == 400
    assert sho.post(path, {"seat": [":own:0"], "role": "circle_officer", "reach": "above"}).status_code == 302
    seats = set(Seat.objects.filter(group=group).values_list("role", "reach"))
    assert seats == {("", "own"), ("circle_officer", "above")}
    office = {"act": "office", "name": "Home Secretary", "number": "0300 1112223", "language": "en"}
    runs = f"/groups/{group.public_id}/administrator/"
    assert sho.post(runs, office).status_code == 400
    assert sho.post(runs, office | {"agreed": "yes"}).status_code == 302
    member = Member.objects.get(kind="office")
    assert sho.post(runs, {"runs": f"member:{member.public_id}"}).status_code == 302
    group.refresh_from_db()
    assert group.outside == member and group.administrator is None
    assert "Home Secretary" in sho.get(path).text


def test_gaps_stand_on_the_page_of_a_station_and_are_summed(cast: SimpleNamespace, group: Group) -> None:
    stage.member(group)
    page = Browser(cast.sho).get(f"/groups/{group.public_id}/coverage/").text
    assert "Missing" in page and "2 more" in page
    district = Group.objects.get(unit=cast.peshawar)
    table = Browser(cast.sp).get(f"/groups/{district.public_id}/coverage/").text
    assert "City" in table and "1 too few" in table


def test_the_square_code_is_a_picture(cast: SimpleNamespace, group: Group) -> None:
    sho, path = Browser(cast.sho), f"/groups/{group.public_id}/door/"
    assert sho.post(path, {"act": "open"}).status_code == 302
    assert sho.post(path, {"act": "open"}).status_code == 302
    assert sho.post(path, {"act": "invite"}).status_code == 302
    own = Door.objects.get(invitation=False)
    picture = sho.get(f"/groups/{group.public_id}/code/{own.word}.svg").text
    assert picture.startswith("<svg") and "<script" not in picture
    assert sho.post(path, {"act": "shut", "door": own.public_id}).status_code == 302
    assert Door.objects.filter(closed_at=None).count() == 1


def test_the_same_over_the_api(cast: SimpleNamespace, group: Group) -> None:
    from tests.web.api.asking import Api

    sho, other = Api(as_role, cast.sho), Api(as_role, cast.sho_rustam)
    at = f"/groups/{group.public_id}"
    asks(visitor(), address(group), **FORM)
    made = Application.objects.get()
    Application.objects.update(proved_at=NOW)
    with as_role("rabta_worker"):
        joining.take(made.pk, now=NOW)
    (row,) = sho.get(f"{at}/applications")[1]["items"]
    one = f"/groups/applications/{row['id']}"
    assert sho.post(f"{one}/accept", {"unrelated": True})[0] == 409
    assert sho.post(f"{one}/check", {"seen": sho.get("/groups/vetting/words")[1]["checks"]})[0] == 200
    assert other.post(f"{one}/accept", {"unrelated": True})[0] == 404
    assert sho.post(f"{one}/accept", {"unrelated": True})[1]["what"] == "accepted"
    (member,) = sho.get(f"{at}/members")[1]["items"]
    cover = {part["section"]: part["members"] for part in sho.get(f"{at}/coverage")[1]["sections"]}
    assert cover["traders"] == 1
    assert sho.post(f"{at}/members/{member['id']}/renew", {})[1]["what"] == "renewed"
    gone = {"unrelated": True, "reason": "rules"}
    assert sho.post(f"{at}/members/{member['id']}/remove", gone)[1]["what"] == "removed"
    assert other.get(f"{at}/members")[0] == 404
    status, seats = sho.post(f"{at}/seats", {"seats": [{"role": "sho", "reach": "own"}]})
    assert (status, seats["items"]) == (200, [{"role": "sho", "reach": "own", "personnel": False}])
    assert sho.post(f"{at}/invite", {})[1]["invitation"] is True


def test_a_group_stays_where_it_is_when_its_officer_changes_it(cast: SimpleNamespace, group: Group) -> None:
    """The head of a station does not see the group of the circle; his change must not take his out of the tree."""
    above, path = group.parent_id, group.path
    facts = {
        "name": "Volunteers of Kotwali", "kind": group.kind, "unit": group.unit_id, "mode": group.mode,
        "administrator": group.administrator_id,
    }  # fmt: skip
    said = Browser(cast.sho).post(f"/groups/{group.public_id}/edit/", facts)
    assert said.status_code == 302, said.text.split('class="error"')[1][:200]
    group.refresh_from_db()
    assert (group.name, group.parent_id, group.path) == ("Volunteers of Kotwali", above, path)

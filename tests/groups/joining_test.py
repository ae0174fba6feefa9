"""From a notice with a square code to a place in the group: applied, proved, checked, taken in, told."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from rabta.audit.models import Record
from rabta.cases.refusal import Refused
from rabta.force.models import PlaceName
from rabta.groups import coverage, members
from rabta.groups.models import Application, Decision, Door, Group, Member, Membership
from rabta.journey.groups import registry
from rabta.journey.groups.members import answering, doors, joining, renewing, vetting
from rabta.journey.groups.members.joining import Referee
from rabta.journey.groups.members.vetting import Why
from rabta.retention import erasing
from tests.cast import DAY, NOW, TODAY, acting, as_role, post_named
from tests.groups import stage
from tests.groups.joining_stage import TRADER, asked, door_of, letters

pytestmark = pytest.mark.django_db
ALL = ("identity", "resident", "referees", "record", "standing")


@pytest.fixture
def group(cast: SimpleNamespace) -> Group:
    return stage.groups(cast).station


def applied(cast: SimpleNamespace, group: Group, **facts: Any) -> Application:
    """An application whose number is proved, as the page and the worker leave it."""
    word = door_of(cast, group).word
    with as_role("rabta_web"):
        door = doors.opened(word.upper(), now=NOW)
        assert door is not None
        receipt = joining.apply(door=door, asked=asked(**facts), now=NOW)
    sent = Application.objects.get(receipt=joining.receipt_digest(receipt))
    with as_role("rabta_worker"):
        joining.send_code(sent.pk, now=NOW)
        joining.send_code(sent.pk, now=NOW)  # a job may run twice
    code = re.search(r"\b\d{6}\b", letters()[-1])
    assert code
    with as_role("rabta_web"):
        mine = joining.opened(receipt)
        assert mine is not None
        assert not joining.prove(application=mine, code="000000" if code[0] != "000000" else "1", now=NOW)
        assert joining.prove(application=mine, code=code[0], now=NOW)
    with as_role("rabta_worker"):
        joining.take(sent.pk, now=NOW)
    return Application.objects.get(pk=sent.pk)


def accepted(cast: SimpleNamespace, group: Group, **facts: Any) -> Decision:
    application = applied(cast, group, **facts)
    with acting(cast.sho) as by:
        vetting.check(application=application, seen=ALL, by=by, now=NOW)
        return vetting.accept(application=application, unrelated=True, by=by, now=NOW)


def told(decision: Decision, step: str = "decided") -> str:
    with as_role("rabta_worker"):
        vetting.tell(decision.pk, step, now=NOW)
    return letters()[-1]


def test_a_trader_is_taken_in_and_hears_it_in_urdu(cast: SimpleNamespace, group: Group) -> None:
    decision = accepted(cast, group)
    member = decision.member
    member.refresh_from_db()
    assert (member.state, member.opted_in_by, member.opted_in_at) == ("active", "qr", NOW)
    assert member.valid_until and (member.valid_until - TODAY).days == 730
    assert members.shown(member).number == TRADER
    group.refresh_from_db()
    assert group.members == 1
    (part,) = [part for part in coverage.of_group(group).parts if part.section.code == "traders"]
    assert (part.members, part.missing) == (1, 2)
    assert "خوش آمدید" in told(decision)
    acts = list(Record.objects.filter(subject="member").order_by("id").values_list("act", flat=True))
    assert acts == ["asked_to_join", "application_checked", "member_accepted"]


def test_nobody_sees_an_application_before_the_number_is_proved(cast: SimpleNamespace, group: Group) -> None:
    door = door_of(cast, group)
    joining.apply(door=door, asked=asked(), now=NOW)
    with acting(cast.sho):
        assert not Application.objects.exists()
    with as_role("rabta_web"):
        assert joining.opened("0000 0000 0000 0000") is None
    with acting(cast.sho_rustam):
        assert not Door.objects.exists()


def test_five_wrong_codes_end_it(cast: SimpleNamespace, group: Group) -> None:
    joining.apply(door=door_of(cast, group), asked=asked(), now=NOW)
    made = Application.objects.get()
    joining.send_code(made.pk, now=NOW)
    for _try in range(5):
        assert not joining.prove(application=made, code="x", now=NOW)
    with pytest.raises(Refused, match="not good any more"):
        joining.prove(application=made, code="x", now=NOW)
    with as_role("rabta_worker"):
        assert renewing.watch(now=NOW + 3 * DAY) == 1
    assert not Application.objects.exists()


def test_nothing_is_decided_before_everything_was_looked_at(cast: SimpleNamespace, group: Group) -> None:
    application = applied(cast, group)
    with acting(cast.sho) as by:
        vetting.check(application=application, seen=["identity"], by=by, now=NOW)
        with pytest.raises(Refused, match="Referees were asked"):
            vetting.accept(application=application, unrelated=True, by=by, now=NOW)
        with pytest.raises(Refused, match="neither related"):
            vetting.refuse(application=application, why=Why(reason="tout"), unrelated=False, by=by, now=NOW)
        with pytest.raises(Refused, match="from the list"):
            vetting.refuse(application=application, why=Why(reason="noise"), unrelated=True, by=by, now=NOW)
        with pytest.raises(Refused, match="which reason"):
            vetting.refuse(application=application, why=Why(reason="other"), unrelated=True, by=by, now=NOW)


def test_whoever_spoke_for_somebody_does_not_decide(cast: SimpleNamespace, group: Group) -> None:
    application = applied(cast, group, referees=[Referee(name="SHO", number=cast.sho.phone)])
    with acting(cast.sho) as by, pytest.raises(Refused, match="You spoke for"):
        vetting.refuse(application=application, why=Why(reason="tout"), unrelated=True, by=by, now=NOW)
    with acting(cast.co) as by:
        assert vetting.refuse(application=application, why=Why(reason="tout"), unrelated=True, by=by, now=NOW)


def refused(cast: SimpleNamespace, group: Group) -> Decision:
    application = applied(cast, group)
    with acting(cast.sho) as by:
        return vetting.refuse(application=application, why=Why(reason="tout"), unrelated=True, by=by, now=NOW)


def test_a_refusal_tells_no_reason_and_another_officer_looks_again(
    cast: SimpleNamespace, group: Group
) -> None:
    decision = refused(cast, group)
    letter = told(decision)
    assert "REVIEW" in letter and "دلال" not in letter and "tout" not in letter
    receipt = re.search(r"\d{4} \d{4} \d{4} \d{4}", letter)
    assert receipt
    with as_role("rabta_web"):
        found = answering.opened(receipt[0])
        assert found is not None and found.pk == decision.pk
        vetting.contest(decision=found, said="میں دکاندار ہوں", now=NOW)
        with pytest.raises(Refused, match="already"):
            vetting.contest(decision=found, said="", now=NOW)
    with acting(cast.sho) as by, pytest.raises(Refused, match="You decided on this yourself"):
        vetting.review(decision=decision, uphold=True, remark="x", by=by, now=NOW)
    with acting(cast.co) as by:
        vetting.review(decision=decision, uphold=True, remark="asked the bazaar", by=by, now=NOW)
    assert "دوسرے افسر" in told(decision, "reviewed")
    assert Member.objects.get().state == "refused" and not Membership.objects.exists()


def test_an_overturned_refusal_gives_the_place(cast: SimpleNamespace, group: Group) -> None:
    decision = refused(cast, group)
    vetting.contest(decision=decision, said="", now=NOW)
    with acting(cast.sp) as by:
        vetting.review(decision=decision, uphold=False, remark="no proof", by=by, now=NOW)
    assert Member.objects.get().state == "active" and Membership.objects.get().group == group


def test_who_asks_to_join_goes_along_when_the_group_moves_to_another_unit(
    cast: SimpleNamespace, group: Group
) -> None:
    asks = applied(cast, group)
    facts = registry.Facts(
        name=group.name, kind=group.kind, unit=cast.gulbahar, administrator=post_named(cast.sho_gulbahar)
    )
    with acting(cast.sp) as by:
        registry.change(group=group, facts=facts, by=by, now=NOW)
    with acting(cast.sho_gulbahar):
        assert Application.objects.filter(pk=asks.pk).exists() and Door.objects.filter(group=group).exists()
    with acting(cast.sho):
        assert not Application.objects.exists()


def test_who_was_refused_is_erased_after_a_time(cast: SimpleNamespace, group: Group) -> None:
    decision = refused(cast, group)
    told(decision)
    with as_role("rabta_worker"):
        assert erasing.run(now=NOW + 170 * DAY) == 0
        assert erasing.run(now=NOW + 181 * DAY) == 1
        assert erasing.run(now=NOW + 181 * DAY) == 0
    member, application = Member.objects.get(), Application.objects.get()
    assert member.shown is None and not member.name_keys and member.address.sealed is None
    assert application.sealed is None and application.address and application.address.sealed is None
    assert not members.find([("phone", TRADER)])


def test_gaps_name_places_where_nobody_lives(cast: SimpleNamespace, group: Group) -> None:
    PlaceName.objects.create(
        unit=cast.kotwali, name="Hashtnagri", kind="village", lat=34.08, lng=71.58, forms=[]
    )
    assert "Hashtnagri" in coverage.of_group(group).places
    stage.member(group, lat=34.081, lng=71.579)
    assert "Hashtnagri" not in coverage.of_group(group).places
    rows = coverage.summed(cast.peshawar)
    assert [(row.unit, row.groups, row.members) for row in rows] == [(cast.city, 1, 1)]
    assert rows[0].cells[0].members == 1 and rows[0].cells[0].lacking == 1


def test_nobody_is_flooded_with_codes_by_whoever_types_his_number(
    cast: SimpleNamespace, group: Group
) -> None:
    word = door_of(cast, group).word
    for _ in range(joining.CODES_A_DAY + 3):
        with as_role("rabta_web"):
            door = doors.opened(word, now=NOW)
            assert door is not None
            receipt = joining.apply(door=door, asked=asked(), now=NOW)
        sent = Application.objects.get(receipt=joining.receipt_digest(receipt))
        with as_role("rabta_worker"):
            joining.send_code(sent.pk, now=NOW)
    assert len(letters()) == joining.CODES_A_DAY
    with as_role("rabta_worker"):
        joining.send_code(sent.pk, now=NOW + DAY)
    assert len(letters()) == joining.CODES_A_DAY + 1

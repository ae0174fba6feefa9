"""What was done while a case was withheld or under confidential inquiry stays with those who did it."""

from types import SimpleNamespace

import pytest
from django.db import connection

from rabta import journey
from rabta.cases.models import Case, Event, Message, Order
from rabta.cases.refusal import Refused
from rabta.force.models import Officer
from rabta.outbox.models import Delivery
from tests.cast import MINUTE, NOW, Citizen, acting, hears, post_named
from tests.steps.eyes import LATER, NOTHING, accused, noted, read, seen
from tests.steps.stage import accusation, lead, theft


def test_what_was_noted_and_ordered_before_the_release_stays_with_those_who_saw_it(
    cast: SimpleNamespace,
) -> None:
    case = theft(cast)
    noted(cast.operator, case, "before", at=NOW + MINUTE)
    accused(cast.operator, case, cast.kotwali)
    noted(cast.operator, case, "The SHO is said to take money", at=LATER + MINUTE)
    with acting(cast.operator) as by:
        journey.order(
            case=case, post=post_named(cast.sp_mardan), part="lead", instruction="Inquire", by=by,
            now=LATER + 2 * MINUTE,
        )  # fmt: skip
        journey.release(case=case, remark="Nobody is accused", by=by, now=LATER + 3 * MINUTE)
        journey.order(
            case=case, post=post_named(cast.sho), part="lead", instruction="", by=by, now=LATER + 4 * MINUTE
        )
    for who in (cast.sho, cast.co):
        notes, events, orders = read(who, case)
        assert (notes, orders) == ({"before"}, 4), who  # with what the circle officer was told
        assert not events & {"withheld", "released"} and "ordered_lead" in events
    with acting(cast.sho):
        assert not Order.objects.filter(case=case.pk, post=post_named(cast.sp_mardan)).exists()
        assert not Delivery.objects.filter(number=cast.sp_mardan.phone).exists()
    notes, events, _orders = read(cast.operator, case)
    assert notes == {"before", "The SHO is said to take money"} and {"withheld", "released"} <= events


def test_a_released_case_does_not_say_what_it_was_taken_for(cast: SimpleNamespace) -> None:
    case = accusation(cast)
    with acting(cast.operator) as by:
        journey.categorise(case=case, category="against_police", by=by, now=LATER)
        journey.release(case=case, remark="No", by=by, now=LATER)
    case.refresh_from_db()
    assert (case.kind, case.category, case.withheld_why, case.hidden_from) == ("complaint", "", {}, [])


def test_a_message_that_left_for_an_accusation_leaves_no_trace_in_the_old_case(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    with acting(cast.operator):
        pass
    hears(cast, citizen.says("Any news?"), at=NOW + 2 * MINUTE)
    message = Message.objects.filter(case=case, direction="in").latest("id")
    Message.objects.filter(pk=message.pk).update(text="The SHO wants a bribe for it")
    with acting(cast.sho):
        before = sorted(Event.objects.filter(case=case.pk).values_list("id", flat=True))
    with acting(cast.operator) as by:
        split = journey.split(message=message, by=by, now=LATER)
        noted(cast.operator, split, "Seems true", at=LATER)
    with acting(cast.sho):
        assert not Message.objects.filter(pk=message.pk).exists()
        assert sorted(Event.objects.filter(case=case.pk).values_list("id", flat=True)) == before
        assert not Case.objects.filter(pk=split.pk).exists()
    with acting(cast.operator) as by:
        journey.release(case=split, remark="A misunderstanding", by=by, now=LATER + MINUTE)
        journey.order(
            case=split, post=post_named(cast.sho), part="lead", instruction="", by=by, now=LATER + 2 * MINUTE
        )
    notes, events, orders = read(cast.sho, split)
    assert (notes, orders) == (set(), 2)  # with what the circle officer was told
    assert "opened" not in events  # it names the case that the message came from


# Confidential inquiries


def named(cast: SimpleNamespace, case: Case, *officers: Officer, by: Officer | None = None) -> Case:
    with acting(by or cast.desk_head) as scope:
        journey.name_officers(case=case, officers=officers, by=scope, now=LATER)
    return Case.objects.get(pk=case.pk)


def test_only_named_officers_see_a_confidential_inquiry(cast: SimpleNamespace) -> None:
    case = named(cast, theft(cast), cast.desk_head, cast.sho_rustam)
    assert case.confidential and case.visible_to == sorted([-cast.desk_head.pk, -cast.sho_rustam.pk])
    others = (
        cast.igp,
        cast.oversight,
        cast.operator,
        cast.sho,
        cast.co,
        cast.sp,
        cast.sp_mardan,
        cast.co_rural,
    )
    for who in others:
        assert seen(who) == NOTHING, who
    for who in (cast.desk_head, cast.sho_rustam):
        assert all(seen(who)), who


def test_a_case_split_from_a_confidential_one_is_confidential_too(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    case = theft(cast, citizen)
    hears(cast, citizen.says("Any news?"), at=NOW + 2 * MINUTE)
    case = named(cast, case, cast.desk_head, cast.sho_rustam)
    with acting(cast.desk_head) as by:
        message = Message.objects.filter(case=case, direction="in").latest("id")
        split = journey.split(message=message, by=by, now=LATER)
    assert split.pk != case.pk and split.named_officers == case.named_officers
    for who in (cast.igp, cast.operator, cast.sho):
        assert seen(who) == NOTHING, who


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["desk_head"], "at least two"),
        (["desk_head", "desk_head"], "at least two"),
        (["sho", "sho_rustam"], "answer for the inquiry"),
        (["operator", "sho_rustam"], "answer for the inquiry"),
        (["desk_head", "nobody"], "no post"),
        (["desk_head", "administrator"], "no post"),
    ],
)
def test_who_may_be_named(cast: SimpleNamespace, names: list[str], why: str) -> None:
    case = theft(cast)
    with pytest.raises(Refused, match=why):
        named(cast, case, *(getattr(cast, name) for name in names))


def test_the_accused_is_not_named(cast: SimpleNamespace) -> None:
    case = accused(cast.operator, accusation(cast), cast.kotwali)
    with pytest.raises(Refused, match="accused"):
        named(cast, case, cast.desk_head, cast.sho)
    case = named(cast, case, cast.desk_head, cast.sp_mardan)
    assert case.hidden_from == [-cast.sho.pk, cast.kotwali.pk]  # the unit, and who served there that day


@pytest.mark.parametrize("who", ["operator", "sho", "sp", "administrator"])
def test_only_the_chief_a_desk_head_or_oversight_begins_one(cast: SimpleNamespace, who: str) -> None:
    case = theft(cast)
    with pytest.raises(Refused):
        named(cast, case, cast.desk_head, cast.sho_rustam, by=getattr(cast, who))


def test_a_named_officer_acts_with_the_rights_of_his_own_posts(cast: SimpleNamespace) -> None:
    case = named(cast, theft(cast), cast.desk_head, cast.sp_mardan)
    with acting(cast.sp_mardan) as by:
        with pytest.raises(Refused):
            journey.reply(case=case, text="x", by=by, now=LATER)
        with pytest.raises(Refused, match="named"):
            journey.order(
                case=case, post=post_named(cast.co_rural), part="lead", instruction="", by=by, now=LATER
            )
        journey.order(
            case=case, post=post_named(cast.sp_mardan), part="lead", instruction="", by=by, now=LATER
        )
    order = lead(case)
    with acting(cast.desk_head) as by:
        journey.reply(case=case, text="We are at it", by=by, now=LATER)
    assert {tuple(row) for row in Message.objects.values_list("visible_to", flat=True)} == {
        tuple(order.visible_to)
    }


def test_the_citizen_reads_only_that_somebody_works_on_it(cast: SimpleNamespace) -> None:
    case = named(cast, theft(cast), cast.desk_head, cast.sp_mardan)
    assert case.state_told == "acknowledged"
    assert "theft" not in str(case.conversation.messages.filter(direction="out").latest("id").text).lower()


def test_after_it_ended_the_others_read_what_was_there_before_and_nothing_of_the_inquiry(
    cast: SimpleNamespace,
) -> None:
    case = theft(cast)
    noted(cast.operator, case, "before", at=NOW + MINUTE)
    case = named(cast, case, cast.desk_head, cast.sp_mardan)
    with acting(cast.desk_head) as by:
        journey.note(case=case, text="secret", by=by, now=LATER + MINUTE)
    with acting(cast.sp_mardan) as by, pytest.raises(Refused):
        journey.end_confidential(case=case, remark="done", by=by, now=LATER + 2 * MINUTE)
    with acting(cast.desk_head) as by:
        journey.end_confidential(case=case, remark="done", by=by, now=LATER + 2 * MINUTE)
    for who in (cast.sho, cast.operator, cast.igp):
        notes, events, orders = read(who, case)
        assert (notes, orders) == ({"before"}, 2), who
        assert "opened" in events and not events & {"confidential", "confidential_ended"}
    with acting(cast.desk_head):
        assert Message.objects.filter(text="secret").exists()


def test_a_case_is_found_by_its_rows_alone(cast: SimpleNamespace) -> None:
    """Without a word on who is shut out, the database shows nothing at all."""
    theft(cast)
    with acting(cast.igp), connection.cursor() as cursor:
        assert Case.objects.exists()
        cursor.execute("SELECT set_config('rabta.own', '', true)")
        assert not Case.objects.exists() and not Message.objects.exists()

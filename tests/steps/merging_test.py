"""Two cases become one and two again: what goes on where, what each teller hears, and what nobody else sees."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Event, Message, Order
from rabta.cases.refusal import Refused
from rabta.files.models import StoredFile
from rabta.journey import parts
from rabta.journey.ending import closing
from rabta.journey.matters import merging
from rabta.journey.orders import officer
from rabta.journey.protecting import withheld
from rabta.web.officer import queries as phone
from rabta.web.supervisor import queries as review
from tests.cast import DAY, KOTWALI, MINUTE, NOW, PESHAWAR_NUMBER, Citizen, acting, hears, post_named
from tests.steps.stage import accusation, happened, lead, theft, told

LATER = NOW + 30 * MINUTE
EXTORTION = "A gang wants extortion money from my shop, pay 5 lakh or we kill your son they wrote"


def other_theft(cast: SimpleNamespace, citizen: Citizen | None = None) -> Case:
    """The same theft, told to the district's number by somebody else; the same station has it."""
    words = "A motorcycle was stolen near Kotwali, I saw the thieves"
    hears(cast, (citizen or Citizen()).says(words), to=PESHAWAR_NUMBER, at=NOW + MINUTE)
    return Case.objects.latest("id")


def merge(cast: SimpleNamespace, kept: Case, absorbed: Case, *, reason: str = "One theft") -> None:
    with acting(cast.operator) as by:
        merging.merge(kept=kept, absorbed=absorbed, reason=reason, by=by, now=LATER)
    kept.refresh_from_db()
    absorbed.refresh_from_db()


def test_the_absorbed_case_is_closed_as_a_duplicate_and_points_to_the_kept_one(cast: SimpleNamespace) -> None:
    kept, absorbed = theft(cast), other_theft(cast)
    merge(cast, kept, absorbed)
    assert (absorbed.state, absorbed.outcome, absorbed.part_of) == ("closed", "duplicate", kept)
    assert (absorbed.closing_remark, absorbed.closed_at) == ("One theft", LATER)
    assert (happened(absorbed)[-1], happened(kept)[-1]) == ("merged", "absorbed")
    assert Event.objects.filter(case=absorbed).latest("id").data["into"] == kept.reference
    assert kept.last_in_at == absorbed.last_in_at


def test_the_same_threat_by_two_channels_stays_as_close_as_it_was(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(EXTORTION))
    hears(cast, citizen.says(EXTORTION), to=PESHAWAR_NUMBER)
    kept, absorbed = Case.objects.order_by("id")
    assert (kept.withheld, absorbed.withheld) == ("restricted", "restricted")
    merge(cast, kept, absorbed)
    assert (absorbed.visible_to, absorbed.withheld) == (kept.visible_to, "restricted")


def test_the_same_station_keeps_one_order_and_it_is_the_kept_case_s(cast: SimpleNamespace) -> None:
    kept, absorbed = theft(cast), other_theft(cast)
    order = lead(kept)
    merge(cast, kept, absorbed)
    assert lead(kept) == order
    assert set(Order.objects.filter(case=absorbed).values_list("state", flat=True)) == {"replaced"}


def test_the_order_of_the_absorbed_case_goes_on_in_a_kept_one_without(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says("My motorcycle was stolen"), at=NOW)
    kept, absorbed = Case.objects.latest("id"), other_theft(cast)
    order = lead(absorbed)
    with acting(cast.sho) as by:
        officer.accept(order=order, by=by, now=NOW + 2 * MINUTE)
    merge(cast, kept, absorbed)
    assert (lead(kept).pk, kept.lead_unit, kept.state) == (order.pk, cast.kotwali, "acknowledged")
    with acting(cast.sho):
        assert set(Case.objects.all()) == {kept, absorbed}
        assert Message.objects.filter(case=kept, direction="in").exists()


def test_a_second_station_supports(cast: SimpleNamespace) -> None:
    kept, absorbed = theft(cast), other_theft(cast)
    with acting(cast.operator) as by:
        journey.order(
            case=absorbed, post=post_named(cast.sho_gulbahar), part="lead", instruction="", by=by, now=LATER
        )
    merge(cast, kept, absorbed)
    found = {o.post: o.part for o in Order.objects.filter(case=kept, state="issued").exclude(part="inform")}
    assert found == {post_named(cast.sho): "lead", post_named(cast.sho_gulbahar): "support"}
    with acting(cast.sho_gulbahar):
        assert Case.objects.filter(pk=kept.pk).exists()


def test_a_report_that_waits_is_decided_first(cast: SimpleNamespace) -> None:
    kept, absorbed = theft(cast), other_theft(cast)
    with acting(cast.sho) as by:
        officer.accept(order=lead(absorbed), by=by, now=LATER)
        officer.report(order=lead(absorbed), text="Found it", outcome="action_taken", by=by, now=LATER)
    with pytest.raises(Refused, match=absorbed.reference):
        merge(cast, kept, absorbed)
    absorbed.refresh_from_db()
    assert (absorbed.part_of, absorbed.state) == (None, "in_inquiry")


def test_a_later_message_of_either_teller_comes_to_the_kept_case(cast: SimpleNamespace) -> None:
    first, second = Citizen(), Citizen()
    kept, absorbed = theft(cast, first), other_theft(cast, second)
    merge(cast, kept, absorbed)
    hears(cast, second.says("I also saw their faces"), to=PESHAWAR_NUMBER, at=LATER + MINUTE)
    hears(cast, first.says("It is a red one"), at=LATER + 2 * MINUTE)
    kept.refresh_from_db()
    assert Case.objects.count() == 2
    said = Message.objects.filter(direction="in").order_by("-id")
    assert [message.case for message in said[:2]] == [kept, absorbed]
    assert kept.last_in_at == LATER + 2 * MINUTE and "part_in" in happened(kept)
    with acting(cast.sho):  # the station that works on the matter reads it
        assert Message.objects.filter(text="I also saw their faces").exists()
    assert not Order.objects.filter(case=absorbed, state="issued").exists()


def test_danger_to_life_never_joins_a_merged_theft(cast: SimpleNamespace) -> None:
    second = Citizen()
    kept, absorbed = theft(cast), other_theft(cast, second)
    merge(cast, kept, absorbed)
    hears(cast, second.says("Help, they are shooting at us, we will die"), to=PESHAWAR_NUMBER, at=LATER)
    assert Case.objects.latest("id").urgency == 0 and Case.objects.count() == 3


def test_the_old_number_answers_with_the_state_of_the_kept_case_and_nothing_else(
    cast: SimpleNamespace,
) -> None:
    second = Citizen()
    kept, absorbed = theft(cast), other_theft(cast, second)
    merge(cast, kept, absorbed)
    with acting(cast.sho) as by:
        officer.accept(order=lead(kept), by=by, now=LATER)
    hears(cast, second.says("STATUS"), to=PESHAWAR_NUMBER, at=LATER + MINUTE)
    answer = Message.objects.filter(direction="out").latest("id")
    assert absorbed.reference in answer.text and kept.reference not in answer.text
    assert "closed" not in answer.text.lower()
    with acting(cast.operator):  # without the head at hand, a function answers with its state
        assert Case.objects.get(pk=absorbed.pk).state_told == "acknowledged"


def test_each_teller_hears_of_the_end_under_his_own_number(cast: SimpleNamespace) -> None:
    kept, absorbed = theft(cast), other_theft(cast)
    merge(cast, kept, absorbed)
    with acting(cast.operator) as by:
        assert parts.reply_to_all(case=kept, text="We have a trace.", by=by, now=LATER) == 2
    for case, other in ((kept, absorbed), (absorbed, kept)):
        assert case.reference in told(case)[-1] and other.reference not in told(case)[-1]
        assert "We have a trace." in told(case)[-1]
        out = Message.objects.filter(case=case, direction="out").latest("id")
        assert out.delivery.account == case.account


def test_an_accusation_is_never_merged_into_an_open_case(cast: SimpleNamespace) -> None:
    kept, absorbed = theft(cast), accusation(cast)
    with pytest.raises(Refused):
        merge(cast, kept, absorbed)
    with acting(cast.sho):
        assert list(Case.objects.all()) == [kept]


def test_what_is_merged_into_an_accusation_is_kept_as_close(cast: SimpleNamespace) -> None:
    kept = accusation(cast)
    hears(cast, Citizen().says("Something bad happened there"), to=PESHAWAR_NUMBER)
    absorbed = Case.objects.latest("id")
    merge(cast, kept, absorbed)
    assert (absorbed.visible_to, absorbed.hidden_from) == (kept.visible_to, kept.hidden_from)
    with acting(cast.operator_peshawar):
        assert not Case.objects.exists()


def test_a_merge_that_is_undone_leaves_each_case_as_close_as_it_was(cast: SimpleNamespace) -> None:
    kept = accusation(cast)
    for words in ("Something bad happened there", "Something bad, I saw it too"):
        hears(cast, Citizen().says(words), to=PESHAWAR_NUMBER)
    absorbed, part = Case.objects.exclude(pk=kept.pk).order_by("id")
    Case.objects.filter(pk=part.pk).update(part_of=absorbed)
    before = (
        Case.objects.filter(pk__in=[absorbed.pk, part.pk]).order_by("id").values(*merging.CLOSE, "visible_to")
    )
    stood = list(before)
    limits = [(getattr(kept, due), kept.urgency) for due in ("reply_due_at", "report_due_at")]
    merge(cast, kept, absorbed)
    with acting(cast.operator_peshawar):
        assert not Case.objects.exists()
    with acting(cast.operator) as by:
        journey.note(case=absorbed, text="The SHO is meant", by=by, now=LATER + MINUTE)
        merging.unmerge(case=absorbed, by=by, now=LATER + DAY)
    assert list(before.all()) == stood
    kept.refresh_from_db()
    assert [(getattr(kept, due), kept.urgency) for due in ("reply_due_at", "report_due_at")] == limits
    assert kept.withheld == "accusation" and kept.lat is None
    with acting(cast.operator_peshawar):
        assert list(Case.objects.order_by("id")) == [absorbed, part]
        assert not {"merged", "unmerged"} & set(happened(absorbed))  # they name the hidden case
        assert not Message.objects.filter(direction="note").exists()
    with acting(cast.operator):
        assert {"merged", "unmerged"} <= set(happened(absorbed))


def test_proof_that_an_ended_order_brought_counts_and_is_seen_in_the_kept_case(cast: SimpleNamespace) -> None:
    kept, absorbed = theft(cast), other_theft(cast)
    file = StoredFile.objects.create(
        name="a.jpg", mime="image/jpeg", kind="image", size=1, sha256="0" * 64, stored_at=NOW
    )
    with acting(cast.sho) as by:
        photo = {"file": file, "caption": "", "lat": None, "lng": None, "taken_at": None}
        proof = officer.add_evidence(order=lead(absorbed), **photo, by=by, now=LATER)
    merge(cast, kept, absorbed)
    assert fresh_state(proof.order) == "replaced"
    with acting(cast.co) as by:
        shown = review.case_of(scope=by, public_id=kept.public_id)
        assert [order.pk for order in shown.brought] == [proof.order_id]
    with acting(cast.sho) as by:
        shown = phone.order_of(scope=by, public_id=lead(kept).public_id)
        assert shown.brought == [proof]
    closing.has_evidence(kept, outcome="action_taken")
    Order.objects.filter(pk=lead(kept).pk).update(proof=True)
    closing.has_evidence(kept, outcome="action_taken")
    Case.objects.filter(pk=absorbed.pk).update(part_of=None)
    with pytest.raises(Refused):
        closing.has_evidence(kept, outcome="action_taken")


def fresh_state(order: Order) -> str:
    return Order.objects.get(pk=order.pk).state


def test_both_must_be_in_sight(cast: SimpleNamespace) -> None:
    kept, absorbed = theft(cast), other_theft(cast)
    kept.visible_to = [cast.hq.pk]
    kept.save()
    with acting(cast.operator_peshawar) as by, pytest.raises(Refused):
        merging.merge(kept=kept, absorbed=absorbed, reason="x", by=by, now=LATER)


def test_what_was_merged_goes_out_of_sight_with_the_kept_case(cast: SimpleNamespace) -> None:
    kept, absorbed = theft(cast), other_theft(cast)
    merge(cast, kept, absorbed)
    with acting(cast.desk_head) as by:
        withheld.accuse(case=kept, accused_unit=cast.kotwali, by=by, now=LATER)
    with acting(cast.sho):
        assert not Case.objects.exists() and not Message.objects.exists()


def test_a_merge_is_undone_for_a_day(cast: SimpleNamespace) -> None:
    kept, absorbed = theft(cast), other_theft(cast)
    merge(cast, kept, absorbed)
    with acting(cast.operator) as by:
        with pytest.raises(Refused):
            merging.unmerge(case=absorbed, by=by, now=LATER + DAY + timedelta(seconds=1))
        merging.unmerge(case=absorbed, by=by, now=LATER + DAY)
        with pytest.raises(Refused):
            merging.unmerge(case=Case.objects.get(pk=absorbed.pk), by=by, now=LATER + DAY)
    absorbed.refresh_from_db()
    assert (absorbed.state, absorbed.outcome, absorbed.part_of) == ("forwarded", "", None)
    assert lead(absorbed).post == lead(kept).post == post_named(cast.sho)


def test_an_order_that_went_on_goes_back_when_the_merge_is_undone(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says("My motorcycle was stolen"), at=NOW)
    kept, absorbed = Case.objects.latest("id"), other_theft(cast)
    order = lead(absorbed)
    merge(cast, kept, absorbed)
    with acting(cast.operator) as by:
        merging.unmerge(case=absorbed, by=by, now=LATER)
    kept.refresh_from_db()
    absorbed.refresh_from_db()
    assert (lead(absorbed), absorbed.state, absorbed.lead_unit) == (order, "forwarded", cast.kotwali)
    assert (kept.state, kept.lead_unit, kept.waiting_why) == ("new", None, {"code": "unmerged"})
    with acting(cast.sho):
        assert list(Case.objects.all()) == [absorbed]


def test_parts_of_an_absorbed_case_become_parts_of_the_kept_one(cast: SimpleNamespace) -> None:
    first, second, third = theft(cast), other_theft(cast), other_theft(cast)
    merge(cast, second, third)
    merge(cast, first, second)
    third.refresh_from_db()
    assert third.part_of == first
    with acting(cast.operator) as by:
        merging.unmerge(case=second, by=by, now=LATER)
    third.refresh_from_db()
    assert third.part_of == second


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_a_merge_has_a_reason(cast: SimpleNamespace, reason: str) -> None:
    with pytest.raises(Refused):
        merge(cast, theft(cast), other_theft(cast), reason=reason)


def test_a_pin_of_the_absorbed_case_places_the_kept_one(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says("My motorcycle was stolen"), at=NOW)
    kept, absorbed = Case.objects.latest("id"), theft(cast)
    merge(cast, kept, absorbed)
    assert (kept.lat, kept.lng, kept.place_source) == (*KOTWALI, "pin")

"""What operators and commanders decide, each with the rights of his own browser."""

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rabta import journey
from rabta.cases.models import Case, Event, Message, Order
from rabta.cases.refusal import Refused
from rabta.force.models import Role
from rabta.journey.deciding import desk
from rabta.outbox.models import Delivery
from tests.cast import (
    DAY,
    GULBAHAR,
    ISLAMABAD,
    KOTWALI,
    MINUTE,
    NOW,
    PESHAWAR_NUMBER,
    Citizen,
    acting,
    hears,
    post_named,
)  # fmt: skip
from tests.steps.stage import happened, lead, phones_told, theft, told
from tests.web.small_force import officer

LATER = NOW + 30 * MINUTE
TEMPLATES = Path(__file__).parents[2] / "rabta/web/templates"


def waiting(cast: SimpleNamespace, words: str = "My motorcycle was stolen", **more: Any) -> Case:
    """A case without a place."""
    hears(cast, Citizen().says(words), **more)
    return Case.objects.latest("id")


def test_a_reply_reaches_the_citizen_after_the_time_to_take_it_back(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator) as by:
        message = journey.reply(case=case, text="  We are looking for it.  ", by=by, now=LATER)
    case.refresh_from_db()
    assert (message.text, message.author, message.automatic) == (
        "We are looking for it.",
        cast.operator,
        False,
    )
    assert message.delivery.due_at == LATER + desk.UNDO
    assert (case.replied_at, happened(case)[-1]) == (LATER, "replied")
    event = Event.objects.filter(case=case).latest("id")
    assert (event.officer, event.post) == (cast.operator, post_named(cast.operator))


def test_what_the_page_lets_one_take_back_is_still_here_when_the_press_comes_late() -> None:
    shown = re.search(r'data-undo="(\d+)"', (TEMPLATES / "desk/done.html").read_text())
    assert shown
    assert timedelta(seconds=int(shown[1]) + 3) <= desk.UNDO


def test_a_reply_is_taken_back_before_it_has_left_and_not_after(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator) as by:
        first, second = (journey.reply(case=case, text=text, by=by, now=LATER) for text in "ab")
        journey.unsend(message=first, by=by, now=LATER)
    Delivery.objects.filter(pk=second.delivery_id).update(state="sending", attempts=1)
    with acting(cast.operator) as by, pytest.raises(Refused):
        journey.unsend(message=second, by=by, now=LATER)
    first.refresh_from_db()
    assert (first.text, first.revoked_at, first.delivery.state) == ("", LATER, "failed")
    assert Message.objects.get(pk=second.pk).text == "b"


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4097])
def test_an_empty_or_endless_reply_is_refused(cast: SimpleNamespace, text: str) -> None:
    case = theft(cast)
    before = Message.objects.count()
    with acting(cast.operator) as by, pytest.raises(Refused):
        journey.reply(case=case, text=text, by=by, now=LATER)
    assert Message.objects.count() == before


def test_a_note_stays_among_ourselves(cast: SimpleNamespace) -> None:
    case = theft(cast)
    sent = Delivery.objects.count()
    with acting(cast.sho) as by:
        note = journey.note(case=case, text="Seen by a neighbour", by=by, now=LATER)
    assert (note.direction, note.delivery, Delivery.objects.count()) == ("note", None, sent)


def test_a_category_by_the_desk_sets_the_limits_from_the_first_message(cast: SimpleNamespace) -> None:
    case = waiting(cast, "They say things about my family")
    with acting(cast.operator) as by:
        journey.categorise(case=case, category="nuisance", by=by, now=NOW + DAY)
    case.refresh_from_db()
    assert (case.category, case.category_source) == ("nuisance", "operator")
    assert case.report_due_at == NOW + 10 * DAY
    assert case.waiting_why == {"code": "no_place"}


def test_a_category_that_is_not_in_the_list_is_refused(cast: SimpleNamespace) -> None:
    case = waiting(cast)
    with acting(cast.operator) as by, pytest.raises(Refused):
        journey.categorise(case=case, category="witchcraft", by=by, now=LATER)


def test_what_the_desk_categorised_later_words_do_not_change(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("They say things about my family"))
    case = Case.objects.get()
    with acting(cast.operator) as by:
        journey.categorise(case=case, category="nuisance", by=by, now=LATER)
    hears(cast, citizen.pins(KOTWALI), at=LATER + MINUTE)
    case.refresh_from_db()
    assert (case.category, case.state) == ("nuisance", "new")  # an operator has it in hand


def test_a_restricted_category_by_the_desk_withholds(cast: SimpleNamespace) -> None:
    case = waiting(cast)
    with acting(cast.operator) as by:
        journey.categorise(case=case, category="extortion", by=by, now=LATER)
    case.refresh_from_db()
    assert (case.withheld, case.urgency) == ("restricted", 1)
    assert case.conversation.handle.person.protected


def test_the_district_s_desk_makes_an_accusation_of_a_case_and_sees_it_no_more(cast: SimpleNamespace) -> None:
    case = waiting(cast, "They say things about my family", to=PESHAWAR_NUMBER)
    with acting(cast.operator_peshawar) as by:
        journey.categorise(case=case, category="against_police", by=by, now=LATER)
        assert not Case.objects.exists()
    case.refresh_from_db()
    assert (case.withheld, case.desk_unit, case.visible_to) == ("accusation", cast.hq, [cast.hq.pk])
    assert happened(case)[-1] == "categorised"
    with acting(cast.operator):
        assert Case.objects.get() == case


@pytest.mark.parametrize(
    "words", ["Something strange at Kotwali", "something odd near kotwali bazaar please"]
)
def test_a_named_place_is_on_the_map_before_anybody_knows_the_category(
    cast: SimpleNamespace, words: str
) -> None:
    case = waiting(cast, words)
    assert (case.category, case.place, (case.lat, case.lng)) == ("", "Kotwali", KOTWALI)


def test_a_place_named_in_words_is_taken_when_the_desk_says_what_it_is_about(cast: SimpleNamespace) -> None:
    case = waiting(cast, "Something strange at Kotwali")
    Case.objects.update(
        place="", lat=None, lng=None, place_source=""
    )  # as it was before places were taken at once
    with acting(cast.operator) as by:
        journey.categorise(case=case, category="theft", by=by, now=LATER)
    case.refresh_from_db()
    assert (case.place, (case.lat, case.lng), case.place_source) == ("Kotwali", KOTWALI, "text")
    assert case.routing_why["code"] == "place"


def test_a_place_that_the_desk_set_is_not_taken_from_the_words(cast: SimpleNamespace) -> None:
    case = waiting(cast, "Something strange at Kotwali")
    with acting(cast.operator) as by:
        journey.place(case=case, lat=GULBAHAR[0], lng=GULBAHAR[1], name="Here", by=by, now=LATER)
        journey.categorise(case=case, category="theft", by=by, now=LATER)
    case.refresh_from_db()
    assert (case.place, (case.lat, case.lng), case.place_source) == ("Here", GULBAHAR, "operator")


def test_an_accusation_keeps_the_place_in_its_words(cast: SimpleNamespace) -> None:
    case = waiting(cast, "The constable at Kotwali took a bribe from my son")
    assert (case.withheld, case.place, case.lat) == ("accusation", "", None)


def test_the_place_by_the_desk_names_the_station(cast: SimpleNamespace) -> None:
    case = waiting(cast)
    with acting(cast.operator) as by:
        journey.place(case=case, lat=GULBAHAR[0], lng=GULBAHAR[1], name=" Bazaar ", by=by, now=LATER)
        suggested = journey.suggest(case=Case.objects.get(pk=case.pk), now=LATER)
    case.refresh_from_db()
    assert (case.place, case.place_source, case.routing_why["code"]) == ("Bazaar", "operator", "chosen_place")
    assert suggested.lead.post == post_named(cast.sho_gulbahar)
    assert suggested.inform.post == post_named(cast.co)
    assert not Order.objects.exists()


@pytest.mark.parametrize("point", [(91, 0), (-91, 0), (0, 181), (0, -181), (float("nan"), 0)])
def test_a_place_that_is_nowhere_on_earth_is_refused(
    cast: SimpleNamespace, point: tuple[float, float]
) -> None:
    case = waiting(cast)
    with acting(cast.operator) as by, pytest.raises(Refused):
        journey.place(case=case, lat=point[0], lng=point[1], name="", by=by, now=LATER)


def test_a_case_is_given_to_an_operator_and_back_to_nobody(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.desk_head) as by:
        journey.assign(case=case, officer=cast.operator, by=by, now=LATER)
        assert Case.objects.get(pk=case.pk).assigned_to == cast.operator
        journey.assign(case=case, officer=None, by=by, now=LATER)
        assert Case.objects.get(pk=case.pk).assigned_to is None


def test_the_suggestion_is_ordered_with_one_key(cast: SimpleNamespace) -> None:
    case = waiting(cast)
    with acting(cast.operator) as by:
        with pytest.raises(Refused):
            journey.order_suggested(case=case, by=by, now=LATER)
        journey.place(case=case, lat=KOTWALI[0], lng=KOTWALI[1], name="", by=by, now=LATER)
        made = journey.order_suggested(case=case, by=by, now=LATER)
    case.refresh_from_db()
    assert {order.part: order.post for order in made} == {
        "lead": post_named(cast.sho),
        "inform": post_named(cast.co),
    }
    assert (case.state, case.lead_unit, case.waiting_why) == ("forwarded", cast.kotwali, {})
    assert set(phones_told()) == {cast.sho.phone, cast.co.phone}
    assert cast.kotwali.pk in case.visible_to


def test_a_new_lead_takes_the_place_of_the_one_before(cast: SimpleNamespace) -> None:
    case = theft(cast)
    before = lead(case)
    with acting(cast.operator) as by:
        made = journey.order(
            case=case,
            post=post_named(cast.sho_gulbahar),
            part="lead",
            instruction="Take it over",
            by=by,
            now=LATER,
        )
    before.refresh_from_db()
    assert (before.state, before.finished_at, made.replaces) == ("replaced", LATER, before)
    assert (lead(case), made.instruction) == (made, "Take it over")
    with acting(cast.sho_gulbahar):
        assert Case.objects.get() == case


def test_support_is_ordered_beside_the_lead_and_sees_the_case(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.igp) as by:
        journey.order(
            case=case, post=post_named(cast.ctd_head), part="support", instruction="", by=by, now=LATER
        )
    assert lead(case).post == post_named(cast.sho)
    with acting(cast.ctd_head):
        assert Case.objects.get() == case
        assert Message.objects.filter(case=case.pk).exists()


def test_an_unknown_part_is_refused_and_a_vacant_post_falls_to_the_next(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator) as by, pytest.raises(Refused):
        journey.order(
            case=case, post=post_named(cast.ctd_head), part="gossip", instruction="", by=by, now=LATER
        )
    assert Order.objects.filter(case=case).count() == 2
    with acting(cast.operator) as by:
        made = journey.order(case=case, post=cast.vacant, part="support", instruction="", by=by, now=LATER)
    assert made.post != cast.vacant and made.post.postings.exists()
    assert made.why["code"] in ("vacant_linked", "vacant_parent")


@pytest.mark.parametrize("who", ["operator", "desk_head", "oversight", "administrator"])
@pytest.mark.parametrize("part", ["lead", "support", "inform"])
def test_a_post_that_cannot_act_is_not_ordered_and_the_lead_stays(
    cast: SimpleNamespace, who: str, part: str
) -> None:
    case, post = theft(cast), post_named(getattr(cast, who))
    with acting(cast.igp) as by, pytest.raises(Refused, match="takes no orders"):
        journey.order(case=case, post=post, part=part, instruction="", by=by, now=LATER)
    assert lead(case).post == post_named(cast.sho) and Order.objects.filter(case=case).count() == 2


def test_the_reason_of_an_order_says_who_chose_the_post(cast: SimpleNamespace) -> None:
    post = post_named(cast.ctd_head)
    for who, words in (
        (cast.operator, "Chosen by the desk."),
        (cast.igp, f"Ordered by {post_named(cast.igp)}."),
        (cast.sp, f"Ordered by {post_named(cast.sp)}."),
    ):
        case = theft(cast, Citizen())
        with acting(who) as by:
            made = journey.order(case=case, post=post, part="support", instruction="", by=by, now=LATER)
        assert made.reason == words


def test_who_speaks_for_a_unit_or_inquires_at_a_station_is_not_ordered(cast: SimpleNamespace) -> None:
    case = theft(cast)
    for role in (Role.PRO, Role.INQUIRY_OFFICER):
        who = officer(f"some-{role}".replace("_", "-"), role, cast.kotwali)
        with acting(cast.igp) as by, pytest.raises(Refused, match="takes no orders"):
            journey.order(case=case, post=post_named(who), part="lead", instruction="", by=by, now=LATER)
    assert lead(case).post == post_named(cast.sho)


def test_a_question_is_closed_with_advice_and_the_citizen_reads_it(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says("کیا آپ بتا سکتے ہیں کہ ڈرائیونگ لائسنس کا دفتر کب کھلتا ہے؟"))
    case = Case.objects.get()
    with acting(cast.operator) as by:
        journey.close_with_advice(case=case, remark="صبح نو بجے", by=by, now=LATER)
    case.refresh_from_db()
    assert (case.state, case.outcome, case.closed_at, case.replied_at) == ("closed", "advice", LATER, LATER)
    assert "صبح نو بجے" in told(case)[-1] and "نمٹا دیا" in told(case)[-1]


def test_a_case_that_a_unit_works_on_is_not_closed_by_the_desk(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator) as by, pytest.raises(Refused):
        journey.close_with_advice(case=case, remark="done", by=by, now=LATER)


def test_a_closed_case_is_changed_by_nobody(cast: SimpleNamespace) -> None:
    case = waiting(cast)
    with acting(cast.operator) as by:
        journey.close_with_advice(case=case, remark="done", by=by, now=LATER)
        verbs = (
            lambda: journey.categorise(case=case, category="theft", by=by, now=LATER),
            lambda: journey.place(case=case, lat=1, lng=1, name="", by=by, now=LATER),
            lambda: journey.assign(case=case, officer=None, by=by, now=LATER),
            lambda: journey.order(
                case=case, post=post_named(cast.sho), part="lead", instruction="", by=by, now=LATER
            ),
            lambda: journey.order_suggested(case=case, by=by, now=LATER),
            lambda: journey.accuse(case=case, accused_unit=None, by=by, now=LATER),
            lambda: journey.release(case=case, remark="x", by=by, now=LATER),
            lambda: journey.close_with_advice(case=case, remark="again", by=by, now=LATER),
        )
        for verb in verbs:
            with pytest.raises(Refused):
                verb()


@pytest.mark.parametrize(
    "name", ["sho", "co", "sp", "igp", "ctd_head", "oversight", "administrator", "nobody"]
)
def test_only_a_desk_replies_and_categorises(cast: SimpleNamespace, name: str) -> None:
    case = theft(cast)
    with acting(getattr(cast, name)) as by:
        for verb in (
            lambda: journey.reply(case=case, text="x", by=by, now=LATER),
            lambda: journey.categorise(case=case, category="traffic", by=by, now=LATER),
            lambda: journey.place(case=case, lat=ISLAMABAD[0], lng=ISLAMABAD[1], name="", by=by, now=LATER),
            lambda: journey.assign(case=case, officer=cast.operator, by=by, now=LATER),
            lambda: journey.close_with_advice(case=case, remark="x", by=by, now=LATER),
        ):
            with pytest.raises(Refused):
                verb()


def test_the_desk_of_another_district_is_refused(cast: SimpleNamespace) -> None:
    case = theft(cast)
    with acting(cast.operator_mardan) as by, pytest.raises(Refused):
        journey.reply(case=case, text="x", by=by, now=LATER)

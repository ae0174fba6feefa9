"""Who is known from elsewhere is hidden with what is withheld alone: neither here nor there is it to be told."""

from types import SimpleNamespace

import pytest
from django.db.models import Q

from rabta import journey
from rabta.cases.authors import authors
from rabta.cases.models import Attachment, Case, Event, Message
from rabta.cases.related import Link
from rabta.journey.protecting import sources
from rabta.people.models import Handle
from rabta.web.desk import queries
from rabta.web.desk.dossier import dossier, found
from rabta.web.events import event_words
from tests.cast import HQ_NUMBER, KOTWALI, MINUTE, NOW, PESHAWAR_NUMBER, Citizen, acting, hears, post_named
from tests.steps.stage import ACCUSATION, theft

TIP = "Secret information: in Kotwali bazaar house number 12 Javed sells heroin. Keep my name secret"
LATER = NOW + 30 * MINUTE


def name_of(case: Case, *, by: object) -> object:
    with acting(by) as scope:  # type: ignore[arg-type]
        seen = Case.objects.select_related("conversation__handle__person").get(pk=case.pk)
        return authors([seen], by=scope, purpose="test", now=LATER)[case.pk]


def known_and_tip(cast: SimpleNamespace) -> tuple[Citizen, Case, Case]:
    """Somebody whose theft Kotwali has tells on a dealer, and Kotwali is ordered there, too."""
    citizen = Citizen()
    ordinary = theft(cast, citizen)
    hears(cast, citizen.says(TIP), at=NOW + 10 * MINUTE)
    tip = Case.objects.get(withheld="tip")
    with acting(cast.desk_head) as by:
        post = post_named(cast.sho)
        journey.order(case=tip, post=post, part="lead", instruction="", by=by, now=LATER)
    tip.refresh_from_db()
    return citizen, ordinary, tip


@pytest.mark.parametrize("to", [HQ_NUMBER, PESHAWAR_NUMBER])
@pytest.mark.parametrize("said", [ACCUSATION["en"], TIP])
def test_a_page_with_a_name_stays_as_it_was(cast: SimpleNamespace, said: str, to: str) -> None:
    citizen = Citizen()
    ordinary = theft(cast, citizen)
    before = name_of(ordinary, by=cast.sho)
    hears(cast, citizen.says(said), at=NOW + 10 * MINUTE, to=to)
    secret = Case.objects.exclude(withheld="").get()
    assert name_of(ordinary, by=cast.sho) == before
    assert not Case.objects.get(pk=ordinary.pk).hides_author
    assert secret.hides_author
    shown = name_of(secret, by=cast.desk_head)
    assert (shown.number, shown.protected) == ("", True)  # type: ignore[attr-defined]
    assert secret.conversation.handle.person.alias not in shown.name  # type: ignore[attr-defined]


def test_a_matter_that_still_waits_does_not_lose_its_name_either(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    hears(cast, citizen.says("My purse with the identity card was stolen this morning"), at=NOW)
    ordinary = Case.objects.get()
    assert ordinary.lead_unit is None
    hears(cast, citizen.says(ACCUSATION["en"]), at=NOW + 10 * MINUTE)
    assert not Case.objects.get(pk=ordinary.pk).hides_author
    assert Case.objects.get(withheld="accusation").hides_author


def test_the_ordered_station_reads_an_alias_of_that_case(cast: SimpleNamespace) -> None:
    _citizen, ordinary, tip = known_and_tip(cast)
    shown, other = name_of(tip, by=cast.sho), name_of(ordinary, by=cast.sho)
    assert (shown.number, shown.protected) == ("", True)  # type: ignore[attr-defined]
    assert other.number and not other.protected  # type: ignore[attr-defined]
    assert tip.author_alias in shown.name  # type: ignore[attr-defined]


def test_neither_number_nor_the_other_case_leads_to_it(cast: SimpleNamespace) -> None:
    citizen, ordinary, tip = known_and_tip(cast)
    with acting(cast.desk_head) as scope:
        page = queries.search(scope=scope, text=f"+{citizen.phone}", narrow=Q(), after="", now=LATER)
        assert [row.case.pk for row in page.rows] == [ordinary.pk]
        for one in (ordinary, tip):
            case = found(scope=scope).get(pk=one.pk)
            assert dossier(case=case, scope=scope, now=LATER).earlier == []


def test_a_name_finds_it_no_more(cast: SimpleNamespace) -> None:
    _citizen, ordinary, tip = known_and_tip(cast)
    Handle.objects.filter(pk=tip.conversation.handle_id).update(name_keys=[4711])
    with acting(cast.desk_head):
        rows = Case.objects.raw(
            "SELECT * FROM cases_case WHERE id IN (SELECT rabta_find_named(ARRAY[4711]::bigint[],"
            " '2000-01-01', '2100-01-01', 9223372036854775807, 10))"
        )
        assert [case.pk for case in rows] == [ordinary.pk]


def test_ones_own_number_in_it_is_hidden_there_alone(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    ordinary = theft(cast, citizen)
    hears(cast, citizen.says(f"Call me on +{citizen.phone}"), at=NOW + MINUTE)
    hears(cast, citizen.says(f"{TIP}. My number is +{citizen.phone}"), at=NOW + 10 * MINUTE)
    tip = Case.objects.get(withheld="tip")
    hears(cast, citizen.says(f"He sells at night, I am +{citizen.phone}"), at=NOW + 11 * MINUTE)
    written = {
        m.text: m.case_id for m in Message.objects.filter(direction="in", text__contains=citizen.phone)
    }
    assert set(written.values()) == {ordinary.pk}
    assert citizen.phone not in tip.subject


def test_who_is_unknown_is_hidden_for_good(cast: SimpleNamespace) -> None:
    hears(cast, Citizen().says(TIP), at=NOW)
    tip = Case.objects.get()
    assert (tip.author_alias, tip.conversation.handle.person.protected) == ("", True)


def test_what_is_split_out_hides_its_author_as_well(cast: SimpleNamespace) -> None:
    citizen, _ordinary, tip = known_and_tip(cast)
    hears(cast, citizen.says("He sells heroin and ice to boys of the college, too"), at=LATER + MINUTE)
    message = Message.objects.filter(direction="in").latest("id")
    assert message.case_id == tip.pk
    with acting(cast.desk_head) as by:
        made = journey.split(message=message, by=by, now=LATER + 2 * MINUTE)
    made.refresh_from_db()
    assert made.author_alias not in ("", tip.author_alias)


def test_who_is_hidden_here_alone_is_told_so_once_it_is_safe(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    hears(cast, citizen.says(TIP), at=NOW + 10 * MINUTE)
    hears(cast, citizen.says("1"), at=NOW + 11 * MINUTE)
    told = Message.objects.filter(direction="out", case__withheld="tip").latest("id").text
    assert told.startswith("What is hidden: in this matter")
    assert "other matters stands under your name" in told


def test_what_is_said_on_safe_contact_stays_with_it_also_when_it_is_released(cast: SimpleNamespace) -> None:
    _citizen, ordinary, tip = known_and_tip(cast)
    Case.objects.filter(pk=tip.pk).update(withheld="")
    with acting(cast.desk_head) as by:
        sources.set_safe(case=Case.objects.get(pk=tip.pk), safe="no", by=by, now=LATER + MINUTE)
    ordinary.refresh_from_db()
    tip.refresh_from_db()
    assert (tip.safe, ordinary.safe, ordinary.conversation.handle.safe) == ("no", "", "")


def last_heard() -> Message:
    return Message.objects.filter(direction="in").latest("id")


def test_what_may_continue_an_accusation_is_not_read_with_the_theft(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    ordinary = theft(cast, citizen)
    hears(cast, citizen.says(ACCUSATION["en"]), at=NOW + 10 * MINUTE)
    hears(cast, citizen.says("The stolen motorcycle is red"), at=NOW + 20 * MINUTE)
    assert last_heard().case_id == ordinary.pk
    hears(cast, citizen.says("He came again and stood before my shop"), at=NOW + 21 * MINUTE)
    secret = Case.objects.get(withheld="accusation")
    assert last_heard().case_id == secret.pk
    assert secret.split_offered_at is not None


def test_what_may_name_an_informant_waits_at_the_desk(cast: SimpleNamespace) -> None:
    citizen, _ordinary, tip = known_and_tip(cast)
    hears(cast, citizen.says("It is me again, Haider of shop 14. What now?"), at=LATER + MINUTE)
    own = last_heard().case
    assert own is not None
    assert (own.withheld, own.lead_unit, own.desk_unit_id) == ("tip", None, tip.desk_unit_id)
    assert own.author_alias not in ("", tip.author_alias)
    assert tip.reference not in own.withheld_reason
    link = Link.objects.get()
    assert (link.one, link.other, link.officer) == (tip, own, None)
    with acting(cast.sho) as scope:
        assert not Case.objects.filter(scope.visible(), pk=own.pk).exists()
    with acting(cast.desk_head) as scope:
        assert Case.objects.filter(scope.visible(), pk=own.pk).exists()
    hears(cast, citizen.says("And when will somebody answer me?"), at=LATER + 2 * MINUTE)
    assert last_heard().case_id == own.pk


def test_an_accusation_after_a_tip_is_not_read_by_who_has_the_tip(cast: SimpleNamespace) -> None:
    citizen, _ordinary, tip = known_and_tip(cast)
    hears(cast, citizen.says(ACCUSATION["en"]), at=LATER + MINUTE)
    own = last_heard().case
    assert own is not None and own.pk != tip.pk and own.withheld == "accusation"
    with acting(cast.sho) as scope:
        assert not Case.objects.filter(scope.visible(), pk=own.pk).exists()


def test_what_stands_beside_an_accusation_is_kept_as_close(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    hears(cast, citizen.says(ACCUSATION["en"]), at=NOW + 10 * MINUTE)
    secret = Case.objects.get(withheld="accusation")
    with acting(cast.desk_head) as by:
        journey.accuse(case=secret, accused_unit=cast.kotwali, by=by, now=LATER)
        post = post_named(cast.sp_mardan)
        journey.order(case=secret, post=post, part="lead", instruction="", by=by, now=LATER)
    hears(cast, citizen.says("He came again and stood before my shop"), at=LATER + MINUTE)
    own = last_heard().case
    assert own is not None and own.pk != secret.pk
    assert (own.withheld, own.accused_unit) == ("accusation", cast.kotwali)
    with acting(cast.sho) as scope:
        assert not Case.objects.filter(scope.visible(), pk=own.pk).exists()


def test_ones_own_number_in_places_and_names_of_files_is_hidden(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    hears(cast, citizen.says(TIP), at=NOW + 10 * MINUTE)
    secret = Case.objects.get(withheld="tip")
    pin = citizen.pins(KOTWALI)
    pin["location"]["name"] = f"My house, +{citizen.phone}"  # type: ignore[index,call-overload]
    hears(cast, pin, citizen.sends_file(f"bill {citizen.phone}.pdf"), at=NOW + 11 * MINUTE)
    secret.refresh_from_db()
    stored = [
        secret.place,
        *Message.objects.filter(case=secret).values_list("place_name", flat=True),
        *Attachment.objects.filter(message__case=secret).values_list("name", flat=True),
    ]
    assert "My house, •••" in stored and "bill •••.pdf" in stored
    assert not [words for words in stored if citizen.phone in words]


def test_where_it_is_already_known_they_are_hidden_as_soon_as_it_is_withheld(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    pin = citizen.pins(KOTWALI)
    pin["location"]["name"] = f"My house, +{citizen.phone}"  # type: ignore[index,call-overload]
    hears(cast, citizen.says("There is an illegal parking stand here"), pin, at=NOW + 3 * 60 * MINUTE)
    case = Case.objects.latest("id")
    with acting(cast.desk_head) as by:
        journey.accuse(case=case, accused_unit=cast.kotwali, by=by, now=NOW + 4 * 60 * MINUTE)
    case.refresh_from_db()
    assert (case.hides_author, case.place) == (True, "My house, •••")
    assert not Message.objects.filter(case=case, place_name__contains=citizen.phone).exists()


def test_a_quote_of_another_matter_is_not_shown_with_a_hidden_author(cast: SimpleNamespace) -> None:
    citizen, ordinary, _tip = known_and_tip(cast)
    first = Message.objects.filter(case=ordinary, direction="in").earliest("id")
    hears(cast, citizen.says(ACCUSATION["en"]), at=LATER + MINUTE)
    secret = Case.objects.get(withheld="accusation")
    Message.objects.filter(case=secret, direction="in").update(in_reply_to=first)
    with acting(cast.desk_head) as scope:
        case = found(scope=scope).get(pk=secret.pk)
        read = dossier(case=case, scope=scope, now=LATER).conversation.messages
    assert [message.in_reply_to for message in read if message.direction == "in"] == [None]


def test_what_was_split_off_leaves_no_number_behind(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    ordinary = theft(cast, citizen)
    hears(cast, citizen.says("And the drain before my house is open"), at=NOW + MINUTE)
    with acting(cast.desk_head) as by:
        made = journey.split(message=last_heard(), by=by, now=LATER)
        journey.accuse(case=made, accused_unit=cast.kotwali, by=by, now=LATER + MINUTE)
    events = Event.objects.filter(case=ordinary)
    assert "split" in [event.what for event in events]
    assert not [event for event in events if made.reference in f"{event.data} {event_words(event)}"]

"""What was kept close beside a secret matter, once the desk says where it belongs: nobody who reads it can tell."""

from datetime import datetime
from types import SimpleNamespace

import pytest

from rabta import journey
from rabta.cases.models import Case, Message
from rabta.cases.refusal import Refused
from rabta.cases.related import Link
from rabta.force.models import Officer, Unit
from rabta.journey.matters import merging, splitting
from rabta.web.desk.dossier import Dossier, dossier, found
from rabta.web.events import event_words
from tests.cast import (
    DAY,
    HOUR,
    HQ_NUMBER,
    MINUTE,
    NOW,
    PESHAWAR_NUMBER,
    Citizen,
    acting,
    hears,
    post_named,
)
from tests.steps.eyes import noted
from tests.steps.eyes import read as reads_of
from tests.steps.stage import ACCUSATION, accusation, theft

TIP = "Secret information: in Kotwali bazaar house number 12 Javed sells heroin. Keep my name secret"
AGAIN = "He came again and stood before my shop"
IT_IS_ME = "It is me again, Haider of shop 14. What now?"
NEWS = "Is there any news of it? I have bought a new one"
STOLEN = "My motorcycle was stolen near Kotwali last night"
SOON = NOW + 10 * MINUTE


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def said(citizen: Citizen, cast: SimpleNamespace, words: str, *, at: datetime, to: str = HQ_NUMBER) -> Case:
    """The case in which the words are now."""
    hears(cast, citizen.says(words), at=at, to=to)
    case = Message.objects.filter(direction="in").latest("id").case
    assert case is not None
    return fresh(case)


def reads(who: Officer, words: str) -> bool:
    with acting(who) as scope:
        return Message.objects.filter(scope.visible(), text=words).exists()


def page(who: Officer, case: Case) -> Dossier:
    with acting(who) as scope:
        return dossier(case=found(scope=scope).get(pk=case.pk), scope=scope, now=NOW + 10 * DAY)


def accuse(cast: SimpleNamespace, case: Case, unit: Unit, *, at: datetime = NOW) -> None:
    with acting(cast.desk_head) as by:
        journey.accuse(case=fresh(case), accused_unit=unit, by=by, now=at)


def order(cast: SimpleNamespace, case: Case, who: Officer, *, at: datetime = NOW) -> None:
    with acting(cast.desk_head) as by:
        post = post_named(who)
        journey.order(case=fresh(case), post=post, part="lead", instruction="", by=by, now=at)


def release(cast: SimpleNamespace, case: Case, *, at: datetime) -> None:
    with acting(cast.desk_head) as by:
        journey.release(case=fresh(case), remark="It is about the theft", by=by, now=at)


def merge(cast: SimpleNamespace, kept: Case, absorbed: Case, *, at: datetime = NOW) -> None:
    with acting(cast.desk_head) as by:
        merging.merge(kept=fresh(kept), absorbed=fresh(absorbed), reason="One", by=by, now=at)


def told_tip(cast: SimpleNamespace) -> tuple[Citizen, Case, Case, Case]:
    """Kotwali has somebody's theft and his tip; words that name him wait beside."""
    citizen = Citizen()
    ordinary = theft(cast, citizen)
    tip = said(citizen, cast, TIP, at=SOON)
    order(cast, tip, cast.sho, at=SOON)
    return citizen, ordinary, tip, said(citizen, cast, IT_IS_ME, at=NOW + HOUR)


def told_accusation(cast: SimpleNamespace) -> tuple[Citizen, Case, Case]:
    """Kotwali has somebody's theft; Mardan inquires into what he says against Kotwali."""
    citizen = Citizen()
    ordinary = theft(cast, citizen)
    secret = said(citizen, cast, ACCUSATION["en"], at=SOON)
    accuse(cast, secret, cast.kotwali, at=SOON)
    order(cast, secret, cast.sp_mardan, at=SOON)
    return citizen, ordinary, secret


@pytest.mark.parametrize("to", [HQ_NUMBER, PESHAWAR_NUMBER])
@pytest.mark.parametrize("by_mistake", [False, True])
def test_words_that_are_put_to_the_theft_stand_under_the_name(
    cast: SimpleNamespace, to: str, by_mistake: bool
) -> None:
    citizen = Citizen()
    ordinary = theft(cast, citizen)
    secret = said(citizen, cast, ACCUSATION["en"], at=SOON, to=to)
    own = said(citizen, cast, NEWS, at=NOW + 2 * HOUR)
    if own == secret:
        with acting(cast.desk_head) as by:
            own = splitting.split_offered(case=secret, by=by, now=NOW + 2 * HOUR)
    if by_mistake:
        accuse(cast, own, cast.kotwali, at=NOW + 2 * HOUR + MINUTE)
    release(cast, own, at=NOW + 3 * HOUR)
    merge(cast, ordinary, own, at=NOW + 3 * HOUR)
    seen = page(cast.sho, ordinary)
    assert NEWS in [message.text for message in seen.conversation.messages]
    assert [shown.protected for shown in seen.related.names.values()] == [False]
    assert [event.what for event in seen.events if event.case_id == own.pk] == ["opened"]
    events = [f"{event.data} {event_words(event)}" for event in seen.events]
    assert not [words for words in events if secret.reference in words or "ithheld" in words]


def test_what_is_secret_by_its_own_words_hides_its_author_for_good(cast: SimpleNamespace) -> None:
    citizen, _ordinary, _tip, _own = told_tip(cast)
    hears(cast, citizen.says("Secret information: Akram sells weapons at Rustam"), at=NOW + HOUR + MINUTE)
    message = Message.objects.filter(direction="in").latest("id")
    with acting(cast.desk_head) as by:
        made = journey.split(message=message, by=by, now=NOW + 2 * HOUR)
    release(cast, made, at=NOW + 2 * HOUR)
    assert fresh(made).author_alias


def test_what_was_taken_out_of_the_theft_keeps_the_alias_that_was_promised(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    theft(cast, citizen)
    hears(cast, citizen.says("And the drain before my house is open"), at=NOW + MINUTE)
    with acting(cast.desk_head) as by:
        made = journey.split(message=Message.objects.filter(direction="in").latest("id"), by=by, now=SOON)
    accuse(cast, made, cast.kotwali, at=SOON)
    release(cast, made, at=NOW + HOUR)
    assert fresh(made).author_alias


def test_a_name_is_not_told_to_who_did_not_read_it(cast: SimpleNamespace) -> None:
    _citizen, ordinary, _tip, own = told_tip(cast)
    Case.objects.filter(pk=ordinary.pk).update(visible_to=[cast.mardan.pk])
    release(cast, own, at=NOW + 2 * HOUR)
    assert fresh(own).author_alias


@pytest.mark.parametrize("way", ["merged", "ordered"])
def test_no_page_links_the_tip_with_what_names_its_informant(cast: SimpleNamespace, way: str) -> None:
    _citizen, ordinary, tip, own = told_tip(cast)
    release(cast, own, at=NOW + 2 * HOUR)
    if way == "merged":
        merge(cast, ordinary, own, at=NOW + 2 * HOUR)
    else:
        order(cast, own, cast.sho, at=NOW + 2 * HOUR)
    assert not any(page(cast.sho, case).related.links for case in (ordinary, tip, own))


def test_what_belongs_to_the_tip_tells_its_reader_of_no_other_matter(cast: SimpleNamespace) -> None:
    _citizen, _ordinary, tip, own = told_tip(cast)
    merge(cast, tip, own, at=NOW + 2 * HOUR)
    assert fresh(own).withheld_why == fresh(tip).withheld_why
    assert not Link.objects.exists()


def test_it_is_ordered_on_nobody_before_the_desk_has_said_what_it_is(cast: SimpleNamespace) -> None:
    _citizen, _ordinary, _tip, own = told_tip(cast)
    with pytest.raises(Refused, match="which matter"):
        order(cast, own, cast.sho, at=NOW + 2 * HOUR)
    accuse(cast, own, cast.kotwali, at=NOW + 2 * HOUR)
    assert not Link.objects.exists()
    order(cast, own, cast.sp_mardan, at=NOW + 2 * HOUR)


def test_help_waits_for_no_word_of_the_desk(cast: SimpleNamespace) -> None:
    _citizen, _ordinary, _tip, own = told_tip(cast)
    with acting(cast.desk_head) as by:
        journey.categorise(case=own, category="missing_person", by=by, now=NOW + 2 * HOUR)
    order(cast, own, cast.sho, at=NOW + 2 * HOUR)
    assert not Link.objects.exists()


def test_who_is_accused_later_does_not_go_on_reading_what_stands_beside(cast: SimpleNamespace) -> None:
    citizen, _ordinary, secret = told_accusation(cast)
    own = said(citizen, cast, AGAIN, at=NOW + HOUR)
    assert reads(cast.sp, AGAIN)
    accuse(cast, secret, cast.peshawar, at=NOW + HOUR)
    assert not reads(cast.sp, AGAIN) and reads(cast.desk_head, AGAIN)
    merge(cast, secret, own, at=NOW + 2 * HOUR)
    assert not reads(cast.sp, AGAIN)


def test_also_where_the_secret_one_is_part_of_what_accuses_him(cast: SimpleNamespace) -> None:
    citizen, head = Citizen(), said(Citizen(), cast, TIP, at=NOW, to=PESHAWAR_NUMBER)
    said(citizen, cast, STOLEN, at=NOW)
    mine = said(citizen, cast, TIP, at=NOW + HOUR, to=PESHAWAR_NUMBER)
    merge(cast, head, mine, at=NOW + HOUR)
    said(citizen, cast, AGAIN, at=NOW + 2 * HOUR)
    accuse(cast, head, cast.peshawar, at=NOW + 3 * HOUR)
    assert not reads(cast.sp, AGAIN) and reads(cast.desk_head, AGAIN)


def test_what_stands_beside_a_confidential_inquiry_is_read_by_those_named(cast: SimpleNamespace) -> None:
    citizen, _ordinary, secret = told_accusation(cast)
    said(citizen, cast, AGAIN, at=NOW + HOUR)
    assert reads(cast.operator, AGAIN)
    with acting(cast.desk_head) as by:
        named = [cast.desk_head, cast.sp_mardan]
        journey.name_officers(case=fresh(secret), officers=named, by=by, now=NOW + 2 * HOUR)
    assert not reads(cast.operator, AGAIN) and reads(cast.desk_head, AGAIN)


def test_it_goes_to_no_other_force_either(cast: SimpleNamespace) -> None:
    _citizen, _ordinary, _tip, own = told_tip(cast)
    with acting(cast.desk_head) as by, pytest.raises(Refused, match="which matter"):
        journey.transfer(case=own, force="sindh", remark="Happened there", by=by, now=NOW + 2 * HOUR)


def test_the_day_of_the_accusation_is_not_told(cast: SimpleNamespace) -> None:
    citizen, _ordinary, _secret = told_accusation(cast)
    own = said(citizen, cast, "Any news of it?", at=NOW + 5 * DAY)
    accuse(cast, own, cast.kotwali, at=NOW + 5 * DAY)
    release(cast, own, at=NOW + 5 * DAY)
    assert (fresh(own).opened_at, fresh(own).limits_from) == (NOW + 5 * DAY, None)


def test_notes_of_before_the_accused_was_named_stay_with_the_desk(cast: SimpleNamespace) -> None:
    case = accusation(cast)
    noted(cast.desk_head, case, "Ask his brother", at=NOW + MINUTE)
    accuse(cast, case, cast.kotwali, at=NOW + 2 * MINUTE)
    release(cast, case, at=NOW + 3 * MINUTE)
    order(cast, case, cast.sho, at=NOW + 4 * MINUTE)
    notes, events, _orders = reads_of(cast.sho, case)
    assert notes == set() and "noted" not in events


# what was told to another number of ours, and is part of something by now


@pytest.mark.parametrize("days", [10, 32])
def test_a_part_of_an_open_accusation_is_not_forgotten(cast: SimpleNamespace, days: int) -> None:
    citizen = Citizen()
    head = said(Citizen(), cast, ACCUSATION["en"], at=NOW, to=PESHAWAR_NUMBER)
    merge(cast, head, said(citizen, cast, ACCUSATION["en"], at=NOW, to=PESHAWAR_NUMBER))
    said(citizen, cast, STOLEN, at=NOW + days * DAY)
    said(citizen, cast, AGAIN, at=NOW + days * DAY + HOUR)
    assert not reads(cast.sho, AGAIN)


def test_nor_an_ordinary_part_of_what_was_accused_later(cast: SimpleNamespace) -> None:
    citizen, stand = Citizen(), "There is an illegal parking stand near Gulbahar"
    head = said(Citizen(), cast, stand, at=NOW, to=PESHAWAR_NUMBER)
    merge(cast, head, said(citizen, cast, stand, at=NOW, to=PESHAWAR_NUMBER))
    accuse(cast, head, cast.kotwali)
    said(citizen, cast, STOLEN, at=NOW + DAY)
    said(citizen, cast, AGAIN, at=NOW + DAY + HOUR)
    assert not reads(cast.sho, AGAIN)


def test_a_part_is_kept_as_close_as_what_it_is_part_of(cast: SimpleNamespace) -> None:
    citizen, head = Citizen(), said(Citizen(), cast, TIP, at=NOW, to=PESHAWAR_NUMBER)
    said(citizen, cast, STOLEN, at=NOW)
    merge(cast, head, said(citizen, cast, TIP, at=NOW + HOUR, to=PESHAWAR_NUMBER), at=NOW + HOUR)
    accuse(cast, head, cast.peshawar, at=NOW + HOUR)
    order(cast, head, cast.sp_mardan, at=NOW + HOUR)
    own = said(citizen, cast, AGAIN, at=NOW + 2 * HOUR)
    assert (own.withheld, own.accused_unit) == ("accusation", cast.peshawar)
    assert not reads(cast.sp, AGAIN)


def test_nor_a_released_tip_of_a_protected_person(cast: SimpleNamespace) -> None:
    citizen = Citizen()
    tip = said(citizen, cast, TIP, at=NOW, to=PESHAWAR_NUMBER)
    release(cast, tip, at=NOW)
    order(cast, tip, cast.sho)
    said(citizen, cast, STOLEN, at=NOW + HOUR)
    said(citizen, cast, IT_IS_ME, at=NOW + 2 * HOUR)
    assert not reads(cast.sho, IT_IS_ME)

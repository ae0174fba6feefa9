"""Openings as time goes on: sealed anew for other keys, others are accused meanwhile, a life is in danger."""

import hashlib
from types import SimpleNamespace

import pyrage
import pytest
from django.db import IntegrityError, transaction

from rabta.audit.models import Record
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.force.models import Officer
from rabta.journey.protecting import vault as journey
from rabta.journey.protecting.withheld import accuse
from rabta.outbox.models import Delivery
from rabta.people import openings, vault
from rabta.people.models import Keyholder, Opening, Sealed
from tests.cast import NOW, acting
from tests.people import holders, vault_test
from tests.people.holders import Held
from tests.people.vault_test import REASON, TIP, approved, asked, tip

held = vault_test.held


def anew(
    cast: SimpleNamespace,
    held: dict[str, Held],
    opening: Opening,
    *,
    custodian: str,
    put: bytes | None = None,
) -> None:
    """What the custodian's browser does: seals the same content (or what `put` says) to the keys of today."""
    to, who = vault.locks(), held[custodian]
    assert to is not None
    with acting(who.officer) as scope:
        (box,) = journey.take(opening=opening, by=scope, now=NOW)
        inside = holders.content(box.box, custodian=who)
        keys = [pyrage.x25519.Recipient.from_str(k.public_key) for k in to.custodians]
        sent = {box.sealed.public_id: holders.outer(pyrage.encrypt(put or inside, keys), to)}
        journey.seal_anew(opening=opening, boxes=sent, by=scope, now=NOW)


def compare(held: dict[str, Held], opening: Opening, *, custodian: str) -> None:
    """What the browser of whoever opens it does: says whether it is what was sealed first."""
    who = held[custodian]
    with acting(who.officer) as scope:
        (box,) = journey.take(opening=opening, by=scope, now=NOW)
        found = hashlib.sha256(holders.content(box.box, custodian=who)).hexdigest()
        name = [box.sealed.public_id]
        if found == box.sealed.commitment:
            journey.opened(opening=opening, by=scope, now=NOW, same=name)
        else:
            journey.opened(opening=opening, by=scope, now=NOW, differs=name)


def rotated(cast: SimpleNamespace, held: dict[str, Held], *, put: bytes | None = None) -> Case:
    """Somebody is new, somebody is gone, and a custodian has sealed a tip's name anew."""
    case = tip(cast)
    opening = approved(cast, asked(cast, case, purpose="rotation"), held)
    held["new"] = holders.held(cast.sho_rustam, "custodian", cast)
    Keyholder.objects.filter(pk=held["women_head"].holder.pk).update(ended_at=NOW)
    anew(cast, held, opening, custodian="ctd_head", put=put)
    return case


def test_sealing_anew_for_other_keys_shows_nothing_and_serves_the_new_ones(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    rotated(cast, held)
    new, gone, sealed = held["new"], held["women_head"], Sealed.objects.get()
    assert new.holder.fingerprint in sealed.custodians and gone.holder.fingerprint not in sealed.custodians
    assert holders.opens(sealed.box, new.key, held["oversight"].key)
    assert not holders.opens(sealed.box, gone.key, held["oversight"].key)


@pytest.mark.parametrize("purpose", ["rotation", "court"])
def test_the_box_before_goes_when_another_custodian_has_found_the_same(
    cast: SimpleNamespace, held: dict[str, Held], purpose: str
) -> None:
    case = rotated(cast, held)
    assert holders.opens(Sealed.objects.get().before or b"", held["women_head"].key, held["oversight"].key)
    opening = approved(cast, asked(cast, case, purpose=purpose), held, custodian="new")
    assert journey.seals_anew(opening) is None  # only to be compared
    compare(held, opening, custodian="new")
    sealed = Sealed.objects.get()
    assert (sealed.before, sealed.before_keys, sealed.anew_by) == (None, None, None)
    assert Record.objects.get(act="sealed_confirmed").actor_officer == cast.sho_rustam.pk


def test_something_else_in_its_place_is_found_and_the_box_before_comes_back(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    case = rotated(cast, held, put=vault.padded({"name": "Somebody else", vault.PROOF: "x"}))
    compare(held, approved(cast, asked(cast, case), held, custodian="new"), custodian="new")
    sealed = Sealed.objects.get()
    assert holders.opens(sealed.box, held["women_head"].key, held["oversight"].key) and sealed.before is None
    assert Record.objects.get(act="sealed_differs").detail["came_back"] is True


def test_whoever_sealed_it_anew_does_not_settle_it_himself(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    case = rotated(cast, held, put=vault.padded({"name": "Somebody else"}))
    name = Sealed.objects.get().public_id
    opening = asked(cast, case, purpose="rotation")
    with acting(held["oversight"].officer):
        assert held["ctd_head"].holder not in openings.fitting_custodians(opening)
    opening = approved(cast, asked(cast, case, by="operator"), held)
    with acting(cast.ctd_head) as scope:
        journey.opened(opening=opening, by=scope, now=NOW, same=[name])
    assert Sealed.objects.get().before


# Others are accused by now


def accused_now(cast: SimpleNamespace, case: Case, officer: Officer) -> None:
    with acting(cast.desk_head) as scope:
        accuse(case=case, accused_unit=None, accused_officers=[officer], by=scope, now=NOW)


@pytest.mark.parametrize("who", ["sp_mardan", "ctd_head"])
def test_whoever_is_accused_by_now_neither_approves_nor_opens(
    cast: SimpleNamespace, held: dict[str, Held], who: str
) -> None:
    case = tip(cast)
    waits = asked(cast, case)
    done = approved(cast, asked(cast, case, by="operator"), held, approver="co_rural")
    accused_now(cast, case, getattr(cast, who))
    if who == "sp_mardan":
        with acting(cast.sp_mardan) as scope, pytest.raises(Refused, match="accused"):
            journey.hand_out(opening=waits, by=scope, now=NOW)
    with pytest.raises(Refused, match="accused"):
        approved(cast, waits, held)
    if who == "ctd_head":
        for act in (journey.take, journey.opened, journey.may_still_take):
            with acting(cast.ctd_head) as scope, pytest.raises(Refused, match="accused"):
                act(opening=done, by=scope, now=NOW)


def test_an_approver_who_is_accused_by_now_has_approved_in_vain(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    case = tip(cast)
    done = approved(cast, asked(cast, case), held)
    accused_now(cast, case, cast.sp_mardan)
    with acting(cast.ctd_head) as scope, pytest.raises(Refused, match="accused"):
        journey.take(opening=done, by=scope, now=NOW)


def test_a_custodian_whose_key_has_ended_opens_nothing(cast: SimpleNamespace, held: dict[str, Held]) -> None:
    done = approved(cast, asked(cast, tip(cast)), held)
    Keyholder.objects.filter(pk=held["ctd_head"].holder.pk).update(ended_at=NOW)
    with acting(cast.ctd_head) as scope, pytest.raises(Refused, match="ended"):
        journey.take(opening=done, by=scope, now=NOW)


# A life is in danger


def rung() -> list[str]:
    calls = Delivery.objects.filter(template__name="urgent_v1").order_by("id")
    for call in calls:
        assert TIP not in call.text and REASON not in call.text and "PRY" not in call.text
    return [call.number for call in calls]


def test_those_on_call_are_rung_in_neutral_words(cast: SimpleNamespace, held: dict[str, Held]) -> None:
    calls = ("oversight", "ctd_head")
    Keyholder.objects.filter(pk__in=[held[name].holder.pk for name in calls]).update(on_call=True)
    opening = asked(cast, tip(cast), purpose="threat_to_life")
    assert sorted(rung()) == sorted(getattr(cast, name).phone for name in calls)
    approved(cast, opening, held, approver="oversight", custodian="cyber_head")
    assert rung()[2:] == [cast.cyber_head.phone]


def test_while_nobody_is_on_call_all_are_rung_but_the_accused(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    case = tip(cast)
    accused_now(cast, case, cast.sp_mardan)
    asked(cast, Case.objects.get(pk=case.pk), purpose="threat_to_life")
    names = (*holders.CUSTODIANS, "oversight", "co_rural")
    assert set(rung()) == {getattr(cast, name).phone for name in names} - {cast.co_rural.phone}


def test_for_a_court_nobody_is_rung(cast: SimpleNamespace, held: dict[str, Held]) -> None:
    asked(cast, tip(cast))
    assert rung() == []


def test_open_pages_of_those_who_must_act_ring(cast: SimpleNamespace, held: dict[str, Held]) -> None:
    opening = asked(cast, tip(cast), purpose="threat_to_life")

    def ringing(who: Officer) -> bool:
        with acting(who):
            return openings.ringing(who.pk, now=NOW).exists()

    assert ringing(cast.oversight) and not ringing(cast.ctd_head) and not ringing(cast.desk_head)
    approved(cast, opening, held)
    assert ringing(cast.ctd_head) and not ringing(cast.oversight) and not ringing(cast.women_head)


def test_nothing_is_sealed_without_something_to_compare_with(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    tip(cast)
    with pytest.raises(IntegrityError, match="sealed_with_a_commitment"), transaction.atomic():
        Sealed.objects.update(commitment="")

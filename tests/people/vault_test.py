"""Sealed identities: what is sealed when, who can open it, and what four people have to do before anybody reads it."""

from datetime import timedelta
from types import SimpleNamespace

import pyrage
import pytest
from django.db import connection

from rabta.audit.models import Record
from rabta.cases.models import Case, Message, MessageVersion
from rabta.cases.refusal import Refused
from rabta.force.models import Officer
from rabta.journey.protecting import sources
from rabta.journey.protecting import vault as journey
from rabta.journey.protecting.withheld import accuse
from rabta.people import openings, vault
from rabta.people.models import Handle, Keyholder, Opening, Resealed, Sealed
from tests.cast import DAY, HOUR, NOW, Citizen, acting, hears
from tests.people import holders
from tests.people.holders import Held

TIP = "Secret information, do not tell my name: drugs are sold at night near Kotwali bazar"
REASON = "The court in Peshawar wants the witness by Monday"


@pytest.fixture
def held(cast: SimpleNamespace) -> dict[str, Held]:
    return holders.make(cast)


def tip(cast: SimpleNamespace, citizen: Citizen | None = None, *, text: str = TIP) -> Case:
    hears(cast, (citizen or Citizen()).says(text))
    return Case.objects.latest("id")


def asked(cast: SimpleNamespace, case: Case, *, by: str = "desk_head", purpose: str = "court") -> Opening:
    with acting(getattr(cast, by)) as scope:
        return journey.ask(case=case, purpose=purpose, ground="Section 21", reason=REASON, by=scope, now=NOW)


def approved(cast: SimpleNamespace, opening: Opening, held: dict[str, Held], **who: str) -> Opening:
    approver, custodian = held[who.get("approver", "sp_mardan")], held[who.get("custodian", "ctd_head")]
    with acting(approver.officer) as scope:
        boxes = {
            one.public_id: holders.reseal(one.box, approver=approver, custodian=custodian)
            for one in openings.sealed_of(opening)
        }
        journey.approve(opening=opening, custodian=custodian.holder, boxes=boxes, by=scope, now=NOW)
    return opening


def test_name_and_number_are_sealed_when_a_tip_comes(cast: SimpleNamespace, held: dict[str, Held]) -> None:
    citizen = Citizen()
    case = tip(cast, citizen)
    assert case.withheld == "tip" and case.conversation.handle.person.protected
    sealed = Sealed.objects.get()
    assert (sealed.person, sealed.what) == (case.conversation.handle.person, "identity")
    inner = holders.reseal(sealed.box, approver=held["oversight"], custodian=held["ctd_head"])
    assert holders.open_box(inner, custodian=held["ctd_head"])["number"] == f"+{citizen.phone}"
    assert case.conversation.handle.person.sealed_at == NOW


def test_without_keyholders_nothing_is_sealed_and_the_name_is_gone(cast: SimpleNamespace) -> None:
    case = tip(cast)
    assert not Sealed.objects.exists() and case.conversation.handle.shown is None
    assert case.conversation.handle.person.sealed_at is None


@pytest.mark.parametrize("group", ["custodian", "approver"])
def test_all_keys_of_one_group_together_open_nothing(
    cast: SimpleNamespace, held: dict[str, Held], group: str
) -> None:
    tip(cast)
    box = Sealed.objects.get().box
    keys = [one.key for one in held.values() if one.holder.group == group]
    assert len(keys) == 3 and not holders.opens(box, *keys)
    assert holders.opens(box, *(one.key for one in held.values()))


def test_boxes_do_not_tell_how_long_a_name_is(held: dict[str, Held]) -> None:
    to = vault.locks()
    assert to is not None
    lengths = {len(vault.padded({"name": "x" * n})) for n in (1, 20, 300, 1900)}
    assert lengths == {2048}
    assert len(vault.padded({"name": "ن" * 2000})) == 8192
    assert len(vault.padded({"name": "x" * 300_000})) % 131072 == 0


def test_four_people_open_it_and_nobody_else(cast: SimpleNamespace, held: dict[str, Held]) -> None:
    citizen = Citizen()
    opening = approved(cast, asked(cast, tip(cast, citizen)), held)
    custodian = held["ctd_head"]
    with acting(custodian.officer) as scope:
        (box,) = journey.take(opening=opening, by=scope, now=NOW)
        facts = holders.open_box(box.box, custodian=custodian)
        journey.opened(opening=opening, by=scope, now=NOW)
    assert facts["number"] == f"+{citizen.phone}"
    opening.refresh_from_db()
    assert (opening.state, opening.opened_at) == ("opened", NOW)
    assert Resealed.objects.get().box is None


def test_only_the_named_custodian_opens_what_was_sealed_again(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    opening = approved(cast, asked(cast, tip(cast)), held)
    others = [one.key for name, one in held.items() if name != "ctd_head"]
    box = bytes(Resealed.objects.get().box or b"")
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(box, others)
    for name in ("women_head", "sp_mardan", "desk_head"):
        with acting(getattr(cast, name)) as scope, pytest.raises((Refused, Opening.DoesNotExist)):
            journey.take(opening=opening, by=scope, now=NOW)


@pytest.mark.parametrize(
    ("approver", "words"),
    [
        ("sp_mardan", ""),
        ("oversight", ""),
        ("co_rural", ""),
        ("igp", "Only an approver"),
        ("desk_head", "Only an"),
    ],
)
def test_who_may_approve_the_desk_s_request(
    cast: SimpleNamespace, held: dict[str, Held], approver: str, words: str
) -> None:
    opening = asked(cast, tip(cast))
    with acting(getattr(cast, approver)) as scope:
        if not words:
            journey.refuse(opening=opening, why="Ask the court for it in writing", by=scope, now=NOW)
            assert Opening.objects.get(pk=opening.pk).state == "refused"
        else:
            with pytest.raises((Refused, Opening.DoesNotExist)):
                journey.refuse(opening=opening, why="no", by=scope, now=NOW)


def test_a_superior_does_not_approve_for_his_own(cast: SimpleNamespace, held: dict[str, Held]) -> None:
    igp = holders.held(cast.igp, "approver", cast)
    opening = asked(cast, tip(cast))
    with acting(igp.officer) as scope, pytest.raises(Refused, match="chain of command"):
        journey.refuse(opening=opening, why="no", by=scope, now=NOW)


def test_accused_and_their_unit_take_no_part(cast: SimpleNamespace, held: dict[str, Held]) -> None:
    sho = holders.held(cast.sho, "approver", cast)
    case = tip(cast, text="The SHO of Kotwali asked me for a bribe, do not tell my name")
    Case.objects.filter(pk=case.pk).update(accused_unit=cast.kotwali)
    opening = asked(cast, Case.objects.get(pk=case.pk))
    assert cast.sho.pk in opening.excluded
    with acting(sho.officer) as scope:
        assert not Opening.objects.exists()
        assert not openings.of_officer(cast.sho.pk, now=NOW).exists()
        with pytest.raises(Opening.DoesNotExist):
            journey.refuse(opening=opening, why="no", by=scope, now=NOW)


@pytest.mark.parametrize("who", ["operator_peshawar", "sho", "administrator", "nobody", "ctd_head"])
def test_whoever_does_not_decide_on_the_case_does_not_ask(
    cast: SimpleNamespace, held: dict[str, Held], who: str
) -> None:
    case = tip(cast)
    with acting(getattr(cast, who)) as scope, pytest.raises(Refused):
        journey.ask(case=case, purpose="court", ground="x", reason="x", by=scope, now=NOW)


@pytest.mark.parametrize("who", ["igp", "operator", "operator_mardan", "sho", "administrator", "women_head"])
def test_a_request_is_seen_by_its_parties_only(
    cast: SimpleNamespace, held: dict[str, Held], who: str
) -> None:
    approved(cast, asked(cast, tip(cast)), held)
    with acting(getattr(cast, who)):
        assert [model.objects.count() for model in (Opening, Sealed, Resealed)] == [0, 0, 0]
    for party in ("desk_head", "sp_mardan", "ctd_head"):
        with acting(getattr(cast, party)):
            assert Opening.objects.count() == 1


def test_requests_expire(cast: SimpleNamespace, held: dict[str, Held]) -> None:
    case = tip(cast)
    opening = approved(cast, asked(cast, case), held)
    late = NOW + 8 * DAY
    with acting(held["ctd_head"].officer) as scope, pytest.raises(Refused, match="expired"):
        journey.take(opening=opening, by=scope, now=late)
    assert openings.empty_ended(now=late) == 1
    assert Resealed.objects.get().box is None
    urgent = asked(cast, case, purpose="threat_to_life", by="oversight")
    assert urgent.urgent and urgent.expires_at == NOW + 12 * HOUR


@pytest.mark.parametrize("trick", ["plain", "two keys", "missing", "outer"])
def test_what_is_not_sealed_to_one_custodian_is_refused(
    cast: SimpleNamespace, held: dict[str, Held], trick: str
) -> None:
    opening, approver = asked(cast, tip(cast)), held["oversight"]
    sealed = Sealed.objects.get()
    two = [held[name].key.to_public() for name in ("ctd_head", "women_head")]
    boxes = {
        "plain": {sealed.public_id: b'{"name": "Gul"}'},
        "two keys": {sealed.public_id: pyrage.encrypt(b"x", two)},
        "missing": {},
        "outer": {sealed.public_id: bytes(sealed.box)},
    }[trick]
    with acting(approver.officer) as scope, pytest.raises(Refused, match="not sealed to one custodian"):
        journey.approve(opening=opening, custodian=held["ctd_head"].holder, boxes=boxes, by=scope, now=NOW)
    assert not Resealed.objects.exists()


def test_a_new_custodian_cannot_be_named_for_what_was_sealed_before(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    opening = asked(cast, tip(cast))
    new = holders.held(cast.sho_rustam, "custodian", cast)
    with acting(held["oversight"].officer):
        assert new.holder not in openings.fitting_custodians(opening)
        assert held["ctd_head"].holder in openings.fitting_custodians(opening)


def test_the_record_tells_who_why_and_with_which_keys_and_never_what(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    citizen = Citizen()
    opening = approved(cast, asked(cast, tip(cast, citizen)), held)
    with acting(held["ctd_head"].officer) as scope:
        journey.take(opening=opening, by=scope, now=NOW)
        journey.opened(opening=opening, by=scope, now=NOW)
    acts = list(Record.objects.filter(subject="opening").order_by("id"))
    assert [record.act for record in acts] == [
        "opening_asked",
        "opening_approved",
        "opening_taken",
        "opening_opened",
    ]
    assert [record.actor_officer for record in acts] == [
        cast.desk_head.pk, cast.sp_mardan.pk, cast.ctd_head.pk, cast.ctd_head.pk
    ]  # fmt: skip
    assert acts[1].detail["custodian"] == held["ctd_head"].holder.fingerprint
    told = str([(record.detail, record.subject_ids) for record in acts])
    assert citizen.phone not in told and REASON not in told


def test_what_an_approver_takes_to_decide_on_is_in_the_record(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    opening = asked(cast, tip(cast))
    with acting(cast.sp_mardan) as scope:
        assert [one.what for one in journey.hand_out(opening=opening, by=scope, now=NOW)] == ["identity"]
    begun = Record.objects.get(act="opening_begun")
    assert begun.actor_officer == cast.sp_mardan.pk and len(begun.detail["boxes"]) == 1
    chief = holders.held(cast.igp, "approver", cast)
    with acting(chief.officer) as scope, pytest.raises(Refused, match="chain of command"):
        journey.hand_out(opening=opening, by=scope, now=NOW)


def test_keyholders_from_whom_an_accusation_is_hidden_read_of_no_request(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    case = tip(cast, text="The SHO of thana Kotwali takes money from shops, do not tell my name")
    assert case.withheld == "accusation" and not case.accused_unit
    with acting(cast.desk_head) as scope:
        with pytest.raises(Refused, match="which unit is accused"):
            journey.ask(case=case, purpose="court", ground="x", reason="x", by=scope, now=NOW)
        accuse(case=case, accused_unit=None, accused_officers=[cast.sp_mardan], by=scope, now=NOW)
    case.refresh_from_db()
    opening = asked(cast, case)
    assert cast.sp_mardan.pk in opening.excluded and cast.ctd_head.pk not in opening.excluded
    with acting(cast.sp_mardan):
        assert not Opening.objects.exists()


def test_the_sender_s_own_number_is_hidden_and_others_stay(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    citizen = Citizen()
    own, other = f"0{citizen.phone[2:]}", "0311 7654321"
    case = tip(cast, citizen, text=f"{own} is me. {TIP}. The dealer has {other}")
    message = Message.objects.get(case=case, direction="in")
    assert own not in message.text and own not in case.subject and other in message.text
    assert message.text.startswith("••• is me")
    sealed = Sealed.objects.get(what="text")
    inner = holders.reseal(sealed.box, approver=held["oversight"], custodian=held["ctd_head"])
    assert own in holders.open_box(inner, custodian=held["ctd_head"])["text"]
    hears(cast, citizen.says(f"call me +{citizen.phone} or {other}"), at=NOW + HOUR)
    assert [citizen.phone in text for text in Message.objects.values_list("text", flat=True)].count(True) == 0


def test_the_sender_s_own_number_is_hidden_in_what_is_edited(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    citizen = Citizen()
    said = citizen.says(TIP)
    hears(cast, said)
    own = f"0{citizen.phone[2:]}"
    hears(cast, citizen.edits(said, f"call {own}"), citizen.edits(said, f"or write {own}"), at=NOW + HOUR)
    message = Message.objects.get(direction="in")
    assert message.text == "or write •••"
    assert not MessageVersion.objects.filter(text__contains=citizen.phone[2:]).exists()
    assert Sealed.objects.filter(what="text").count() == 2


def test_a_case_protected_later_hides_what_was_written_before(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    citizen = Citizen()
    hears(cast, citizen.says(f"My bicycle was stolen, call 0{citizen.phone[2:]}"))
    case = Case.objects.get()
    assert case.conversation.handle.shown and not case.withheld
    with acting(cast.operator) as scope:
        sources.protect(case=case, by=scope, now=NOW)
    case = Case.objects.get()
    assert case.conversation.handle.shown is None and case.conversation.handle.person.protected
    said = [case.subject, *Message.objects.filter(case=case, direction="in").values_list("text", flat=True)]
    assert not any(citizen.phone[2:] in text for text in said)
    assert sorted(Sealed.objects.values_list("what", flat=True)) == ["identity", "text"]
    with acting(cast.operator) as scope, pytest.raises(Refused, match="already"):
        sources.protect(case=case, by=scope, now=NOW)


def test_the_desk_seals_what_it_was_told_and_keeps_nothing(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    case = tip(cast)
    with acting(cast.operator) as scope:
        facts = {"name": "Zarmina Canary", "national_id": "17301-1234567-1", "number": ""}
        sources.seal_told(case=case, facts=facts, by=scope, now=NOW)
    sealed = Sealed.objects.latest("id")
    inner = holders.reseal(sealed.box, approver=held["co_rural"], custodian=held["cyber_head"])
    assert holders.open_box(inner, custodian=held["cyber_head"]) == {
        "name": "Zarmina Canary", "national_id": "17301-1234567-1"
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_event WHERE data::text LIKE '%%Zarmina%%'")
        assert cursor.fetchone() == (0,)


def test_the_number_of_protected_people_is_reached_by_the_relay_alone(
    cast: SimpleNamespace, held: dict[str, Held]
) -> None:
    tip(cast)
    handle = Handle.objects.get()
    assert handle.shown is None and handle.address
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(bytes(handle.address), [one.key for one in held.values()])


def test_keyholders_are_appointed_and_confirmed_by_two(cast: SimpleNamespace) -> None:
    from rabta.people import keyholders

    first, second = cast.administrator, Officer.objects.create(username="second", name="Second", password="!")
    mine = str(pyrage.x25519.Identity.generate().to_public())
    holder = keyholders.appoint(officer=cast.ctd_head, group="custodian", by=first, now=NOW)
    with pytest.raises(keyholders.NotPossible, match="at once"):
        keyholders.appoint(officer=cast.ctd_head, group="approver", by=first, now=NOW)
    with pytest.raises(keyholders.NotPossible, match="himself"):
        keyholders.appoint(officer=first, group="approver", by=first, now=NOW)
    with pytest.raises(keyholders.NotPossible, match="no public key"):
        keyholders.register(holder=holder, public_key="age1" + "q" * 58, now=NOW)
    keyholders.register(holder=holder, public_key=mine, now=NOW)
    for officer in (first, cast.ctd_head):
        with pytest.raises(keyholders.NotPossible, match="Another administrator"):
            keyholders.confirm(holder=holder, fingerprint=holder.fingerprint, by=officer, now=NOW)
    with pytest.raises(keyholders.NotPossible, match="fingerprint"):
        keyholders.confirm(holder=holder, fingerprint="0" * 24, by=second, now=NOW)
    assert vault.locks() is None
    keyholders.confirm(holder=holder, fingerprint=holder.fingerprint.upper(), by=second, now=NOW)
    with pytest.raises(keyholders.NotPossible, match="confirmed"):
        keyholders.register(holder=holder, public_key=mine, now=NOW + timedelta(days=1))
    keyholders.end(holder=holder, by=second, now=NOW)
    assert not Keyholder.objects.filter(ended_at=None).exists()


def test_the_check_says_how_many_keys_are_missing(cast: SimpleNamespace) -> None:
    from rabta.people import keyholders

    assert [what.split(" ")[0] for what, _mend in keyholders.problems()] == ["0", "0"]
    holders.make(cast)
    assert ["on call" in what for what, _mend in keyholders.problems()] == [True, True]
    Keyholder.objects.update(on_call=True)
    assert list(keyholders.problems()) == []

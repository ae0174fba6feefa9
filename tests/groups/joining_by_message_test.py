"""JOIN, YES, REVIEW and RENEW, as somebody writes them to the force's number; and the codes that prove it."""

import re
from dataclasses import replace
from types import SimpleNamespace

import pytest

from rabta.cases.refusal import Refused
from rabta.channels.contract import Arrived
from rabta.channels.items import Sender
from rabta.channels.registry import BY_KIND
from rabta.force import access
from rabta.groups import members
from rabta.groups.models import Application, Decision, Group, Member, Membership
from rabta.intake.contents import Incoming
from rabta.journey.groups.members import by_message, joining, news, renewing, vetting
from rabta.journey.groups.members.vetting import Why
from rabta.outbox.models import Delivery
from rabta.rules.vetting import MOST_TRIES
from tests.cast import DAY, NOW, TODAY, acting, as_role
from tests.groups import stage
from tests.groups.joining_stage import TRADER, asked, door_of, heard, letters

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(cast: SimpleNamespace) -> Group:
    return stage.groups(cast).station


def test_a_removal_is_contested_by_a_message(cast: SimpleNamespace, group: Group) -> None:
    member = stage.member(group, number=TRADER, language="hi")
    with acting(cast.sho) as by:
        vetting.remove(member=member, group=group, why=Why(reason="posed"), unrelated=True, by=by, now=NOW)
        with pytest.raises(Refused, match="no place"):
            vetting.remove(
                member=member, group=group, why=Why(reason="posed"), unrelated=True, by=by, now=NOW
            )
    assert Member.objects.get().state == "removed"
    assert heard(cast, "अपील")
    assert heard(cast, "REVIEW"), "said twice it is still about that"
    decision = Decision.objects.get()
    assert decision.contested_at == NOW
    with acting(cast.co) as by:
        vetting.review(decision=decision, uphold=False, remark="mistaken", by=by, now=NOW)
    assert Membership.objects.get(ended_at=None).member == member


def test_who_wants_a_review_says_why(cast: SimpleNamespace, group: Group) -> None:
    member = stage.member(group, number=TRADER)
    with acting(cast.sho) as by:
        vetting.remove(member=member, group=group, why=Why(reason="posed"), unrelated=True, by=by, now=NOW)
    assert heard(cast, "REVIEW I am honest, ask the imam")
    assert Decision.objects.get().contest_words == "I am honest, ask the imam"
    assert not heard(cast, "REVIEW and ask my neighbour too"), "what he adds is a message for the desk"


def test_an_appeal_that_accuses_is_asked_for_and_its_words_are_the_desks(
    cast: SimpleNamespace, group: Group
) -> None:
    member = stage.member(group, number=TRADER)
    with acting(cast.sho) as by:
        vetting.remove(member=member, group=group, why=Why(reason="posed"), unrelated=True, by=by, now=NOW)
    assert not heard(cast, "REVIEW The SHO takes bribes from shopkeepers and I said so")
    decision = Decision.objects.get()
    assert decision.contested_at == NOW and decision.contest_words == ""


def test_joining_by_message_asks_for_consent_first(cast: SimpleNamespace, group: Group) -> None:
    word = door_of(cast, group).word
    assert heard(cast, f"شامل {word}")
    assert "STOP لکھیں" in letters()[-1] and word.upper() in letters()[-1]
    assert not Application.objects.exists()
    assert heard(cast, f"JOIN {word.upper()} yes Karim Bakhsh")
    (made,) = Application.objects.all()
    assert (made.state, made.via) == ("open", "message") and made.proved_at == NOW
    assert members.shown(Member.objects.get()).name == "Karim Bakhsh"
    assert heard(cast, f"JOIN {word} YES Karim"), "asked twice, there is one application"
    assert Application.objects.count() == 1


@pytest.mark.parametrize(
    "text", ["YES Karam Khan", "جی ہاں کرم خان", "हाँ करम खान", "هو کرم خان", "haan ji Karam Khan"]
)
def test_who_was_asked_for_consent_answers_yes_and_his_name(
    cast: SimpleNamespace, group: Group, text: str
) -> None:
    assert not heard(cast, text), "he was asked nothing"
    assert heard(cast, f"JOIN {door_of(cast, group).word}")
    assert not heard(cast, text, number="+923009999999"), "somebody else was asked nothing"
    assert not heard(cast, "yes, what does it cost?")
    assert heard(cast, text)
    assert Application.objects.get().state == "open"
    assert members.shown(Member.objects.get()).name in ("Karam Khan", "کرم خان", "करम खान")
    assert not heard(cast, text), "he has answered"


def test_yes_without_a_name_is_asked_for_it(cast: SimpleNamespace, group: Group) -> None:
    word = door_of(cast, group).word
    assert heard(cast, f"JOIN {word}") and heard(cast, "yes")
    assert word.upper() in letters()[-1] and not Application.objects.exists()
    with access.system("test"):
        Delivery.objects.update(queued_at=NOW - by_message.WAITS_FOR_YES - DAY)
    assert not heard(cast, "YES Karam Khan"), "that was long ago"


def test_a_code_is_proved_by_writing_it_from_the_number(cast: SimpleNamespace, group: Group) -> None:
    joining.apply(door=door_of(cast, group), asked=asked(), now=NOW)
    joining.send_code(Application.objects.get().pk, now=NOW)
    code = re.search(r"\b\d{6}\b", letters()[-1])
    assert code and heard(cast, f"JOIN {code[0]}", number="+923009999999"), (
        "somebody else's number proves nothing"
    )
    assert Application.objects.get().state == "unproved"
    assert heard(cast, f"JOIN {code[0]}")
    assert Application.objects.get().state == "open"


def test_who_forges_a_sender_puts_nobody_into_a_group(
    cast: SimpleNamespace, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BY_KIND, "whatsapp", replace(BY_KIND["whatsapp"], forgeable=True))
    with access.system("test"):
        stage.opened(cast.peshawar, Group.Kind.CITIZENS, cast.sp)
    word = door_of(cast, group).word
    assert heard(cast, f"JOIN {word} YES Karim Bakhsh")
    with as_role("rabta_worker", system="a test"):
        item = Arrived(
            account="1", key="2", provider_id="2", kind="text", text="NEWS Peshawar",
            sender=Sender(scheme="phone", handle=TRADER, address=TRADER),
        )  # fmt: skip
        one = Incoming(account=cast.number, item=item, journal_id=2, position=1, received_at=NOW)
        assert news.take(one, now=NOW)
    assert not Member.objects.exists() and set(Application.objects.values_list("state", flat=True)) == {
        "unproved"
    }
    mine = Application.objects.get(group=group).pk
    with as_role("rabta_worker"):
        joining.send_code(mine, now=NOW)
    code = re.search(r"\b\d{6}\b", letters()[-1])
    assert code and heard(cast, f"JOIN {code[0]}")
    assert Application.objects.get(group=group).state == "open", "whoever reads the number's messages joins"


def test_a_code_is_not_guessed_by_message(cast: SimpleNamespace, group: Group) -> None:
    joining.apply(door=door_of(cast, group), asked=asked(), now=NOW)
    joining.send_code(Application.objects.get().pk, now=NOW)
    code = re.search(r"\b\d{6}\b", letters()[-1])
    assert code
    wrong = [f"{n:06}" for n in range(MOST_TRIES + 1) if f"{n:06}" != code[0]][:MOST_TRIES]
    for guess in wrong:
        heard(cast, f"JOIN {guess}")
    assert heard(cast, f"JOIN {code[0]}") and Application.objects.get().state == "unproved"


def test_a_code_of_yesterday_proves_nothing(cast: SimpleNamespace, group: Group) -> None:
    joining.apply(door=door_of(cast, group), asked=asked(), now=NOW - DAY)
    joining.send_code(Application.objects.get().pk, now=NOW - DAY)
    code = re.search(r"\b\d{6}\b", letters()[-1])
    assert code and heard(cast, f"JOIN {code[0]}")
    assert Application.objects.get().state == "unproved"


@pytest.mark.parametrize(
    "text", ["", "join", "the road is blocked", "review the case please", "joining at 5 today"]
)
def test_other_messages_are_not_taken(cast: SimpleNamespace, group: Group, text: str) -> None:
    assert not heard(cast, text)


def test_a_mistyped_word_is_answered(cast: SimpleNamespace, group: Group) -> None:
    assert heard(cast, "JOIN 8XK2M4QR") and "اس لفظ کا کوئی گروپ نہیں" in letters()[-1]


def test_places_end_are_reminded_of_and_renewed(cast: SimpleNamespace, group: Group) -> None:
    member = stage.member(group, number=TRADER, valid_until=TODAY + 20 * DAY)
    other = stage.member(group, valid_until=TODAY - DAY)
    with as_role("rabta_worker"):
        assert renewing.watch(now=NOW) == 2
        assert renewing.watch(now=NOW) == 0, "told once"
    other.refresh_from_db()
    assert other.state == "lapsed"
    assert heard(cast, "RENEW") and heard(cast, "تجدید")
    whats = list(Decision.objects.filter(member=member).order_by("id").values_list("what", flat=True))
    assert whats == ["reminded", "wished"]
    with acting(cast.sho) as by:
        renewing.renew(member=member, group=group, by=by, now=NOW)
    member.refresh_from_db()
    assert member.valid_until and (member.valid_until - TODAY).days == 730
    with acting(cast.sho) as by, pytest.raises(Refused):
        renewing.renew(member=other, group=group, by=by, now=NOW)

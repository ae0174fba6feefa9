"""The relay sends what is due, once, in the right order and form, and says what became of it."""

import asyncio
import itertools
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rabta import keys
from rabta.channels.accounts import seal
from rabta.channels.contract import Letter, Sent, Trouble, TroubleCode
from rabta.channels.models import Account, Credential
from rabta.files import store
from rabta.outbox import relay as relay_module
from rabta.outbox import sending
from rabta.outbox.models import Attempt, Delivery
from rabta.outbox.posting import Outgoing
from rabta.outbox.receipts import provider_digest
from rabta.people.models import Handle, Person
from tests.outbox.stage import (
    ORDER,
    Provider,
    account,
    all_in,
    aside,
    digest_of,
    letter,
    queue,
    queue_aside,
    relay_for,
    run_until,
    running,
    until,
)

pytestmark = pytest.mark.django_db(transaction=True)


def answers(*answers: Trouble | None):
    """A provider that answers so in turn, the last answer for ever; None is success."""
    turn = itertools.chain(answers, itertools.repeat(answers[-1]))

    async def answer(letter: Letter) -> Sent:
        trouble = next(turn)
        if trouble is not None:
            raise trouble
        return Sent(provider_id=f"id-of-{letter.token}")

    return answer


def test_a_letter_to_a_citizen_goes_to_the_sealed_address() -> None:
    provider, hq = Provider(), account()
    person = Person.objects.create(alias="Citizen 1", first_seen_at=datetime.now(UTC))
    handle = Handle.objects.create(
        person=person,
        scheme="phone",
        digest=digest_of("+923009999999"),
        address=keys.seal_for("relay", b"+923009999999"),
        created_at=datetime.now(UTC),
    )
    (delivery,) = queue(letter(hq, "received, thank you", handle=handle, number="+923009999999"))
    run_until(provider.channel(), all_in("sent"))
    ((_at, sent),) = provider.letters
    assert (sent.to, sent.text, sent.token) == ("+923009999999", "received, thank you", str(delivery.token))
    delivery.refresh_from_db()
    assert delivery.sent_at
    assert bytes(delivery.provider_digest) == provider_digest(
        account_id=hq.pk, provider_id=f"id-of-{delivery.token}"
    )
    attempt = Attempt.objects.get()
    assert (attempt.trouble, attempt.used_template) == ("", False)
    assert attempt.ended_at


def test_whoever_said_no_gets_nothing_and_it_looks_like_an_address_that_is_gone() -> None:
    """The answer may have been given in a case that the letter's author must not know of."""
    provider, hq = Provider(), account()
    person = Person.objects.create(alias="Citizen 2", first_seen_at=datetime.now(UTC))
    handle = Handle.objects.create(
        person=person,
        scheme="phone",
        digest=digest_of("+923007654322"),
        address=keys.seal_for("relay", b"+923007654322"),
        safe="no",
        created_at=datetime.now(UTC),
    )
    (delivery,) = queue(letter(hq, "We have it", handle=handle))
    run_until(provider.channel(), all_in("failed"))
    delivery.refresh_from_db()
    assert delivery.trouble == TroubleCode.RECIPIENT and not provider.letters


def test_a_destroyed_address_fails_and_says_so() -> None:
    provider, hq = Provider(), account()
    person = Person.objects.create(alias="Citizen 1", first_seen_at=datetime.now(UTC))
    handle = Handle.objects.create(
        person=person, scheme="phone", digest=b"d" * 16, address=None, created_at=datetime.now(UTC)
    )
    queue(letter(hq, handle=handle))
    run_until(provider.channel(), all_in("failed"))
    assert provider.letters == []
    assert Delivery.objects.get().trouble == TroubleCode.RECIPIENT


def test_a_file_goes_with_its_text(tmp_path: Any, settings: Any) -> None:
    settings.FILES_DIR = tmp_path
    provider, hq = Provider(), account()
    picture = store.save([b"picture"], "image", "image/jpeg", "", datetime.now(UTC))
    queue(letter(hq, "see here", file=picture))
    run_until(provider.channel(), all_in("sent"))
    ((_at, sent),) = provider.letters
    assert (sent.text, sent.media, sent.media_kind, sent.media_mime) == (
        "see here",
        b"picture",
        "image",
        "image/jpeg",
    )


def test_the_window_decides_between_text_and_template() -> None:
    provider, hq = Provider(), account()
    now = datetime.now(UTC)
    queue(
        letter(hq, "open", number="+1", wrote=now - timedelta(hours=1), template=ORDER),
        letter(hq, "over", number="+2", wrote=now - timedelta(hours=25), template=ORDER),
        letter(hq, "never wrote", number="+3", wrote=None, template=ORDER),
        letter(hq, "almost over", number="+4", wrote=now - timedelta(hours=23, minutes=58), template=ORDER),
        letter(hq, "no template", number="+5", wrote=None),
    )
    run_until(provider.channel(), all_in("sent", "failed"))
    assert {sent.to: sent.text or sent.template for _at, sent in provider.letters} == {
        "+1": "open",
        "+2": ORDER,
        "+3": ORDER,
        "+4": ORDER,
    }
    unsent = Delivery.objects.get(number="+5")
    assert (unsent.state, unsent.trouble) == ("failed", TroubleCode.WINDOW_CLOSED)
    assert unsent.trouble_text


def test_a_channel_without_a_window_takes_text_at_any_time() -> None:
    provider, hq = Provider(), account()
    queue(letter(hq, "any time", wrote=None, template=ORDER))
    run_until(provider.channel(free_text_window=None), all_in("sent"))
    assert provider.texts == ["any time"]


def test_when_the_provider_says_that_the_window_is_over_the_template_follows_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "USUAL", replace(sending.USUAL, first=timedelta(hours=1)))  # no usual retry
    hq = account()
    provider = Provider(answer=answers(Trouble(TroubleCode.WINDOW_CLOSED), None))
    queue(letter(hq, "too late", template=ORDER), letter(hq, "kept"))
    run_until(provider.channel(), lambda rows: rows[0]["state"] == "sent")
    assert provider.texts[0] == "too late"
    assert "order_v1" in provider.texts
    tries = Attempt.objects.filter(delivery__text="too late").order_by("pk")
    assert list(tries.values_list("used_template", "trouble")) == [(False, "window_closed"), (True, "")]


def test_a_window_over_without_a_template_fails() -> None:
    hq = account()
    queue(letter(hq, "too late"))
    run_until(Provider(answer=answers(Trouble(TroubleCode.WINDOW_CLOSED))).channel(), all_in("failed"))


def test_a_template_refused_as_too_late_does_not_go_round_in_circles() -> None:
    hq = account()
    provider = Provider(answer=answers(Trouble(TroubleCode.WINDOW_CLOSED)))
    queue(letter(hq, "too late", template=ORDER))
    run_until(provider.channel(), all_in("failed"))
    assert provider.texts == ["too late", "order_v1"]


def test_an_emergency_overtakes_a_bulletin() -> None:
    provider, hq = Provider(), account()
    bulk = Delivery.Priority.BULK
    bulletin = [letter(hq, f"news {n}", number=f"+{n}", priority=bulk, wrote=None) for n in range(1000, 1200)]
    channel = provider.channel(per_second=50, free_text_window=None)

    async def play() -> None:
        async with running(relay_for(channel)):
            while len(provider.letters) < 20:
                await asyncio.sleep(0.01)
            await queue_aside(hq, "FIRE", wrote=None, priority=Delivery.Priority.EMERGENCY)
            posted, before = time.monotonic(), len(provider.letters)
            while "FIRE" not in provider.texts:
                await asyncio.sleep(0.01)
            at = provider.texts.index("FIRE")
            assert provider.letters[at][0] - posted < 1
            assert at - before < 50  # what the rate lets go in that second

    queue(*bulletin)
    asyncio.run(play())


def test_the_rate_of_the_account_is_held() -> None:
    provider, hq = Provider(), account()
    queue(*(letter(hq, f"{n}", number=f"+{n}", wrote=None) for n in range(100, 220)))
    run_until(provider.channel(per_second=40, free_text_window=None), all_in("sent"))
    times = [at for at, _letter in provider.letters]
    in_a_second = [sum(start <= at < start + 1 for at in times) for start in times]
    assert max(in_a_second) <= 40 * 1.25  # a busy machine delivers late what it claimed in time
    assert 2.5 < times[-1] - times[0] < 6


def test_the_rate_to_one_person_is_held_and_others_are_not_kept_waiting() -> None:
    provider, hq = Provider(), account()
    queue(*(letter(hq, f"to one {n}", number="+1", wrote=None) for n in range(6)))
    queue(letter(hq, "to another", number="+2", wrote=None))
    channel = provider.channel(pair_interval=timedelta(seconds=0.4), pair_burst=3, free_text_window=None)
    run_until(channel, all_in("sent"))
    times = [at for at, sent in provider.letters if sent.to == "+1"]
    assert times[-1] - times[0] > 0.9
    assert provider.texts.index("to another") <= 3


def test_letters_to_one_person_arrive_in_their_order() -> None:
    provider, hq = Provider(), account()

    async def slow_first(letter: Letter) -> Sent:
        await asyncio.sleep(0.2 if letter.text == "first" else 0)
        done.append(letter.text)
        return Sent(provider_id=letter.token)

    done: list[str] = []
    provider.answer = slow_first
    queue(
        letter(hq, "first"), letter(hq, "second"), letter(hq, "third"), letter(hq, "to another", number="+2")
    )
    run_until(provider.channel(), all_in("sent"))
    assert done == ["to another", "first", "second", "third"]


def test_trouble_that_passes_is_tried_again_and_the_providers_wish_is_kept() -> None:
    hq = account()
    wish = Trouble(TroubleCode.BUSY, "slow down", retry=True, after=timedelta(seconds=0.8))
    provider = Provider(answer=answers(wish, None))
    queue(letter(hq, priority=Delivery.Priority.EMERGENCY))
    run_until(provider.channel(), all_in("sent"))
    (first, _letter), (second, _again) = provider.letters
    assert second - first >= 0.8
    assert list(Attempt.objects.order_by("pk").values_list("trouble", flat=True)) == ["busy", ""]
    assert Delivery.objects.get().trouble == ""


def test_trouble_that_stays_ends_as_a_dead_letter_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    brief = sending.USUAL.__class__(
        first=timedelta(seconds=0.02),
        factor=1.5,
        longest=timedelta(seconds=0.1),
        attempts=4,
        age=timedelta(hours=1),
    )
    monkeypatch.setattr(sending, "USUAL", brief)
    hq = account()
    provider = Provider(answer=answers(Trouble(TroubleCode.UNREACHABLE, "no route", retry=True)))
    queue(letter(hq))
    run_until(provider.channel(), all_in("failed"))
    delivery = Delivery.objects.get()
    assert (delivery.attempts, len(provider.letters)) == (4, 4)
    assert (delivery.trouble, delivery.trouble_text) == ("unreachable", "no route")
    assert delivery.failed_at


def test_trouble_that_cannot_pass_fails_at_once() -> None:
    hq = account()
    provider = Provider(answer=answers(Trouble(TroubleCode.RECIPIENT, "not on WhatsApp")))
    queue(letter(hq))
    run_until(provider.channel(), all_in("failed"))
    assert len(provider.letters) == 1


def test_a_refused_token_gives_up_no_letter_and_rests_until_an_administrator_acts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relay_module, "REFRESH", 0.05)
    hq = account()
    provider = Provider(answer=answers(Trouble(TroubleCode.CREDENTIALS, "token expired")))
    queue(letter(hq, "one"))
    channel = provider.channel()

    async def play() -> None:
        async with running(relay_for(channel)):
            await until(lambda rows: rows[0]["trouble"] == "credentials")
            await queue_aside(hq, "two", number="+2")
            await asyncio.sleep(0.3)
            assert provider.texts == ["one"]
            provider.answer = None
            await aside(lambda: Credential.objects.update(sealed_values=seal({"token": "new"})))
            await aside(lambda: Delivery.objects.update(due_at=datetime.now(UTC)))
            await until(all_in("sent"))

    asyncio.run(play())


@pytest.mark.parametrize("trouble", [Trouble(TroubleCode.UNCERTAIN, "cut off"), None])
def test_what_may_have_been_sent_is_in_doubt_and_not_sent_again(trouble: Trouble | None) -> None:
    """A channel's own bug counts as uncertain too."""

    async def answer(letter: Letter) -> Sent:
        raise trouble or KeyError("+923001234567")

    hq, provider = account(), Provider(answer=answer)
    queue(letter(hq))

    async def play() -> None:
        async with running(relay_for(provider.channel())):
            await until(all_in("in_doubt"))
            await asyncio.sleep(0.3)

    asyncio.run(play())
    assert len(provider.letters) == 1
    assert "+92" not in Delivery.objects.get().trouble_text


def test_a_paused_account_sends_nothing_until_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "REFRESH", 0.05)
    provider, hq = Provider(), account(paused=True)
    other = account(name="district")
    queue(letter(hq, "held"), letter(other, "goes", number="+2"))

    async def play() -> None:
        async with running(relay_for(provider.channel())):
            await until(lambda rows: rows[1]["state"] == "sent")
            await asyncio.sleep(0.2)
            assert provider.texts == ["goes"]
            await aside(lambda: Account.objects.filter(pk=hq.pk).update(paused=False))
            await until(all_in("sent"))

    asyncio.run(play())


def test_a_letter_waits_until_it_is_due() -> None:
    provider, hq = Provider(), account()
    due = datetime.now(UTC) + timedelta(seconds=0.6)
    queue(letter(hq, due_at=due))
    run_until(provider.channel(), all_in("sent"))
    assert Delivery.objects.get().claimed_at >= due


def test_only_a_post_of_our_own_is_one(tmp_path: Any, settings: Any) -> None:
    provider, hq = Provider(), account()
    person = Person.objects.create(alias="Citizen 3", first_seen_at=datetime.now(UTC))
    handle = Handle.objects.create(
        person=person, scheme="x", digest=b"e" * 16, address=None, created_at=datetime.now(UTC)
    )
    own = Outgoing(account=hq, address_digest=b"p" * 16, visible_to=[1], text="Road open", public=True)
    answer = letter(hq, "Thank you", handle=handle, public=True, in_reply_to=keys.seal_for("relay", b"55"))
    _own, second = queue(own, answer)
    Delivery.objects.filter(pk=second.pk).update(in_reply_to=None)
    run_until(provider.channel(), all_in("sent"))
    assert {sent.text: sent.own_post for _at, sent in provider.letters} == {
        "Road open": True,
        "Thank you": False,
    }
    with pytest.raises(ValueError, match="nobody in particular"):
        letter(hq, "x", public=True)

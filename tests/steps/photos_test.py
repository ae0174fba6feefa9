"""Photos that officers send from their own telephone become proof on an order."""

import hashlib
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from procrastinate.contrib.django.models import ProcrastinateJob

from rabta.cases.models import Case, Evidence, Message, Order, Report
from rabta.channels.contract import Trouble, TroubleCode
from rabta.channels.registry import BY_KIND
from rabta.force.models import Officer
from rabta.jobs import evidence as job
from rabta.outbox import receipts
from rabta.outbox.models import Delivery
from tests.cast import HOUR, HQ_NUMBER, MINUTE, NOW, PESHAWAR_NUMBER, Citizen, hears
from tests.cast import _role as role
from tests.steps.answering_test import fresh, last_to, phone_of, presses
from tests.steps.stage import happened, lead, theft

LATER = NOW + HOUR


def picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), (40, 90, 60)).save(made, "JPEG")
    return made.getvalue()


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What the provider gives for every photo."""
    held = SimpleNamespace(content=picture(), trouble=None, asked=0)

    async def fetch(*_: Any) -> AsyncIterator[bytes]:
        held.asked += 1
        if held.trouble:
            raise held.trouble
        yield held.content

    monkeypatch.setitem(BY_KIND, "whatsapp", replace(BY_KIND["whatsapp"], fetch=fetch))
    return held


def photo(who: Officer, provider: SimpleNamespace, caption: str = "", **more: Any) -> dict[str, Any]:
    message = phone_of(who).photographs(caption, **more)
    message["image"]["sha256"] = hashlib.sha256(provider.content).hexdigest()
    return message


def queued() -> list[dict[str, Any]]:
    rows = ProcrastinateJob.objects.filter(task_name="rabta.jobs.tasks.fetch_evidence").order_by("id")
    return list(rows.values_list("args", flat=True))


def run(*, last: bool = False) -> None:
    """The worker does what is queued."""
    for args in queued():
        with role("rabta_worker"):
            job.fetch(**args, now=LATER, last=last)


def quotable(who: Officer) -> str:
    """The provider's id of the last letter to this officer."""
    return name_of(Delivery.objects.filter(number=who.phone).latest("id"))


def name_of(letter: Delivery) -> str:
    """The provider's id of a letter of ours."""
    name = f"wamid.letter{letter.pk}"
    digest = receipts.provider_digest(account_id=letter.account_id, provider_id=name)
    Delivery.objects.filter(pk=letter.pk).update(provider_digest=digest)
    return name


def accepted(cast: SimpleNamespace) -> Order:
    order = lead(theft(cast))
    presses(cast, cast.sho, f"order:{order.public_id}:accept")
    return fresh(order)


def test_with_one_accepted_order_a_photo_is_proof_on_it(
    cast: SimpleNamespace, provider: SimpleNamespace
) -> None:
    order = accepted(cast)
    hears(cast, photo(cast.sho, provider, "The motorcycle was found"), at=LATER)
    assert last_to(cast.sho).startswith(f"{order.case.reference}: the photo goes to this order.")
    assert set(queued()[0]) == {"journal_id", "position", "order_id", "officer_id"}, "ids and nothing else"
    run()
    made = Evidence.objects.get(order=order)
    assert (made.officer, made.caption) == (cast.sho, "The motorcycle was found")
    assert made.file.sha256 == hashlib.sha256(provider.content).hexdigest()
    assert happened(order.case)[-1] == "evidence"
    assert (Case.objects.count(), fresh(order).case.state) == (1, "in_inquiry")
    run()
    assert Evidence.objects.count() == 1, "a job that runs twice adds nothing"


def test_a_photo_in_reply_to_the_order_is_proof_on_that_one(
    cast: SimpleNamespace, provider: SimpleNamespace
) -> None:
    first = lead(theft(cast))
    letter = quotable(cast.sho)
    lead(theft(cast, Citizen()))
    hears(cast, photo(cast.sho, provider, answers=letter), at=LATER, to=PESHAWAR_NUMBER)
    run()
    assert Evidence.objects.get().order == first


def test_the_words_under_the_photo_may_say_that_it_is_done(
    cast: SimpleNamespace, provider: SimpleNamespace
) -> None:
    order = accepted(cast)
    hears(
        cast,
        photo(cast.sho, provider, "2 found, given back to the owner", answers=quotable(cast.sho)),
        at=LATER,
        to=PESHAWAR_NUMBER,
    )
    run()
    assert Report.objects.get(order=order).text == "found, given back to the owner"
    assert Evidence.objects.get().order == order


def test_of_several_orders_he_is_asked_which_one(cast: SimpleNamespace, provider: SimpleNamespace) -> None:
    first, second = accepted(cast), lead(theft(cast, Citizen()))
    presses(cast, cast.sho, f"order:{second.public_id}:accept")
    hears(cast, photo(cast.sho, provider, "The gate"), at=LATER)
    assert last_to(cast.sho) == "Which order is this photo for?"
    buttons = Delivery.objects.filter(number=cast.sho.phone).latest("id").buttons
    assert [b["title"] for b in buttons] == [second.case.reference, first.case.reference, "None of these"]
    assert queued() == []
    presses(cast, cast.sho, buttons[1]["key"], buttons[1]["title"])
    run()
    made = Evidence.objects.get()
    assert (made.order, made.caption) == (first, "The gate")
    assert Case.objects.count() == 2


def test_a_photo_for_none_of_them_goes_to_the_desk(cast: SimpleNamespace, provider: SimpleNamespace) -> None:
    lead(theft(cast))
    hears(cast, photo(cast.sho, provider, "A broken bridge"), at=LATER)
    none = Delivery.objects.filter(number=cast.sho.phone).latest("id").buttons[-1]
    presses(cast, cast.sho, none["key"], none["title"])
    assert Message.objects.filter(text="A broken bridge", direction="in", case__isnull=False).exists()
    assert (queued(), Evidence.objects.count()) == ([], 0)


def test_without_an_order_a_photo_goes_to_the_desk(cast: SimpleNamespace, provider: SimpleNamespace) -> None:
    hears(cast, photo(cast.sho_gulbahar, provider, "A broken bridge"), at=LATER)
    assert Message.objects.filter(text="A broken bridge", direction="in").exists()


def test_nobody_puts_photos_to_the_orders_of_others(cast: SimpleNamespace, provider: SimpleNamespace) -> None:
    order = lead(theft(cast))
    letter = quotable(cast.sho)
    hears(cast, photo(cast.sho_rustam, provider, answers=letter), at=LATER, to=PESHAWAR_NUMBER)
    assert "not addressed to a post that you hold" in last_to(cast.sho_rustam)
    hears(cast, photo(cast.sho, provider), at=LATER)
    stolen = Delivery.objects.filter(number=cast.sho.phone).latest("id").buttons[0]["key"]
    presses(cast, cast.sho_rustam, stolen)
    assert last_to(cast.sho_rustam) == "The photo is no longer here. Please send it again."
    assert (queued(), order.evidence.count()) == ([], 0)


def test_what_is_forwarded_is_somebody_elses(cast: SimpleNamespace, provider: SimpleNamespace) -> None:
    accepted(cast)
    message = photo(cast.sho, provider, "Motorcycle stolen in Gulbahar")
    hears(cast, message | {"context": {"forwarded": True}}, at=LATER)
    assert queued() == []
    assert Case.objects.latest("id").conversation.handle.scheme == "forward"


def test_what_cannot_be_fetched_is_told(cast: SimpleNamespace, provider: SimpleNamespace) -> None:
    accepted(cast)
    hears(cast, photo(cast.sho, provider), at=LATER)
    provider.trouble = Trouble(TroubleCode.UNREACHABLE, retry=True)
    with pytest.raises(Trouble):
        run()
    run(last=True)
    assert last_to(cast.sho).startswith("The photo was not taken: The file could not be fetched")
    assert Evidence.objects.count() == 0


def test_a_photo_for_an_order_that_is_over_is_refused_with_the_reason(
    cast: SimpleNamespace, provider: SimpleNamespace
) -> None:
    order = accepted(cast)
    hears(cast, photo(cast.sho, provider), at=LATER)
    Order.objects.filter(pk=order.pk).update(state="returned")
    run()
    assert "no longer open: returned" in last_to(cast.sho)


ACCUSES = "My SHO takes bribes from drug sellers. This is the money he took. Please keep my name secret."


@pytest.mark.parametrize("caption", [ACCUSES, "They are shooting at us near the bridge, send help"])
@pytest.mark.parametrize("orders", ["one accepted", "several", "quoted"])
def test_a_photo_whose_words_accuse_or_cry_for_help_goes_to_the_desk_with_them(
    cast: SimpleNamespace, provider: SimpleNamespace, caption: str, orders: str
) -> None:
    order = accepted(cast)
    if orders == "several":
        lead(theft(cast, Citizen()))
    quoted = {"answers": quotable(cast.sho)} if orders == "quoted" else {}
    to = PESHAWAR_NUMBER if quoted else HQ_NUMBER
    hears(cast, photo(cast.sho, provider, caption, **quoted), at=LATER, to=to)
    kept = Message.objects.get(text=caption)
    assert kept.case and kept.case != order.case and kept.attachments.count() == 1
    assert kept.case.withheld == ("accusation" if caption == ACCUSES else "")
    assert (queued(), Evidence.objects.count()) == ([], 0)
    assert "Which order" not in last_to(cast.sho)


@pytest.mark.parametrize("at_once", [True, False])
def test_after_an_accusation_he_is_asked_what_a_photo_without_words_is_for(
    cast: SimpleNamespace, provider: SimpleNamespace, at_once: bool
) -> None:
    accepted(cast)
    words, bare = phone_of(cast.sho).says(ACCUSES), photo(cast.sho, provider)
    if at_once:
        hears(cast, words, bare, at=LATER)
    else:
        hears(cast, words, at=LATER)
        hears(cast, bare, at=LATER + MINUTE)
    asked = Delivery.objects.get(number=cast.sho.phone, text="Which order is this photo for?")
    assert queued() == []
    presses(cast, cast.sho, asked.buttons[-1]["key"], "None of these")
    said = Message.objects.get(text=ACCUSES)
    assert Message.objects.get(attachments__kind="image").case == said.case, "it is one matter with the words"
    hears(cast, photo(cast.sho, provider), at=LATER + HOUR)
    assert len(queued()) == 1, "later he is asked no more"

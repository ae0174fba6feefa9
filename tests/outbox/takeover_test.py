"""Relays that follow each other, are asked to stop or lose their connections: nothing is lost, nothing sent twice."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from rabta.channels.contract import Letter, Sent, Windowed
from rabta.outbox import relay as relay_module
from tests.outbox.stage import (
    Provider,
    account,
    all_in,
    cut_connections,
    letter,
    queue,
    queue_aside,
    relay_for,
    run_until,
    running,
    states,
    until,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_relays_one_sends_for_an_account_and_the_other_follows_when_it_stops(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(relay_module, "REFRESH", 0.05)
    hq, first, second = account(), Provider(), Provider()
    queue(*(letter(hq, f"{n}", number=f"+{n}") for n in range(20)))

    async def play() -> None:
        async with running(relay_for(first.channel())):
            await until(all_in("sent"))
            late = asyncio.Event()
            other = asyncio.create_task(relay_for(second.channel()).run(late))
            await asyncio.gather(*(queue_aside(hq, f"more {n}", number=f"+{n}") for n in range(10)))
            await until(all_in("sent"))
            assert (len(first.letters), len(second.letters)) == (30, 0)
        await queue_aside(hq, "taken over")
        await until(all_in("sent"))
        assert second.texts == ["taken over"]
        late.set()
        await other

    asyncio.run(play())


def test_when_asked_to_stop_what_is_in_flight_ends_and_is_written_down() -> None:
    hq, provider = account(), Provider()

    async def slow(letter: Letter) -> Sent:
        await asyncio.sleep(0.5)
        return Sent(provider_id=letter.token)

    provider.answer = slow
    queue(letter(hq))

    async def play() -> None:
        async with running(relay_for(provider.channel())):
            while not provider.letters:
                await asyncio.sleep(0.01)

    asyncio.run(play())
    assert states() == ["sent"]


def test_the_relay_goes_on_after_its_connections_were_cut() -> None:
    hq, provider = account(), Provider()
    queue(letter(hq, "before"))

    async def play() -> None:
        async with running(relay_for(provider.channel())):
            await until(all_in("sent"))
            await cut_connections()
            await queue_aside(hq, "after")
            await until(all_in("sent"))

    asyncio.run(play())
    assert provider.texts == ["before", "after"]


def test_limits_in_a_time_hold_over_a_restart() -> None:
    provider, hq = Provider(), account()
    limits = {"windowed": {"private": Windowed(most=3, within=timedelta(minutes=15))}}
    queue(*[letter(hq, f"n {number}", number=f"+{number}") for number in range(2)])
    run_until(provider.channel(**limits), all_in("sent"))
    queue(*[letter(hq, f"more {number}", number=f"+{number}") for number in range(3)])
    later = datetime.now(UTC) + timedelta(minutes=10)
    run_until(
        provider.channel(**limits),
        lambda rows: sum(row["state"] == "queued" and row["due_at"] > later for row in rows) == 2,
    )
    assert len(provider.letters) == 3

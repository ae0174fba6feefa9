"""What takes too long ends, what does not goes on, and whoever is cancelled by somebody else is not merely late."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest

from rabta.intake.gateway import Gateway, Refusal
from rabta.intake.patience import Patience


async def slow() -> str:
    await asyncio.sleep(60)
    return "whole"


def test_only_what_is_late_ends() -> None:
    async def tried() -> list[Any]:
        patience = Patience(0.05)
        watch = asyncio.create_task(patience.watch())
        quick = patience.within(asyncio.sleep(0, "whole"))
        found = await asyncio.gather(
            asyncio.create_task(patience.within(slow())), quick, return_exceptions=True
        )
        watch.cancel()
        return found

    late, quick = asyncio.run(tried())
    assert isinstance(late, TimeoutError) and quick == "whole"


def test_each_is_ended_once_and_the_later_ones_are_left_alone() -> None:
    async def tried() -> tuple[Any, bool]:
        patience = Patience(60)
        old = asyncio.create_task(patience.within(slow()))
        await asyncio.sleep(0)
        moment = time.monotonic()
        young = asyncio.create_task(patience.within(slow()))
        await asyncio.sleep(0)
        for _look in range(2):
            patience.end_the_late(before=moment)
        (ended,) = await asyncio.gather(old, return_exceptions=True)
        return ended, young.done()

    ended, young_done = asyncio.run(tried())
    assert isinstance(ended, TimeoutError) and not young_done


def test_who_is_cancelled_by_somebody_else_is_cancelled() -> None:
    async def tried() -> None:
        work = asyncio.create_task(Patience(60).within(slow()))
        await asyncio.sleep(0)
        work.cancel()
        await work

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(tried())


@pytest.mark.parametrize("announced", ["5000", ""])
def test_a_body_that_does_not_come_is_408(announced: str) -> None:
    class Stalled:
        async def __call__(self) -> bytes:
            await slow()
            return b""

        async def __aiter__(self) -> Any:
            yield b"half of it"
            await slow()

    async def tried() -> None:
        gateway = Gateway()
        gateway.bodies = Patience(0.05)
        watch = asyncio.create_task(gateway.bodies.watch())
        scope: Any = SimpleNamespace(headers={"content-length": announced})
        stalled: Any = Stalled()
        try:
            await gateway._body(scope, stalled)
        finally:
            watch.cancel()

    with pytest.raises(Refusal) as refusal:
        asyncio.run(tried())
    assert refusal.value.status == 408

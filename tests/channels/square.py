"""Stories before the simulated Page and Instagram account, and the few words in which their tests speak."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from rabta.channels.contract import Channel, Letter, Read, Trouble
from tests.simulator.pages import Square, a_square


def on_the_square(home: Path, story: Callable[[Square], Awaitable[None]]) -> None:
    """Tell the story before a simulated provider."""

    async def run() -> None:
        async with a_square(home) as square:
            await story(square)

    asyncio.run(run())


def letter(to: str, **facts: Any) -> Letter:
    """A letter with this token, unless another is given."""
    return Letter(**({"to": to, "token": "3f6f0f9e-57a5-4f49-9d0c-2b1f6b1f7a11"} | facts))


def read_all(channel: Channel, bodies: Sequence[bytes]) -> list[Read]:
    """What the channel reads in these bodies, in order."""
    return [item for body in bodies for item in channel.read(body)]


async def troubled(work: Awaitable[Any]) -> Trouble:
    """The trouble that this ends in."""
    with pytest.raises(Trouble) as caught:
        await work
    return caught.value


async def collected(bodies: AsyncIterator[bytes]) -> list[bytes]:
    """All that comes, when it has ended."""
    return [body async for body in bodies]

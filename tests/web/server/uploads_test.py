"""Taking bodies in, step by step."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rabta.web.uploads import STALE_SECONDS, Cut, Refusal, Spool, Stalled, TooLarge, WrongLength

GONE = {"type": "http.disconnect"}


def part(data: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": data, "more_body": more}


def take(
    folder: Path, messages: Sequence[dict[str, Any]], announced: str | None = None, **words: Any
) -> bytes:
    """What the spool makes of these messages; after the last one the sender says nothing any more."""

    async def run() -> bytes:
        waiting = list(messages)

        async def receive() -> dict[str, Any]:
            if not waiting:
                await asyncio.sleep(60)
            return waiting.pop(0)

        spool = Spool(folder, **{"largest": 1000, "idle": 0.1, **words})
        body, size = await spool.take(receive, announced=announced)
        with body:
            data = body.read()
        assert len(data) == size
        return data

    return asyncio.run(run())


def test_a_whole_body_comes_as_one_file(tmp_path: Path) -> None:
    assert take(tmp_path, [part(b"ab"), part(b"cd", more=False)], "4") == b"abcd"


def test_a_large_body_comes_from_the_disk_and_leaves_nothing_there(tmp_path: Path) -> None:
    data = b"x" * 300_000
    assert take(tmp_path, [part(data), part(b"y", more=False)], largest=400_000) == data + b"y"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("messages", "announced", "error"),
    [
        ([part(b"x" * 600), part(b"x" * 600)], None, TooLarge),
        ([part(b"x" * 1001, more=False)], "1001", TooLarge),
        ([part(b"ab")], "4", Stalled),
        ([part(b"ab"), GONE], "4", Cut),
        ([part(b"ab", more=False)], "4", Cut),
        ([part(b"", more=False)], "four", WrongLength),
        ([part(b"", more=False)], "-1", WrongLength),
    ],
)
def test_what_is_not_whole_or_too_much_is_refused(
    tmp_path: Path, messages: list[dict[str, Any]], announced: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        take(tmp_path, messages, announced)


def test_a_body_that_drips_has_an_end(tmp_path: Path) -> None:
    with pytest.raises(Stalled):
        take(tmp_path, [part(b"a")] * 3, idle=10, longest=0.2)


def test_every_refusal_has_words() -> None:
    from rabta.web import refusals

    for status in (503, *(kind.status for kind in Refusal.__subclasses__())):
        assert all(refusals.words(status))


def test_what_a_killed_process_left_is_swept_and_what_is_being_written_stays(tmp_path: Path) -> None:
    spool, now = Spool(tmp_path), 1_000_000.0
    for name, age in (("old.upload.jpg", STALE_SECONDS + 1), ("young.upload.jpg", STALE_SECONDS - 60)):
        (tmp_path / name).write_bytes(b"x")
        os.utime(tmp_path / name, (now - age, now - age))
    assert spool.sweep(now=now) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["young.upload.jpg"]

"""The bodies that all channels are tried on: `fixtures/` by who wrote the channel, `strangers/` by others."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import orjson

FIXTURES, STRANGERS = (Path(__file__).parent / name for name in ("fixtures", "strangers"))
SMALL = 50_000


@cache
def fixtures(kind: str) -> tuple[Path, ...]:
    """The files of a channel, each with a body and what it must become."""
    return tuple(sorted((FIXTURES / kind).glob("*.json")))


@cache
def strangers(kind: str) -> tuple[dict[str, Any], ...]:
    """Name, source, items and body of each shape that others know of a channel."""
    path = STRANGERS / f"{kind}.jsonl"
    return tuple(json.loads(line) for line in path.read_text().split("\n") if line) if path.exists() else ()


@cache
def to_spoil(kind: str) -> tuple[Any, ...]:
    """All small bodies of a channel."""
    own = [json.loads(path.read_text())["body"] for path in fixtures(kind) if path.stat().st_size < SMALL]
    return (*own, *(shape["body"] for shape in strangers(kind) if len(orjson.dumps(shape)) < SMALL))


def of_both(kind: str) -> list[tuple[str, Any]]:
    """(name, body) of all, the large ones too."""
    own = [(path.stem, json.loads(path.read_text())["body"]) for path in fixtures(kind)]
    return [*own, *((f"strangers: {shape['name']}", shape["body"]) for shape in strangers(kind))]

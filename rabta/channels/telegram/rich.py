"""The words and files of a message with headings, lists and tables, in the order in which they are read.

Such a message has neither text nor caption, only blocks (Bot API 10.1). What no table here knows is passed over; its
words, under the names that all blocks share, are read all the same.
"""

from collections.abc import Iterator

from rabta.channels.shapes import Json

# Where words and further blocks stand, in the order of reading.
WITHIN = ("label", "summary", "text", "blocks", "items", "cells", "caption", "credit", "expression")
INLINE = ("label", "text", "credit", "summary", "expression")
FILES = ("photo", "video", "animation", "audio", "voice_note", "document")


def words(blocks: object) -> str:
    """All that can be read, a line for each block, item or cell."""
    return "\n".join(filter(None, (line.strip() for line in _lines(blocks))))


def files(blocks: object) -> Iterator[tuple[str, Json]]:
    """(what it is, the block that holds it under that name) of each file, in order."""
    for block in _blocks(blocks):
        for name in FILES:
            if isinstance(block.get(name), dict | list):
                yield name, block


def _blocks(found: object) -> Iterator[Json]:
    if isinstance(found, list):
        for one in found:
            yield from _blocks(one)
    elif isinstance(found, dict):
        yield found
        for name in ("blocks", "items"):
            yield from _blocks(found.get(name))


def _lines(found: object) -> Iterator[str]:
    if isinstance(found, list):
        for one in found:
            yield from _lines(one)
    elif isinstance(found, dict):
        for name in WITHIN:
            inside = found.get(name)
            if name in INLINE and inside is not None:
                yield inline(inside)
            else:
                yield from _lines(inside)


def inline(found: object) -> str:
    """Words that run on: plain, in pieces, or pieces that are bold, links, emoji …"""
    if isinstance(found, str):
        return found
    if isinstance(found, list):
        return "".join(inline(one) for one in found)
    if isinstance(found, dict):
        shown = (found.get(name) for name in ("text", "alternative_text", "expression"))
        return next((inline(one) for one in shown if one is not None), "")
    return ""

"""Bodies that nobody here thought of: what providers document and others met in practice (`strangers/README.md`)."""

from collections import Counter
from typing import Any

import orjson
import pytest

from rabta.channels.contract import Arrived, Changed, Channel, Read, Receipt, TemplateNews
from rabta.channels.registry import CHANNELS
from tests.channels.bodies import strangers

OWN = {"webform", "met", "force", "whatsapp_export"}  # nobody outside writes these bodies
WORD = {Arrived: "kind", Receipt: "status", Changed: "what", TemplateNews: "state"}


def told(item: Read) -> str:
    """The class and what kind of it."""
    if isinstance(item, TemplateNews):
        return f"TemplateNews {item.state or item.quality or item.category}"
    return f"{type(item).__name__} {getattr(item, WORD.get(type(item), 'reason'))}"


def test_every_channel_meets_strangers_and_there_are_many() -> None:
    lacking = [c.kind for c in CHANNELS if c.kind not in OWN and len(strangers(c.kind)) < 20]
    assert not lacking, f"channels without bodies of strangers: {lacking}"
    assert sum(len(strangers(channel.kind)) for channel in CHANNELS) >= 450
    for channel in CHANNELS:
        names = [shape["name"] for shape in strangers(channel.kind)]
        assert len(names) == len(set(names)), channel.kind


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.kind)
def test_the_bodies_of_strangers_are_read_as_they_are_meant(
    channel: Channel, subtests: pytest.Subtests
) -> None:
    for shape in strangers(channel.kind):
        with subtests.test(shape["name"]):
            is_read_as_meant(channel, shape)


def is_read_as_meant(channel: Channel, shape: dict[str, Any]) -> None:
    raw = orjson.dumps(shape["body"])
    items = channel.read(raw)
    assert [told(item) for item in items] == shape["items"]
    assert Counter(item.account for item in items) == channel.count(raw), "no item is uncounted"
    assert [item.key for item in items] == [item.key for item in channel.read(raw)]
    for item in items:
        if isinstance(item, Arrived | Changed | Receipt):
            assert item.key and (item.account or channel.alone), "it belongs to somebody, and comes once"

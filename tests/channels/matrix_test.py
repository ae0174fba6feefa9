"""The document of what each channel can do is what the channels declare, and each has a page of its own."""

from pathlib import Path

import pytest

from rabta.channels import matrix
from rabta.channels.contract import Channel
from rabta.channels.registry import CHANNELS

DOCS = Path(__file__).parents[2] / "docs/channels"


def test_the_document_is_what_the_channels_declare() -> None:
    assert (DOCS / "README.md").read_text() == matrix.markdown(CHANNELS), (
        "run: rabta channels > docs/channels/README.md"
    )


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.kind)
def test_each_channel_has_its_page_with_the_provider_s_side(channel: Channel) -> None:
    page = (DOCS / f"{channel.kind}.md").read_text()
    assert "## Setting it up" in page or not channel.fields

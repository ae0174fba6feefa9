"""A relay that dies leaves nothing lost and nothing doubled: what it may have sent is in doubt until a receipt says."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

from rabta.channels.contract import Receipt
from rabta.outbox import receipts
from rabta.outbox.models import Attempt
from tests.outbox.stage import Provider, account, all_in, letter, queue, relay_conninfo, run_until, states

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.now(UTC)

# A relay of its own process, over a provider that notes in a file what reached it.
RELAY = """
import asyncio, sys
import django
django.setup()
from tests.outbox.stage import KIND, Provider
from rabta.channels.contract import Sent
from rabta.outbox.relay import Relay

async def note(letter):
    with open(sys.argv[2], "a") as file:
        file.write(letter.token + "\\n")
    return Sent(provider_id="id-of-" + letter.token)

channel = Provider(answer=note).channel(free_text_window=None)
asyncio.run(Relay(conninfo=sys.argv[1], channels={KIND: channel}, session=None).run(asyncio.Event()))
"""


def relay_that_dies_at(place: str, noted: Path) -> None:
    """Run a relay until it has died at the named place."""
    environment = os.environ | {"RABTA_CRASH_AT": place, "RABTA_HOME": str(settings.HOME)}
    command = [sys.executable, "-c", RELAY, relay_conninfo(), str(noted)]
    root = Path(__file__).parent.parent.parent
    done = subprocess.run(command, env=environment, cwd=root, timeout=300, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


@pytest.mark.parametrize(
    ("place", "reached"), [("after_claim", 0), ("after_http_200", 1), ("before_result", 1)]
)
def test_what_a_dead_relay_was_sending_is_in_doubt_and_a_receipt_resolves_it(
    place: str, reached: int, tmp_path: Path
) -> None:
    hq, noted = account(), tmp_path / "noted"
    (delivery,) = queue(letter(hq, "order"))
    relay_that_dies_at(place, noted)
    assert states() == ["sending"]
    assert Attempt.objects.get().ended_at is None
    successor = Provider()
    run_until(successor.channel(), all_in("in_doubt"))
    assert successor.letters == []
    assert (noted.read_text().split() if noted.exists() else []) == [str(delivery.token)] * reached

    receipt = Receipt(
        account="x",
        key="k",
        provider_id=f"id-of-{delivery.token}",
        status="delivered",
        token=str(delivery.token),
    )
    moved = receipts.record([(hq.pk, receipt)], NOW)
    assert (moved.changed, moved.failed) == ([delivery.pk], [])
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    assert delivery.sent_at

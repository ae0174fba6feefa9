"""`rabta smpp` at the message centre that Debian's Kannel brings for trying its own client (`drive_smpp`).

Kannel itself speaks SMPP as a client only; `drive_smpp` is written in C with Kannel's own units. It ends without a
bearerbox beside it. It knows no transceiver, so here are two binds.
"""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rabta.channels.accounts import create_account, create_credential
from rabta.channels.models import Account
from rabta.force.models import Level, Unit
from rabta.intake import ledger
from rabta.outbox.models import Delivery
from tests import running
from tests.channels.sms.process_test import queue, read_all, serving, sql, true

DRIVE = "/usr/lib/kannel/test/drive_smpp"
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not shutil.which("bearerbox") or not Path(DRIVE).exists(),
        reason="Debian's kannel is not installed (apt-get install kannel kannel-extras)",
    ),
]
MESSAGES = 20
BOXES = 13001  # where drive_smpp looks for the bearerbox, whatever it is told
CONFIGURATION = """
group = core
admin-port = {admin}
admin-password = bar
smsbox-port = {boxes}
box-allow-ip = 127.0.0.1

group = smsc
smsc = fake
smsc-id = fake
port = {fake}
connect-allow-ip = 127.0.0.1

group = smpp-tlv
name = my_receipted_message_id
tag = 0x001E
type = octetstring
length = 65

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}

group = sms-service
keyword = default
text = "No service specified"
"""


@dataclass(frozen=True)
class Centre:
    """Where it listens, and what it says of what it heard."""

    port: int
    log: Path

    def heard(self, unit: str) -> int:
        return self.log.read_text(errors="replace").count(f"Handling SMPP PDU of type {unit}\n")


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    first, port = running.free_ports(), running.free_ports()
    ports = {"admin": first, "boxes": BOXES, "fake": first + 1, "sendsms": port + 1}
    file, log = tmp_path / "kannel.conf", tmp_path / "drive_smpp.log"
    file.write_text(CONFIGURATION.format(**ports))
    with (tmp_path / "bearerbox.log").open("wb") as beside, log.open("wb") as told:
        box = subprocess.Popen(["bearerbox", str(file)], stdout=beside, stderr=subprocess.STDOUT)
        running.wait_until(lambda: running.ask(ports["admin"], "/status?password=bar")[0])
        command = [DRIVE, "-v", "0", "-p", str(port), "-m", str(MESSAGES), "-c", str(file)]
        drive = subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT)
        try:
            running.wait_until(lambda: "accept_thread" in log.read_text(errors="replace"))
            yield Centre(port, log)
        finally:
            for process in (drive, box):
                process.kill()
                process.wait()


@pytest.fixture
def number(centre: Centre) -> Account:
    level = Level.objects.create(code="force", name="Force", rank=0)
    unit = Unit.objects.create(code="force", name="Force", level=level)
    values = {"host": "127.0.0.1", "port": str(centre.port), "system_id": "foo", "password": "bar"}
    values |= {"binds": "tx+rx", "system_type": "VMA", "per_second": "500"}
    credential = create_credential(channel="sms", name="Kannel", values=values)
    return create_account(credential=credential, name="123", external_id="123", unit=unit)


def test_all_that_kannel_says_is_kept_and_acknowledged_and_it_takes_our_letters(
    centre: Centre, number: Account
) -> None:
    queue(number, *(f"Reference PRY-{n:04d}" for n in range(5)))

    async def play() -> None:
        await true(lambda: sql("SELECT count(*) FROM intake_unread") == [(MESSAGES,)])
        await true(lambda: sql("SELECT count(*) FROM outbox_delivery WHERE state = 'queued'") == [(0,)])

    serving(play)
    # it tells much of what it heard when we have gone
    running.wait_until(lambda: centre.heard("deliver_sm_resp") == MESSAGES and centre.heard("submit_sm") == 5)
    assert centre.heard("enquire_link_resp") == MESSAGES, "it asks after each whether anybody is there"
    heard: list[str] = []
    read_all(heard)
    assert sorted(heard, key=int) == [str(n) for n in range(1, MESSAGES + 1)]
    assert ledger.balance().balanced
    # it takes a letter and names no id for it: nothing could ever be told of that one
    told = {(one.state, one.trouble_text) for one in Delivery.objects.all()}
    assert told == {("in_doubt", "an answer without a message id")}

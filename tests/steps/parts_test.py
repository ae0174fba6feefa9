"""A long SMS whose rest does not come is shown as it is; one that is whole is one message."""

from datetime import timedelta
from types import SimpleNamespace

from rabta.cases.models import Case, Message
from rabta.channels.accounts import create_account, create_credential
from rabta.channels.models import Credential
from rabta.channels.sms import parts, pdu, reading
from rabta.channels.sms.pdu import Address, Command
from rabta.force.models import Unit
from rabta.intake import journal, ledger
from rabta.intake.models import Part
from rabta.journey import read_journal
from rabta.journey.timing import watch
from tests.cast import NOW

TEXT = "My motorcycle was stolen near Kotwali last night. It is a red Honda, its number is PSH 1234. " * 4


def short_code() -> Credential:
    values = {"host": "127.0.0.1", "port": "1", "system_id": "x", "password": "x"}
    credential = create_credential(channel="sms", name="SMS", values=values)
    unit = Unit.objects.order_by("path")[0]
    create_account(credential=credential, name="8300", external_id="8300", unit=unit)
    return credential


def comes(credential: Credential, number: int, *, total: int = 3) -> None:
    piece = TEXT[(number - 1) * 153 : number * 153]
    message = pdu.Message(
        source=Address(number="923001234567", ton=1, npi=1),
        destination=Address(number="8300"),
        esm_class=0x40,
        data=parts.header(reference=5, total=total, number=number) + piece.encode(),
    )
    raw = pdu.pack(Command.DELIVER_SM, number, pdu.write_message(message))
    facts = {"account": "8300", "region": "PK", "alphabet": "gsm", "hexadecimal": False}
    journal.append(credential, reading.body_of(raw, at=NOW.timestamp(), **facts), NOW)  # type: ignore[arg-type]


def test_parts_read_one_by_one_are_one_message(cast: SimpleNamespace) -> None:
    credential = short_code()
    for number in (3, 1, 1, 2):
        comes(credential, number)
        read_journal(limit=1, now=NOW)
    assert Message.objects.filter(direction="in").get().text == TEXT
    assert (Case.objects.count(), Part.objects.count()) == (1, 0)
    balance = ledger.balance()
    assert balance.balanced
    line = next(line for line in balance.accounts if line.channel == "sms")
    assert (line.received, line.messages, line.duplicates, line.ignored.total()) == (4, 1, 1, 2)


def test_what_is_there_is_shown_when_the_rest_does_not_come(cast: SimpleNamespace) -> None:
    credential = short_code()
    comes(credential, 1)
    comes(credential, 3)
    read_journal(limit=10, now=NOW)
    assert watch.take_late_parts(now=NOW + timedelta(seconds=30)) == 0
    assert watch.take_late_parts(now=NOW + timedelta(seconds=90)) == 1
    text = Message.objects.filter(direction="in").get().text
    assert text == TEXT[:153] + parts.MISSING + TEXT[306:]
    assert Part.objects.count() == 0
    assert watch.take_late_parts(now=NOW + timedelta(seconds=90)) == 0
    assert ledger.balance().balanced

"""E-mail: letters from the outbox to an SMTP server (`aiosmtpd`) that takes each at once, and a mailbox (Debian's
Dovecot, where it is installed) read into the journal, beside a bare client that only fetches the same letters.

`python -m bench.mail [--quick]` measures these alone; `make bench` has them as well.
"""

import imaplib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller

from bench import channels
from bench.site import Site, made
from tests import running
from tests.peers import dovecot

ADDRESS, PASSWORD = "desk@bench.example", "secret"
CAP = 5  # letters a second, which a provider usually allows
MAKE = """
import sys
from rabta.channels.accounts import create_account, create_credential
from rabta.force.models import Unit
imap, smtp = sys.argv[1:]
values = {"username": "bench", "password": "secret", "imap_host": "127.0.0.1", "imap_port": imap,
          "imap_security": "none", "smtp_host": "127.0.0.1", "smtp_port": smtp, "smtp_security": "none"}
app = create_credential(channel="email", name="bench email", values=values)
create_account(credential=app, name="bench email", external_id="desk@bench.example",
               unit=Unit.objects.get(code="CPO"))
"""
QUEUE = """
import sys
from django.utils import timezone
from rabta import keys
from rabta.channels.models import Account
from rabta.force.access import system
from rabta.outbox.posting import Outgoing, post
with system("bench"):
    account = Account.objects.get(channel="email", external_id="desk@bench.example")
    post([Outgoing(account=account, number=f"c{n}@b.example", address_digest=keys.digest("handle", f"c{n}"),
                   text=f"Your reference number is PSH-7K3M-{n:04d}.", visible_to=[1])
          for n in range(int(sys.argv[1]))], timezone.now())
"""
READ = """
import time
from threading import Event
from rabta.jobs import mailboxes
(login,) = mailboxes.logins().values()
started = time.perf_counter()
mailboxes.read_on(login, Event(), once=True)
print(time.perf_counter() - started)
"""


class Sink:
    """Takes every letter and counts."""

    def __init__(self) -> None:
        self.taken = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken += 1
        return "250 OK"


def rates(site: Site, *, letters: int) -> dict[str, float]:
    """Letters a second out, and, where Dovecot is installed, letters of a mailbox a second in."""
    with _mailbox() as box, _sink() as (sink, port):
        site.python(MAKE, "rabta_migrate", str(box.port if box else 9), str(port))
        site.python(QUEUE, "rabta_migrate", str(letters))
        found = {"letters email /s": channels.sent(site, "email", letters)}
        if sink.taken != letters:
            raise SystemExit(
                f"{sink.taken} of {letters} letters reached the server. A rate of that means nothing."
            )
        return found | (_read(site, box, letters) if box else {})


def hold(measured: dict[str, float], held: Any) -> None:
    """Hold the letters against the cap of a provider, as those of the other channels."""
    held(
        f"letters over email / its cap of {CAP} a second", measured["letters email /s"] / CAP, "×", at_least=1
    )


def _read(site: Site, box: dovecot.Dovecot, count: int) -> dict[str, float]:
    """The worker's own reading, once the mailbox is known, and the bare fetching of the same letters."""
    site.python(READ, "rabta_worker")
    box.put("bench", *(_letter(n) for n in range(count)))
    before = site.one("SELECT count(*) FROM intake_journal")
    bare, took = _bare(box, count), float(site.python(READ, "rabta_worker"))
    kept = site.one("SELECT count(*) FROM intake_journal") - before
    if kept != count:
        raise SystemExit(f"{kept} of {count} letters are in the journal. A rate of that means nothing.")
    return {"mailbox read /s": count / took, "mailbox fetched by a bare client /s": count / bare}


def _bare(box: dovecot.Dovecot, count: int) -> float:
    started = time.perf_counter()
    with imaplib.IMAP4("127.0.0.1", box.port, timeout=30) as client:
        client.login("bench", PASSWORD)
        client.select("INBOX", readonly=True)
        for number in range(1, count + 1):
            client.fetch(str(number), "(INTERNALDATE BODY.PEEK[])")
    return time.perf_counter() - started


def _letter(n: int) -> bytes:
    heads = [
        f"From: Citizen {n} <citizen{n}@bench.example>",
        f"To: {ADDRESS}",
        f"Message-ID: <{n}@bench.example>",
    ]
    return "\r\n".join([*heads, "", f"Motorcycle {n} was stolen near Kotwali.", ""]).encode()


@contextmanager
def _sink() -> Iterator[tuple[Sink, int]]:
    sink, port = Sink(), running.free_ports()
    controller = Controller(sink, hostname="127.0.0.1", port=port, server_hostname="bench")
    controller.start()
    try:
        yield sink, port
    finally:
        controller.stop()


@contextmanager
def _mailbox() -> Iterator[dovecot.Dovecot | None]:
    if dovecot.SERVER is None:
        yield None
        return
    with dovecot.dovecot() as box:
        yield box


def main() -> None:
    """Measure on a site of its own."""
    from bench.figures import QUICK, Rounds  # it knows this module

    with made(8390) as site:
        letters = QUICK.letters if "--quick" in sys.argv else Rounds.letters
        print(json.dumps(rates(site, letters=letters), indent=1))


if __name__ == "__main__":
    main()

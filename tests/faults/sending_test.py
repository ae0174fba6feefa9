"""Relays are killed while they send, over every channel at once: nothing is lost, nothing comes twice.

What a killed relay had in hand, and what was never answered, is in doubt and never sent again by itself. Where the
provider gives our own token back, its word settles it; where not, a person sees it and decides.
"""

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.db import connection

from rabta.channels.accounts import seal
from rabta.channels.models import Account, Credential
from rabta.channels.registry import BY_KIND
from rabta.force.models import Level, Unit
from rabta.outbox import receipts
from rabta.outbox.models import Delivery
from rabta.outbox.watching import stuck
from tests import running
from tests.faults.provider import LOST, WORDS, Provider
from tests.intake.replaying import Centre
from tests.outbox.stage import letter, queue, relay_conninfo

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
EACH = 12
KILLED_AT = (6, 20, 36)  # letters that all providers together have taken

# A relay of its own process, with the real channels; over SMPP as `rabta smpp` does it.
RELAY = """
import asyncio, signal, sys
import django
django.setup()
from rabta.channels import sms
from rabta.channels.registry import BY_KIND
from rabta.channels.sms.binds import Binds, Served
from rabta.outbox.relay import Relay, new_session

async def keep(credential, body):
    pass

async def main():
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    binds = Binds(keep, region="PK")
    held = lambda lines: binds.keep([Served(line.credential_id, line.facts) for line in lines])
    over_smpp = {"sms": sms.sending_over(binds)}
    others = {kind: channel for kind, channel in BY_KIND.items() if kind != "sms"}
    async with new_session() as session:
        relays = [Relay(conninfo=sys.argv[1], channels=others, session=session),
                  Relay(conninfo=sys.argv[1], channels=over_smpp, session=session, leased=held)]
        await asyncio.gather(*(relay.run(stop) for relay in relays))
    await binds.close()

asyncio.run(main())
"""


class Smsc(Centre):
    """A message centre that takes letters into the same register."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        super().__init__()

    def answer(self, command: int, given: bytes) -> bytes:
        if command != 0x04:
            return super().answer(command, given)
        channel, number = self.provider.take(given.decode("latin-1"))
        return f"id-of-{channel}-{number}\0".encode()


def logins(provider: Provider, centre: Smsc) -> dict[str, tuple[str, dict[str, str]]]:
    """By channel: the account's id, and what it needs to send."""
    url = f"http://127.0.0.1:{provider.port}"
    graph = {"app_secret": "s", "access_token": "t", "verify_token": "w", "api_url": url}
    xs = {"consumer_key": "k", "consumer_secret": "s", "access_tokens": "77-t:s", "api_url": url}
    smpp = {"host": "127.0.0.1", "port": str(centre.port), "system_id": "r", "password": "s"}
    kannel = {
        "hook_secret": "letters123",
        "username": "r",
        "password": "s",
        "sendsms": f"{url}/cgi-bin/sendsms",
    }
    telegram = {"secret": "s", "token": "55:token", "api_url": url}
    return {
        "whatsapp": ("1065", graph), "facebook": ("2065", graph), "instagram": ("3065", graph), "x": ("77", xs),
        "sms": ("8300", smpp), "kannel": ("8301", kannel), "telegram": ("55", telegram),
    }  # fmt: skip


@pytest.fixture
def accounts() -> Iterator[dict[str, Account]]:
    """An account of every channel that sends over a network of its own, and the providers behind them."""
    with ExitStack() as stack:
        provider = stack.enter_context(closing(Provider()))
        centre = stack.enter_context(closing(Smsc(provider)))
        level = Level.objects.create(code="force", name="Force", rank=0)
        unit = Unit.objects.create(code="force", name="Force", level=level)
        made = {}
        for kind, (external_id, values) in logins(provider, centre).items():
            login = Credential.objects.create(channel=kind, name=kind, hook=kind, sealed_values=seal(values))
            made[kind] = Account.objects.create(
                credential=login, channel=kind, name=kind, external_id=external_id, unit=unit
            )
        made["provider"] = provider  # type: ignore[assignment]
        yield made


def relay() -> running.Child:
    environment = os.environ | {"RABTA_HOME": str(settings.HOME)}
    return running.start([sys.executable, "-c", RELAY, relay_conninfo()], environment=environment)


def states() -> Counter[tuple[str, str]]:
    connection.close()
    rows = Delivery.objects.values_list("account__channel", "state")
    return Counter((channel, str(state)) for channel, state in rows)


def test_every_channel_loses_nothing_and_doubles_nothing(accounts: dict[str, Any]) -> None:
    provider: Provider = accounts.pop("provider")
    for kind, account in accounts.items():
        queue(*(letter(account, f"letter {kind} {n}", number=f"92300{n:07d}") for n in range(EACH)))
    for taken in KILLED_AT:
        killed = relay()
        running.wait_until(lambda taken=taken: provider.taken.total() >= taken, child=killed)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    last = relay()
    running.wait_until(lambda: not {state for _c, state in states()} & {"queued", "sending"}, child=last)
    running.stop(last)

    connection.close()
    doubled = [one for one, times in provider.taken.items() if times > 1]
    assert not doubled, "sent twice"
    for delivery in Delivery.objects.select_related("account"):
        found = WORDS.search(delivery.text)
        assert found
        came = provider.taken[found[1], int(found[2])]
        assert delivery.state in ("sent", "in_doubt"), (delivery.text, delivery.state, delivery.trouble)
        assert came or delivery.state == "in_doubt", f"lost: {delivery.text}"
        if int(found[2]) == LOST and found[1] != "sms":
            assert delivery.state == "in_doubt", f"nobody answered: {delivery.text}"
    assert len(stuck()) <= len(accounts) * (1 + 10), "only what a killed relay had in hand"
    the_providers_word_settles_what_it_took(accounts, provider)


def the_providers_word_settles_what_it_took(accounts: dict[str, Account], provider: Provider) -> None:
    """As its hooks bring our token back; over the other channels a person decides, on the page of stuck letters."""
    for kind, hook in HOOKS.items():
        told = [d for d in Delivery.objects.filter(account=accounts[kind]) if provider.taken[number_of(d)]]
        bodies = [orjson.dumps(hook(accounts[kind].external_id, str(one.token))) for one in told]
        items = [item for body in bodies for item in BY_KIND[kind].read(body)]
        receipts.record([(accounts[kind].pk, item) for item in items], datetime.now(UTC))
        left = Delivery.objects.filter(account=accounts[kind], state="in_doubt")
        assert not [one for one in left if provider.taken[number_of(one)]], kind
    unsettled = set(Delivery.objects.filter(state="in_doubt").values_list("pk", flat=True))
    assert unsettled == {one.pk for one in stuck()}, "each is shown to a person"
    by_hand = {one.account.channel for one in stuck() if provider.taken[number_of(one)]}
    assert by_hand and not by_hand & HOOKS.keys()


def number_of(delivery: Delivery) -> tuple[str, int]:
    found = WORDS.search(delivery.text)
    assert found
    return found[1], int(found[2])


def of_whatsapp(account: str, token: str) -> dict[str, Any]:
    status = {"id": f"wamid.{token}", "status": "delivered", "timestamp": "1795392000", "recipient_id": "92300",
              "biz_opaque_callback_data": token}  # fmt: skip
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": account}, "statuses": [status]}
    return {"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}


def of_facebook(account: str, token: str) -> dict[str, Any]:
    message = {"mid": f"m_{token}", "is_echo": True, "metadata": token, "text": "x"}
    event = {
        "sender": {"id": account},
        "recipient": {"id": "1"},
        "timestamp": 1795392000000,
        "message": message,
    }
    return {"entry": [{"id": account, "messaging": [event]}]}


def of_kannel(account: str, token: str) -> dict[str, Any]:
    return {"query": f"secret=letters123&kind=dlr&account={account}&token={token}&status=1"}


HOOKS: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "whatsapp": of_whatsapp,
    "facebook": of_facebook,
    "kannel": of_kannel,
}

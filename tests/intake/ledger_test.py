"""Whatever comes in, in whatever order and however often: the ledger balances and each item has its effect once."""

import random
from types import SimpleNamespace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rabta.channels.models import Account, Credential
from rabta.channels.registry import CHANNELS
from rabta.intake import ledger
from rabta.intake.reading import read_batch
from tests.channels.bodies import fixtures
from tests.channels.contract_test import body_of, spoil
from tests.intake.bodies import FIRST, FOREIGN, SECOND, body, change, message, status
from tests.intake.reading_test import put
from tests.intake.stage import NOW, Recorder

ITEMS = st.one_of(
    st.integers(0, 9).map(message),
    st.builds(status, st.integers(0, 3), st.sampled_from(["sent", "read", "failed", "teleported"])),
    st.sampled_from([None, 7, {}, {"id": "wamid.1"}, message(1, type="order"), message(2, type="hologram")]),
)
CHANGES = st.builds(
    lambda account, name, items: change(account, **{name: items}),
    st.sampled_from([FIRST, SECOND, FOREIGN]),
    st.sampled_from(["messages", "statuses"]),
    st.lists(ITEMS, max_size=4),
)
BODIES = [(channel, path) for channel in CHANNELS for path in fixtures(channel.kind)]
RAWS = st.lists(CHANGES, max_size=3).map(lambda changes: body(*changes)) | st.sampled_from(
    [b"", b"{}", b"[1]"]
)


@pytest.mark.usefixtures("worker")
@given(raws=st.lists(RAWS, max_size=8), limit=st.integers(1, 5), poison=st.sampled_from(["", "salaam"]))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_ledger_balances(desk: SimpleNamespace, raws: list[bytes], limit: int, poison: str) -> None:
    with transaction.atomic():
        heard = Recorder()
        heard.poison = poison
        put(desk.app, *raws)
        before = ledger.balance()
        while read_batch(limit, NOW, heard.handlers()):
            assert ledger.balance().balanced
        after = ledger.balance()
        assert after.balanced
        assert [x.received for x in after.accounts] == [x.received for x in before.accounts]
        assert after.unattributed == before.unattributed
        assert sum(line.pending for line in after.accounts) == 0
        assert len(heard.texts) == sum(line.messages for line in after.accounts)
        transaction.set_rollback(True)


def _others(desk: SimpleNamespace) -> dict[str, Credential]:
    """A credential of each further channel, with the accounts that its fixtures name."""
    found: dict[str, Credential] = {}
    for channel, path in BODIES:
        if channel.kind in ("whatsapp", "webform"):
            continue
        if channel.kind not in found:
            found[channel.kind] = Credential.objects.create(
                channel=channel.kind, name=channel.kind, sealed_values=b""
            )
        for name in filter(None, channel.count(body_of(path))):
            facts = {"credential": found[channel.kind], "name": name, "unit": desk.unit}
            Account.objects.get_or_create(channel=channel.kind, external_id=name, defaults=facts)
    return found


@pytest.mark.usefixtures("worker")
def test_ledger_balances_for_every_fixture_and_its_ruins(desk: SimpleNamespace, heard: Recorder) -> None:
    import json

    chance = random.Random(7)
    credentials = {"whatsapp": desk.app, "webform": desk.form.credential} | _others(desk)
    for channel, path in BODIES:
        raw = body_of(path)
        ruined = json.dumps(spoil(json.loads(raw), chance)).encode()
        put(credentials[channel.kind], raw, raw, ruined, raw[: len(raw) // 2])
    while read_batch(50, NOW, heard.handlers()):
        pass
    balance = ledger.balance()
    assert balance.balanced, balance.to_json()
    assert balance.to_json()["accounts"][0].keys() == {
        "channel", "name", "received", "messages", "changes", "receipts", "ignored", "quarantined", "duplicates",
        "pending",
    }  # fmt: skip

"""The test of an account: the provider tells who we are, or why not."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from rabta.channels.contract import AccountFacts, TroubleCode
from rabta.channels.whatsapp.checking import check
from tests.channels.whatsapp_sending_test import troubled, with_simulator
from tests.simulator.stage import Stage


def test_whatsapp_tells_the_number_and_its_name(tmp_path: Path) -> None:
    async def story(stage: Stage, account: AccountFacts) -> None:
        client: Any = stage.client
        name = await check(client, account)
        assert " · " in name
        assert name.startswith("+")
        other = replace(account, values=dict(account.values) | {"access_token": "another"})
        assert (await troubled(check(client, other))).code == TroubleCode.CREDENTIALS
        unknown = replace(account, external_id="9999999999")
        assert (await troubled(check(client, unknown))).code == TroubleCode.REFUSED

    with_simulator(tmp_path, story)

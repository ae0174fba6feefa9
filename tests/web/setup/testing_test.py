"""The test button: what the administrator reads in each case, and that the channel is really asked."""

import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.utils.html import escape

from rabta.audit.models import Record
from rabta.channels.accounts import seal
from rabta.channels.contract import AccountFacts, Session, Trouble, TroubleCode
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND, CHANNELS
from rabta.web.accounts import step_up
from rabta.web.setup import accounts, testing
from tests.web import small_force
from tests.web.officer.stage import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """`pressed(answer)`: what the page says after the test of an account whose channel answers so."""
    force = small_force.make()
    force.account.credential.sealed_values = seal({"access_token": "t"})
    force.account.credential.save()

    def press(answer: str | Trouble) -> str:
        async def check(_session: Session, facts: AccountFacts) -> str:
            assert (facts.external_id, facts.values["access_token"]) == ("1", "t")
            if isinstance(answer, Trouble):
                raise answer
            return answer

        channel = replace(BY_KIND["whatsapp"], check=check)
        monkeypatch.setattr(testing, "BY_KIND", {"whatsapp": channel})
        return said(force)

    def said(force: SimpleNamespace) -> str:
        browser = Browser(force.administrator)
        browser.post(f"/setup/accounts/{force.account.public_id}/test/", {})
        return str(browser.get("/setup/accounts/").body.decode())

    press.said = lambda: said(force)  # type: ignore[attr-defined]
    return press


def test_the_name_at_the_provider_is_told(pressed: Callable[..., str]) -> None:
    assert "The provider knows this account as +92 91 1 · Peshawar Police." in pressed(
        "+92 91 1 · Peshawar Police"
    )
    assert Record.objects.filter(act="account_tested").exists()
    assert Account.objects.get().worked_at is not None


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (TroubleCode.CREDENTIALS, "refuses the token"),
        (TroubleCode.UNREACHABLE, "be reached from this machine"),
        (TroubleCode.BUSY, "Try again in a minute"),
        (TroubleCode.REFUSED, "is its id right?"),
        (TroubleCode.MEDIA, "It does not work."),
    ],
)
def test_each_trouble_has_its_words(pressed: Callable[..., str], code: TroubleCode, words: str) -> None:
    page = pressed(Trouble(code, "190 expired"))
    assert Account.objects.get().worked_at is None
    assert words in page
    assert "(190 expired)" in page


def test_only_accounts_that_can_be_tested_have_the_button(pressed: Callable[..., str]) -> None:
    page = pressed("anybody")
    assert page.count("/test/") == 1
    assert "What to do at the provider" in page


def test_who_connects_an_account_reads_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_up, "is_fresh", lambda _request: True)
    browser = Browser(small_force.make().administrator)
    for channel in CHANNELS:
        if channel.kind not in accounts.BY_ITSELF:
            page = browser.get(f"/setup/accounts/add/{channel.kind}/").body.decode()
            steps = [str(step).partition("{")[0].strip() for step in channel.steps]
            read = re.sub(r"</?bdi[^>]*>", "", page)
            assert steps and not [step for step in steps if escape(step) not in read], channel.kind
            assert "{hook}" not in page


def test_a_command_keeps_its_order_between_words_that_run_the_other_way() -> None:
    line = 'get-url = "https://h.example/hooks/w?secret=S&from=%p"'
    shown = accounts._in_order(f"سطر: {line} لکھیں <b>")
    assert f'<bdi dir="ltr">{escape(line)}</bdi>' in shown
    assert "&lt;b&gt;" in shown
    bracketed = accounts._in_order("جوڑیں (POST /‹business account›/subscribed_apps)۔")
    assert '(<bdi dir="ltr">POST /‹business account›/subscribed_apps</bdi>)' in bracketed


def test_a_provider_that_does_not_answer_is_given_up(
    pressed: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    async def never(_session: Session, _facts: AccountFacts) -> str:
        await asyncio.sleep(60)
        return ""

    monkeypatch.setattr(testing, "PATIENCE", 0.05)
    monkeypatch.setattr(testing, "BY_KIND", {"whatsapp": replace(BY_KIND["whatsapp"], check=never)})
    assert "be reached from this machine" in pressed.said()  # type: ignore[attr-defined]


def test_a_channel_without_a_test_says_so(
    pressed: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(testing, "BY_KIND", {"whatsapp": replace(BY_KIND["whatsapp"], check=None)})
    assert "nothing to test" in pressed.said()  # type: ignore[attr-defined]

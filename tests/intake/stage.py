"""Two numbers under one credential, a third under another, a web form; handlers that remember what they were given."""

from datetime import UTC, datetime
from types import SimpleNamespace

from rabta.channels import accounts
from rabta.channels.models import Account, Credential
from rabta.force.models import Level, Unit
from rabta.intake import reading
from tests.intake import bodies

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Recorder:
    """Handlers that keep what came, by kind; `fails` is an exception for items whose text or id it names."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.receipts: list[str] = []
        self.changes: list[str] = []
        self.accounts: list[str] = []
        self.calls = 0
        self.poison = ""

    def handlers(self) -> reading.Handlers:
        return reading.Handlers(arrived=self._arrived, receipts=self._receipts, changed=self._changed)

    def _arrived(self, items: list[reading.Incoming]) -> None:
        self.calls += 1
        if self.poison and any(x.item.text == self.poison for x in items):
            raise ValueError(f"a secret of {self.poison}")
        self.texts += [x.item.text for x in items]
        self.accounts += [x.account.name for x in items]

    def _receipts(self, items: list[reading.Incoming]) -> None:
        self.receipts += [f"{x.item.provider_id} {x.item.status}" for x in items]

    def _changed(self, items: list[reading.Incoming]) -> None:
        self.changes += [x.item.what for x in items]


def make_desk() -> SimpleNamespace:
    """The accounts."""
    level = Level.objects.create(name="Force", code="force", rank=0)
    unit = Unit.objects.create(name="Headquarters", code="hq", level=level)
    values = {"app_secret": bodies.SECRET, "access_token": "token", "verify_token": "word"}

    def credential(channel: str, values: dict[str, str]) -> Credential:
        return accounts.create_credential(channel=channel, name=channel, values=values)

    def account(credential: Credential, name: str, external_id: str) -> Account:
        return accounts.create_account(
            credential=credential, name=name, external_id=external_id, unit=unit, address="/form"
        )

    app, other, form = (
        credential("whatsapp", values),
        credential("whatsapp", values),
        credential("webform", {}),
    )
    return SimpleNamespace(
        unit=unit,
        app=app,
        other=other,
        first=account(app, "First", bodies.FIRST),
        second=account(app, "Second", bodies.SECOND),
        elsewhere=account(other, "Elsewhere", "777"),
        form=account(form, "Form", "form"),
    )

"""What it takes to say something to many: how many hear it, what it costs, how long it goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil

from cryptography.fernet import InvalidToken

from rabta.channels import accounts
from rabta.channels.contract import AccountFacts, Channel, Letter
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.groups.audience import Counted
from rabta.rules.prices import Prices, from_json

# Where only the provider's receipt says what a letter was, it is taken to be a template that was asked for.
SUPPOSED = "utility"


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """`amounts` by currency; `unpriced`: letters for which no price is entered. `minutes` until the last one left."""

    recipients: int
    unreachable: int
    by_channel: Mapping[str, int]
    minutes: int
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    unpriced: int = 0


def estimate_of(counted: Counted, *, text: str) -> Estimate:
    """What it takes to send a text to so many. Prices are those of numbers of the accounts' own country."""
    rows = Account.objects.in_bulk([pk for pk in counted.by_account if pk])
    by_channel: dict[str, int] = {}
    amounts: dict[str, Decimal] = {}
    unpriced = seconds = 0
    for pk, count in counted.by_account.items():
        if pk is None:
            continue
        account = rows[pk]
        channel = BY_KIND[account.channel]
        by_channel[str(channel.label)] = by_channel.get(str(channel.label), 0) + count
        seconds = max(seconds, ceil(count / _rate(account, channel)))
        prices = from_json(account.prices)
        each = _each(account, channel, prices, text)
        if each is None:
            unpriced += count if channel.tariff else 0
        else:
            amounts[prices.currency] = amounts.get(prices.currency, Decimal(0)) + each * count
    return Estimate(
        recipients=counted.recipients,
        unreachable=counted.unreachable,
        by_channel=by_channel,
        minutes=ceil(seconds / 60),
        amounts=amounts,
        unpriced=unpriced,
    )


def _rate(account: Account, channel: Channel) -> float:
    """Letters a second. Accounts send side by side, so the slowest says how long it takes."""
    return channel.rate(_facts(account)) if channel.rate is not None else channel.limits.per_second


def _each(account: Account, channel: Channel, prices: Prices, text: str) -> Decimal | None:
    if channel.tariff is None:
        return None
    facts = _facts(account)
    kind, units = channel.tariff.counted(facts, Letter(to=account.address, token="", text=text))
    return prices.amount(kind=kind or SUPPOSED, number=account.address, units=units)


def _facts(account: Account) -> AccountFacts:
    """The account's; without its values when its secrets can't be opened, which is no reason not to estimate."""
    try:
        return accounts.facts(account)
    except InvalidToken:
        return AccountFacts(external_id=account.external_id, values={})

"""By which account of the force somebody is written to: the nearest one above a unit that can carry the channel."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.force.directory import Directory


@dataclass(frozen=True, kw_only=True)
class Routes:
    """One row for each unit and channel: parallel lists, as SQL takes them. `by_phone`: for a bare telephone number."""

    units: list[int]
    channels: list[str]
    accounts: list[int]
    by_phone: dict[int, int]


def routes(units: Iterable[int], *, accounts: Sequence[Account], directory: Directory) -> Routes:
    """The routes of these units. A channel without an account above a unit takes any that reaches telephones."""
    sending = [a for a in accounts if BY_KIND[a.channel].send and not BY_KIND[a.channel].by_file]
    phones = [a for a in sending if BY_KIND[a.channel].by_phone]
    found = Routes(units=[], channels=[], accounts=[], by_phone={})
    by_kind = {kind: [a for a in sending if a.channel == kind] for kind in {a.channel for a in sending}}
    for kind in {channel.kind for channel in BY_KIND.values() if channel.by_phone}:
        by_kind.setdefault(kind, phones)
    for unit in units:
        path = directory.path(unit)
        if nearest := _nearest(phones, path):
            found.by_phone[unit] = nearest.pk
        for kind, of_kind in by_kind.items():
            if nearest := _nearest(of_kind, path):
                found.units.append(unit)
                found.channels.append(kind)
                found.accounts.append(nearest.pk)
    return found


def _nearest(accounts: Sequence[Account], path: tuple[int, ...]) -> Account | None:
    above = [account for account in accounts if account.unit_id in path]
    if above:
        return max(above, key=lambda account: path.index(account.unit_id))
    return accounts[0] if accounts else None


def sending_accounts() -> list[Account]:
    """All accounts that are not paused, in a fixed order."""
    return list(Account.objects.filter(paused=False).select_related("credential").order_by("id"))

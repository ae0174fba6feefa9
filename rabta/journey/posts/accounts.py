"""Whether the accounts of the force work, and the alarm when one does not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND
from rabta.intake import asking, ledger, mailboxes
from rabta.outbox.health import Outbox, outboxes
from rabta.outbox.models import Pulse
from rabta.rules.accounts import Facts, Finding, alarm, findings


@dataclass(frozen=True, kw_only=True)
class Health:
    """One account, what comes and goes there, and what is wrong with it."""

    account: Account
    last_in: datetime | None
    outbox: Outbox
    findings: list[Finding]

    @property
    def alarm(self) -> Finding | None:
        """What people are called for."""
        return alarm(self.findings)


def health(accounts: Iterable[Account], *, now: datetime) -> list[Health]:
    """How these accounts do. The number of queries does not grow with them."""
    found = [account for account in accounts if account.channel in BY_KIND]
    ids = [account.pk for account in found]
    sending, heard = outboxes(ids), ledger.last_messages(ids)
    looks, asked = mailboxes.looks({account.credential_id for account in found}), asking.troubles(ids)
    told = {
        account.pk: _hearing(account, sending[account.pk].pulse, looks.get(account.credential_id), asked)
        for account in found
    }
    return [
        _health(account, sending[account.pk], heard.get(account.pk), told[account.pk], now=now)
        for account in found
    ]


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """Whether the provider is heard: what keeps us from it, and since when the connection that we keep is not known."""

    trouble: str
    keeps: bool
    at: datetime | None


def _hearing(
    account: Account, pulse: Pulse, look: tuple[str, datetime] | None, asked: Mapping[int, str]
) -> Hearing:
    """By the worker that reads its mailbox, else by whoever holds its connection or asks its provider."""
    if look is not None:
        return Hearing(trouble=look[0], keeps=True, at=look[1])
    keeps = BY_KIND[account.channel].process != "relay"
    return Hearing(trouble=pulse.hearing or asked.get(account.pk, ""), keeps=keeps, at=pulse.heard_at)


def _health(
    account: Account, outbox: Outbox, last_in: datetime | None, hearing: Hearing, *, now: datetime
) -> Health:
    pulse, hours = outbox.pulse, account.quiet_hours
    facts = Facts(
        paused=account.paused,
        last_in=last_in,
        last_sent=pulse.sent_at,
        last_trouble=pulse.trouble_at,
        trouble=pulse.trouble,
        oldest_due=outbox.oldest_due if BY_KIND[account.channel].send else None,
        stuck=outbox.stuck,
        quiet_after=timedelta(hours=hours) if hours else None,
        hearing=hearing.trouble,
        keeps=hearing.keeps,
        heard_at=hearing.at,
    )
    return Health(account=account, last_in=last_in, outbox=outbox, findings=findings(facts, now=now))


def carried(accounts: Iterable[Account]) -> bool:
    """Whether a message ever came to one of these accounts or left from it."""
    ids = [account.pk for account in accounts]
    sent = Pulse.objects.filter(account__in=ids).exclude(sent_at=None)
    return bool(ledger.last_messages(ids)) or sent.exists()


def watch(*, now: datetime) -> list[Pulse]:
    """Raise the alarms that are due and end those that are over; returns the pulses that changed. A sweep."""
    changed, found = [], health(Account.objects.all(), now=now)
    _note_working(found, now=now)
    for one in found:
        pulse, code = one.outbox.pulse, one.alarm.value if one.alarm else ""
        if pulse.alarm != code:
            pulse.alarm, pulse.alarm_since = code, now if code else None
            changed.append(pulse)
    for pulse in changed:
        facts = {"alarm": pulse.alarm, "alarm_since": pulse.alarm_since}
        Pulse.objects.update_or_create(account_id=pulse.pk, defaults=facts)
    return changed


def _note_working(found: Iterable[Health], *, now: datetime) -> None:
    """What a message came to or left from is on the list of genuine accounts from now on."""
    new = [
        one.account.pk
        for one in found
        if one.account.worked_at is None and (one.last_in or one.outbox.pulse.sent_at)
    ]
    if new:
        Account.objects.filter(pk__in=new).update(worked_at=now)


def alarms() -> list[Pulse]:
    """The alarms that stand, the longest first."""
    return list(
        Pulse.objects.exclude(alarm="").select_related("account").order_by(F("alarm_since").asc(), "pk")
    )

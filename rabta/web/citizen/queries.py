"""What the public pages read."""

import hashlib
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Prefetch, QuerySet

from rabta.cases.arrival import provider_digest
from rabta.cases.models import Attachment, Case, Message
from rabta.channels import force, met
from rabta.channels.accounts import link_to
from rabta.channels.models import Account
from rabta.channels.registry import BY_KIND, CHANNELS
from rabta.channels.webform import CHANNEL
from rabta.force.models import Unit

CONVERSATION = 200


def form_account() -> Account | None:
    """The force's own web form."""
    return (
        Account.objects.filter(channel=CHANNEL.kind, paused=False)
        .select_related("credential")
        .order_by("id")
        .first()
    )


def account_of(case: Case | None) -> Account | None:
    """Where more is written to a case by its code: where it came from, if an officer wrote it down. Elsewhere it would
    be another matter, which hides the first."""
    if case is None or case.account.channel != met.CHANNEL.kind:
        return form_account()
    return Account.objects.select_related("credential").get(pk=case.account_id)


def any_account() -> bool:
    """Whether this force has any account at all; a new one has none."""
    return Account.objects.exists()


def conversation(case: Case) -> list[Message]:
    """What the citizen and we wrote in this case; never a note. The newest `CONVERSATION`, in order."""
    said: QuerySet[Message] = (
        Message.objects.filter(case=case, revoked_at=None)
        .exclude(direction=Message.Direction.NOTE)
        .prefetch_related(Prefetch("attachments", queryset=Attachment.objects.order_by("id")))
        .order_by("-id")
    )
    return list(reversed(said[:CONVERSATION]))


def pulse(case: Case, said: list[Message]) -> str:
    """A few letters that change when the status page would show something else. They say nothing by themselves."""
    shown: list[object] = [case.state_told, case.outcome, case.place]
    for message in said:
        shown.append(message.public_id)
        shown += [(attachment.public_id, attachment.state) for attachment in message.attachments.all()]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def is_read(account: Account, submission: str) -> bool:
    """Whether a form of this visit is in the register already."""
    digest = provider_digest(account.pk, submission)
    return Message.objects.filter(provider_digest=digest).exists()


def being_prepared(said: list[Message]) -> bool:
    """Whether a photo still waits for its copy."""
    waiting = Attachment.State.WAITING
    return any(attachment.state == waiting for message in said for attachment in message.attachments.all())


# Nobody can write there: what officers write down, what other forces hand over, and groups that are brought in.
NOT_PUBLIC = [
    met.CHANNEL.kind,
    force.CHANNEL.kind,
    *(channel.kind for channel in CHANNELS if channel.by_file),
]


@dataclass(frozen=True, kw_only=True)
class Genuine:
    """One account of ours, as the public list shows it."""

    channel: str
    name: str
    address: str
    link: str


def genuine_accounts() -> list[tuple[Unit, list[Genuine]]]:
    """The genuine accounts that work, by the unit that holds them, from the top of the force down (K12). One query."""
    accounts = (
        Account.objects.public()
        .exclude(channel__in=NOT_PUBLIC)
        .select_related("unit__level")
        .order_by("unit__path", "name")
    )
    found = []
    for unit, group in groupby(accounts, key=lambda account: account.unit):
        found.append((unit, [_genuine(account) for account in group]))
    return found


def _genuine(account: Account) -> Genuine:
    channel = BY_KIND.get(account.channel)
    label = str(channel.label) if channel else account.channel
    shown = (
        urljoin(f"{settings.BASE_URL}/", account.address)
        if account.address.startswith("/")
        else account.address
    )
    link = link_to(channel, shown) if channel else ""
    return Genuine(channel=label, name=str(account), address=shown, link=link)


def areas() -> dict[str, Any]:
    """The areas of the lowest units as GeoJSON, with their names: all that the map of the form needs."""
    units = Unit.objects.exclude(area=None).select_related("level").order_by("id")
    features = [
        {"type": "Feature", "properties": {"name": str(unit), "rank": unit.level.rank}, "geometry": unit.area}
        for unit in units
    ]
    return {"type": "FeatureCollection", "features": features}

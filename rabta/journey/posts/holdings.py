"""Who answers for an account of the force: whoever holds its post. A transfer hands it over (K1, K2).

The register follows the postings by itself (`settle`, a sweep). The successor is told on his own phone and takes the
account over by name; until he has, everybody who looks at the account reads that he has not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rabta.audit.writing import record
from rabta.channels.contract import Template
from rabta.channels.models import Account, Holding
from rabta.channels.registry import BY_KIND
from rabta.force import directory
from rabta.force.access import current_postings
from rabta.force.models import Officer, Posting
from rabta.force.names import listed
from rabta.outbox.posting import Outgoing, post_unread
from rabta.people.handles import digest_of
from rabta.tasking.notify import nearest_account, sending_accounts

# Who covers somebody's leave acts in the post for some days; the account stays with its holder.
RANK = {Posting.Kind.REGULAR: 0, Posting.Kind.OFFICIATING: 1, Posting.Kind.ADDITIONAL: 2}
TOLD = "account_v1"


@dataclass(frozen=True, kw_only=True)
class Held:
    """One account as its holder sees it."""

    holding: Holding
    before: Holding | None  # who held it last, if that was somebody else
    secrets: list[str]  # what is entered for it at the provider, by name
    renewed_at: datetime | None  # when these were entered anew since the account changed hands

    @property
    def to_renew(self) -> bool:
        """Whether somebody who holds it no longer may still know its secrets."""
        return bool(self.secrets and self.before and not self.renewed_at)


@transaction.atomic
def settle(*, now: datetime, tell: bool = True) -> list[Holding]:
    """Make the register say who holds each account today; tell each new holder. Returns the holdings that began."""
    accounts = list(Account.objects.select_for_update().order_by("pk"))
    today = _today({account.holder_id for account in accounts if account.holder_id}, now=now)
    open_now = {one.account_id: one for one in Holding.objects.filter(until=None)}
    begun, ended = [], []
    for account in accounts:
        posting, was = today.get(account.holder_id or 0), open_now.get(account.pk)
        if was and posting and (was.post_id, was.officer_id) == (posting.post_id, posting.officer_id):
            continue
        if was:
            ended.append(was.pk)
        if posting:
            begun.append(Holding(account=account, post=posting.post, officer=posting.officer, since=now))
    Holding.objects.filter(pk__in=ended).update(until=now)
    Holding.objects.bulk_create(begun)
    if begun or ended:
        record("account_held", now=now, subject="account", ids=_touched(begun, ended))
    if tell:
        _tell(begun, now=now)
    return begun


def _touched(begun: Iterable[Holding], ended: list[int]) -> list[int]:
    left = Holding.objects.filter(pk__in=ended).values_list("account_id", flat=True)
    return sorted({*left, *(one.account_id for one in begun)})


def _today(posts: set[int], *, now: datetime) -> dict[int, Posting]:
    """Of each post, the one who answers for what it holds: the regular holder first, then the newest."""
    rows = current_postings(on=timezone.localdate(now)).filter(post__in=posts, kind__in=RANK)
    ranked = sorted(
        rows.select_related("post", "officer"),
        key=lambda row: (-RANK[Posting.Kind(row.kind)], row.starts, row.pk),
    )
    return {row.post_id: row for row in ranked}


def _tell(begun: Iterable[Holding], *, now: datetime) -> None:
    """One message to each new holder's own phone, whatever the number of accounts."""
    by_officer: dict[int, list[Holding]] = {}
    for one in begun:
        by_officer.setdefault(one.officer_id, []).append(one)
    ways, force = sending_accounts(), directory.current(now=now)
    letters = [
        _letter(held, account)
        for held in by_officer.values()
        if held[0].officer.phone
        and (account := nearest_account(ways, path=force.path(held[0].post.unit_id))) is not None
    ]
    post_unread(letters, now)


def _letter(held: list[Holding], account: Account) -> Outgoing:
    officer = held[0].officer
    with translation.override(officer.language):
        names = listed(sorted(str(one.account) for one in held))[:200]
        link = f"{settings.BASE_URL}/channels/held/"
        text = _("You now answer for %(accounts)s. Take it over in Rabta: %(link)s") % {
            "accounts": names,
            "link": link,
        }
    return Outgoing(
        account=account,
        number=officer.phone,
        address_digest=digest_of(scheme="phone", handle=officer.phone),
        text=text,
        template=Template(name=TOLD, language=officer.language, params=(names, link)),
        visible_to=[],
    )


def held_by(officer: Officer) -> list[Held]:
    """The accounts that the officer answers for now, those that he has not taken over first."""
    rows = Holding.objects.filter(officer=officer, until=None)
    found = list(rows.select_related("account__credential", "account__unit", "post", "officer"))
    before = _before(found)
    shown = [_held(one, before.get(one.account_id)) for one in found if one.account.channel in BY_KIND]
    return sorted(shown, key=lambda one: (one.holding.taken_at is not None, str(one.holding.account)))


def waiting(officer: Officer) -> int:
    """How many accounts the officer answers for and has not taken over yet."""
    return Holding.objects.filter(officer=officer, until=None, taken_at=None).count()


def _before(found: list[Holding]) -> dict[int, Holding]:
    """Of each account, the holding that ended last."""
    rows = Holding.objects.filter(account__in=[one.account_id for one in found]).exclude(until=None)
    return {row.account_id: row for row in rows.select_related("officer", "post").order_by("until", "pk")}


def _held(holding: Holding, before: Holding | None) -> Held:
    channel, credential = BY_KIND[holding.account.channel], holding.account.credential
    renewed = credential.renewed_at
    return Held(
        holding=holding,
        before=before if before and before.officer_id != holding.officer_id else None,
        secrets=[str(field.label) for field in channel.fields if field.secret],
        renewed_at=renewed if renewed and renewed >= holding.since else None,
    )


def history(account: Account) -> list[Holding]:
    """Everybody who held the account, the newest first."""
    rows = Holding.objects.filter(account=account).select_related("officer", "post")
    return list(rows.order_by("-since", "-pk"))


@transaction.atomic
def is_held(holding_id: str, *, officer: Officer) -> bool:
    """Whether the officer holds that account today."""
    return Holding.objects.filter(public_id=holding_id, officer=officer, until=None).exists()


def take(holding_id: str, *, officer: Officer, now: datetime) -> Holding | None:
    """The officer takes an account over by name. None when he does not hold it; taking it twice changes nothing."""
    held = Holding.objects.select_for_update(of=("self",)).select_related("account", "post")
    holding = held.filter(public_id=holding_id, officer=officer, until=None).first()
    if holding is not None and holding.taken_at is None:
        holding.taken_at = now
        holding.save(update_fields=["taken_at"])
        record(
            "account_taken",
            now=now,
            officer_id=officer.pk,
            post_id=holding.post_id,
            subject="account",
            ids=[holding.account_id],
        )
    return holding

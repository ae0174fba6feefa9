"""Who holds the accounts of the demonstration: seen to work, taken over long ago, but one: its holder is new."""

from datetime import datetime, timedelta

from django.db.models import Q

from rabta.channels.models import Account, Holding
from rabta.channels.registry import BY_KIND
from rabta.force.models import Officer, Post, Posting, Role
from rabta.journey.posts import holdings
from rabta.rules import prices

BEFORE, SINCE = timedelta(days=400), timedelta(days=40)
NEW = timedelta(days=1)


# What the invented providers charge, in rupees: a sender sees what it costs before anything leaves.
CURRENCY = "PKR"
PRICES = {
    "whatsapp": "utility * 1.52\nmarketing * 13.20\nauthentication * 6.40\nservice * 0",
    "sms": "sms * 0.85",
    "x": "post * 2.80\npost_with_link * 56\nmessage * 4.20",
}
NEWLY_HELD = ("whatsapp", "PSH")  # channel and unit
# The posts that hold a unit's accounts, the first that there is.
HOLD = (Role.DESK_HEAD, Role.DISTRICT_HEAD, Role.SHO)


def hold(*, now: datetime) -> None:
    """A post holds each account, and its holder has taken it over. One holder is new: a colleague had it before."""
    for account in Account.objects.filter(holder=None).select_related("unit"):
        near = Q(unit=account.unit_id) | Q(unit__parent=account.unit_id, role=Role.DESK_HEAD)
        posts = sorted(Post.objects.filter(near, role__in=HOLD), key=lambda post: HOLD.index(Role(post.role)))
        account.holder = posts[0] if posts else None
        account.save(update_fields=["holder"])
    Account.objects.filter(worked_at=None).update(worked_at=now - SINCE)
    held = holdings.settle(now=now - SINCE, tell=False)
    Holding.objects.filter(pk__in=[one.pk for one in held]).update(taken_at=now - SINCE)
    last = next(one for one in held if (one.account.channel, one.account.unit.code) == NEWLY_HELD)
    earlier = _earlier_holder(last)
    Holding.objects.filter(pk=last.pk).update(since=now - NEW, taken_at=None)
    Holding.objects.create(
        account=last.account,
        post=last.post,
        officer=earlier,
        since=now - BEFORE,
        taken_at=now - BEFORE + NEW,
        until=now - NEW,
    )


def price() -> None:
    """Each account whose provider charges has its table of prices."""
    for account in Account.objects.all():
        tariff, table = BY_KIND[account.channel].tariff, PRICES.get(account.channel)
        if tariff and table:
            account.prices = prices.to_json(prices.read(table, currency=CURRENCY, kinds=tariff.kinds))
            account.save(update_fields=["prices"])


def _earlier_holder(of: Holding) -> Officer:
    """Somebody else of the force, who has been moved to another unit since."""
    others = Posting.objects.filter(post__role=of.post.role).exclude(officer=of.officer)
    return others.select_related("officer").order_by("pk")[0].officer

"""Who holds the demonstration's accounts: taken over long ago, except one whose holder is new in the post."""

from datetime import datetime, timedelta

from rabta.channels.models import Holding
from rabta.force.models import Officer, Posting
from rabta.journey import holdings

BEFORE, SINCE = timedelta(days=400), timedelta(days=40)
NEW = timedelta(days=1)


def hold(*, now: datetime) -> None:
    """Every holder has taken his account over, but the last: there a colleague held it until yesterday."""
    held = holdings.settle(now=now - SINCE, tell=False)
    if not held:
        return
    Holding.objects.filter(pk__in=[one.pk for one in held]).update(taken_at=now - SINCE)
    last = held[-1]
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


def _earlier_holder(of: Holding) -> Officer:
    """Somebody else of the force, who has been moved to another unit since."""
    others = Posting.objects.filter(post__role=of.post.role).exclude(officer=of.officer)
    return others.select_related("officer").order_by("pk")[0].officer

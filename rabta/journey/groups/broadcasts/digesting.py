"""Groups that hear the best of a day at once: what was let through goes out in the evening as one message."""

from collections import defaultdict
from datetime import datetime

from django.utils import timezone

from rabta.groups import relays
from rabta.groups.models import Group, Item
from rabta.journey.groups.broadcasts import quiet, saying

HOUR = 18  # of the day, in the force's zone
MARK = "• "


def send(*, now: datetime) -> int:
    """Send what waits for its digest, once a day; returns to how many groups. In a job with a stated reason.

    What does not fit into one message stays for the next day.
    """
    if timezone.localtime(now).hour < HOUR:
        return 0
    waiting: dict[int, list[Item]] = defaultdict(list)
    rows = Item.objects.select_for_update(of=("self",), skip_locked=True).filter(
        state=Item.State.LET_THROUGH, broadcast=None, decided_at__lt=now, group__mode=Group.Mode.DIGEST
    )
    for item in rows.select_related("group__unit").order_by("decided_at", "id"):
        waiting[item.group_id].append(item)
    return sum(_send(items[0].group, items, now=now) for items in waiting.values())


def _send(group: Group, items: list[Item], *, now: datetime) -> bool:
    """One digest a day: those that were sent since midnight are counted."""
    since = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if group.closed_at or group.broadcasts.filter(what="digest", asked_at__gte=since).exists():
        return False
    fitting: list[Item] = []
    for item in items:
        if max(map(len, _words([*fitting, item]).values())) > saying.LONGEST:
            break
        fitting.append(item)
    due = quiet.until([group], now=now)
    made = saying.say_for_force(groups=[group], words=_words(fitting), what="digest", now=now, due_at=due)
    Item.objects.filter(pk__in=[item.pk for item in fitting]).update(broadcast=made)
    return True


def _words(items: list[Item]) -> dict[str, str]:
    """The messages one below the other, said to be those of members."""
    if len(items) == 1:
        return relays.quoted("member", items[0].text)
    return relays.quoted("members", "\n".join(MARK + item.text for item in items))

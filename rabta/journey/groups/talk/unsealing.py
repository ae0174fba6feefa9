"""What was removed from sight in a group is read again: by whoever commands there, for a reason, and it is recorded."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.groups.models import Group, Item
from rabta.journey.groups.talk import moderating

# A closed list: the record holds codes, never a text.
REASONS: Mapping[str, Promise] = {
    "complaint": gettext_lazy("The member complains that it was removed"),
    "review": gettext_lazy("I look at what moderators decide"),
    "inquiry": gettext_lazy("An inquiry needs it"),
    "court": gettext_lazy("A court or a commission asks for it"),
}


def may_open(by: Scope, group: Group) -> bool:
    """Whether the officer commands at the group's unit or above. Who only runs groups reads no evidence."""
    return bool(by.units_with(Permission.DIRECT) & set(group.visible_to))


def removed(group: Group) -> QuerySet[Item]:
    """What was held back or refused there and is kept, the newest first."""
    rows = Item.objects.filter(group=group, state__in=[Item.State.HELD, Item.State.REFUSED])
    return rows.select_related("member", "officer", "post", "file__cleaned").order_by("-pk")


def read(*, item: Item, reason: str, by: Scope, now: datetime) -> str:
    """The words of what was removed. Refused without the right, a reason of the list, or where it is gone."""
    if not may_open(by, item.group):
        raise Refused(_("Only who commands there opens what was removed."))
    if reason not in REASONS:
        raise Refused(_("Choose why you open it."))
    if item.state not in (Item.State.HELD, Item.State.REFUSED):
        raise Refused(_("This message is not removed any more."))
    audit.record(
        "item_opened", now=now, officer_id=by.officer.pk, subject="group_item", ids=[item.pk],
        detail={"reason": reason, "group": item.group_id},
    )  # fmt: skip
    return moderating.opened(item)

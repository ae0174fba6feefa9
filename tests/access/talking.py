"""What is said in a group: a message that waits, a strike, a day's count."""

from typing import Any

from rabta.groups.models import Group, Item, Member, Said, Strike
from tests.cast import NOW, TODAY


def rows(group: Group, member: Member) -> list[Any]:
    """One of each."""
    return [
        Item.objects.create(group=group, member=member, journal_id=group.pk, position=0, received_at=NOW),
        Strike.objects.create(group=group, member=member, noise="greeting", at=NOW),
        Said.objects.create(group=group, day=TODAY, what="heard", count=1),
    ]

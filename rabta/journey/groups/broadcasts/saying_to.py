"""Something is said to chosen people: to those who got an earlier word, to single members, and to groups besides.

Everybody hears it once. Whoever was sent STOP by himself meanwhile hears nothing more.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rabta import audit
from rabta.channels.contract import Button
from rabta.force.access import Permission, Scope
from rabta.force.models import Unit
from rabta.groups.models import Again, Broadcast, Chosen, Group, Member
from rabta.journey.groups.broadcasts import saying
from rabta.outbox.models import Delivery


def say_to(
    *,
    unit: Unit,
    words: Mapping[str, str],
    what: str,
    by: Scope | None,
    now: datetime,
    about: str = "",
    members: Iterable[Member] = (),
    again: Iterable[Broadcast] = (),
    groups: Sequence[Group] = (),
    priority: int = Delivery.Priority.BULK,
    buttons: Sequence[Button] | Mapping[str, Sequence[Button]] = (),
    near: tuple[float, float] | None = None,
    template: str = saying.TEMPLATE,
    due_at: datetime | None = None,
) -> Broadcast:
    """Say it in the name of a unit. `again`: exactly those who got these; `by` is empty where the force itself speaks.

    The caller has made sure that the officer may. Refused where the words can't be sent.
    """
    again = list(again)
    said = saying.Said(words=saying.checked_words(words), buttons=buttons, template=template)
    broadcast = saying.write_down(
        groups=groups, said=said, what=what, about=about, officers_only=False, priority=priority,
        near=near, due_at=due_at, now=now, unit=unit,
    )  # fmt: skip
    if again:
        broadcast.heard_by = sorted(set(broadcast.heard_by).union(*(earlier.heard_by for earlier in again)))
        broadcast.save(update_fields=["heard_by"])
    Again.objects.bulk_create(Again(broadcast=broadcast, earlier=earlier) for earlier in again)
    Chosen.objects.bulk_create(Chosen(broadcast=broadcast, member=member) for member in members)
    if by is not None:
        broadcast.officer, broadcast.post_id = by.officer, _post(by, unit)
        broadcast.save(update_fields=["officer", "post"])
        audit.record(
            "said_to_groups", now=now, officer_id=by.officer.pk, subject="broadcast", ids=[broadcast.pk]
        )
    return broadcast


def _post(by: Scope, unit: Unit) -> int | None:
    fitting = (g.post_id for g in by.grants if Permission.GROUPS in g.permissions and g.unit_id in unit.path)
    return next(fitting, None)

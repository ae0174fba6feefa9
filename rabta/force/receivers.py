"""Who receives what is said against a unit: which choices are safe, for the tables and for the page alike.

Units are meant by their paths, from the force down; the steps may be ids or codes.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

from django.utils.translation import gettext as _

from rabta.force.access import PERMISSIONS, SERVES_PARENT, Permission

Step = TypeVar("Step", int, str)


def deciding(posts: Iterable[tuple[str, Sequence[Step]]]) -> frozenset[Step]:
    """The units for which somebody decides on withheld cases, from each post's role and the path of its unit."""
    found = set()
    for role, path in posts:
        if Permission.RELEASE in PERMISSIONS.get(role, ()):
            found.add(path[-2] if role in SERVES_PARENT and len(path) > 1 else path[-1])
    return frozenset(found)


def trouble(*, unit: Sequence[Step], receiver: Sequence[Step], decided_for: Collection[Step]) -> str:
    """Why `receiver` can't receive what is said against `unit` and those below it; empty when it can.

    The force itself may name a unit below it, for accusations of which nobody knows yet whom they accuse. Every other
    unit needs somebody outside: whoever serves in or below it is shut out of the case.
    """
    if tuple(receiver) == tuple(unit):
        return _("A unit can't receive what is said against itself.")
    if len(unit) > 1 and tuple(receiver[: len(unit)]) == tuple(unit):
        return _("The receiver lies below the unit itself: whoever serves there would be accused too.")
    if receiver[-1] not in decided_for:
        return _(
            "At the receiver nobody decides on withheld cases. It needs a desk or an oversight office below it, with a"
            " post there."
        )
    return ""

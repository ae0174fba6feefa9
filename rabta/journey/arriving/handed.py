"""Cases of other forces: which case of ours each has become."""

from collections.abc import Sequence
from datetime import datetime

from rabta.cases.arrival import Heard
from rabta.cases.events import Actor, record
from rabta.cases.transfers import Handed
from rabta.replying import safety


def note(heard: Sequence[Heard], *, actor: Actor, now: datetime) -> None:
    """Put the case that a handed-over matter opened to what the page noted when it came; what was known there of safe
    contact counts here too."""
    for h in heard:
        number, force = h.item.choices.get("handed", ""), h.item.choices.get("handed_by", "")
        if not (number and h.case):
            continue
        row = Handed.objects.select_for_update().filter(force=force, number=number, case=None).first()
        if row is None:
            continue
        Handed.objects.filter(pk=row.pk).update(case=h.case)
        safety.chosen([(h.case, h.handle, h.item.choices.get("safe", ""))])
        record(h.case, "handed", now=now, actor=actor, force=force, reference=row.reference)

"""What came in, with who wrote it and what the words say: the material of all that follows."""

from collections.abc import Sequence
from datetime import datetime

from rabta.cases.arrival import Heard
from rabta.cases.events import Actor
from rabta.channels.contract import Arrived
from rabta.intake.reading import Incoming
from rabta.journey.arriving import identities
from rabta.triage.assess import Assessment


def recognise(
    incoming: Sequence[Incoming[Arrived]], assessed: Sequence[Assessment], *, actor: Actor, now: datetime
) -> list[Heard]:
    """Each message with its writer, known or new, and its assessment; in the same order."""
    handles = identities.handles_of(incoming, actor=actor, now=now)
    return [
        Heard(
            account=one.account,
            item=one.item,
            received_at=one.received_at,
            handle=handle,
            journal_id=one.journal_id,
            language=assessment.language,
            noise=assessment.noise,
            category=assessment.category,
            urgency=assessment.known_urgency,
            withheld=assessment.withheld,
        )
        for one, assessment, handle in zip(incoming, assessed, handles, strict=True)
    ]

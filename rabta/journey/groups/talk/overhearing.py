"""What is said in a chat elsewhere that is linked to a group counts for it, whatever else becomes of it."""

from collections.abc import Sequence
from datetime import datetime

from rabta.channels.contract import Arrived
from rabta.groups import outside
from rabta.intake.contents import Incoming
from rabta.journey.groups import talk_words


def count(incoming: Sequence[Incoming[Arrived]], *, now: datetime) -> None:
    """Count it; what is withheld leaves no trace with the group. Nothing is asked where nobody spoke in a group."""
    said = [
        outside.Overheard(
            account_id=one.account.pk,
            chat=one.item.group,
            noise=talk_words.noise_of(one.item.text) is not None,
        )
        for one in incoming
        if one.item.group and one.item.overheard and not one.item.history
        if not talk_words.is_withheld(one.item.text)
    ]
    outside.count(said, at=now)

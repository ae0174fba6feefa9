"""The provider's error numbers and what they mean for a letter."""

from datetime import timedelta

from rabta.channels.contract import TroubleCode
from rabta.channels.meta.graph import Meaning

BUSY = Meaning(TroubleCode.BUSY, retry=True)
PAIR_BUSY = Meaning(TroubleCode.BUSY, retry=True, after=timedelta(seconds=6))  # one in 6 s to the same person
PROVIDER_FAILED = Meaning(TroubleCode.UNREACHABLE, retry=True)
MEDIA = Meaning(TroubleCode.MEDIA)
MEDIA_AGAIN = Meaning(TroubleCode.MEDIA, retry=True)
RECIPIENT = Meaning(TroubleCode.RECIPIENT)
WINDOW_CLOSED = Meaning(TroubleCode.WINDOW_CLOSED)
TEMPLATE = Meaning(TroubleCode.TEMPLATE)
CREDENTIALS = Meaning(TroubleCode.CREDENTIALS)
REFUSED = Meaning(TroubleCode.REFUSED)

MEANINGS: dict[int, Meaning] = {
    **dict.fromkeys((4, 80007, 130429, 131048, 133016), BUSY),
    131056: PAIR_BUSY,
    **dict.fromkeys((1, 2, 131000, 131016), PROVIDER_FAILED),
    131053: MEDIA_AGAIN,
    131052: MEDIA,
    # 131062: this kind of message does not go to somebody who hides the number.
    **dict.fromkeys((131021, 131026, 131049, 131050, 131062), RECIPIENT),
    131047: WINDOW_CLOSED,
    **dict.fromkeys(range(132000, 132017), TEMPLATE),
    **dict.fromkeys((3, 10, 190, 368, 131005, 131031, 131042, 131045, 133010), CREDENTIALS),
    **dict.fromkeys(range(200, 300), CREDENTIALS),
}


def trouble_of(number: int) -> Meaning:
    """What an error number means; an unknown one means that the content was refused."""
    return MEANINGS.get(number, REFUSED)

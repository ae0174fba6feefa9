"""Error numbers of Pages, Messenger and Instagram, and what they mean for a letter. A known subcode decides."""

from datetime import timedelta

from rabta.channels.contract import TroubleCode
from rabta.channels.meta.graph import Graph, Meaning

BUSY = Meaning(TroubleCode.BUSY, retry=True)
ACCOUNT_BUSY = Meaning(TroubleCode.BUSY, retry=True, after=timedelta(minutes=5))  # of an hour's allowance
PROVIDER_FAILED = Meaning(TroubleCode.UNREACHABLE, retry=True)
WINDOW_CLOSED = Meaning(TroubleCode.WINDOW_CLOSED)
RECIPIENT = Meaning(TroubleCode.RECIPIENT)
MEDIA = Meaning(TroubleCode.MEDIA)
MEDIA_AGAIN = Meaning(TroubleCode.MEDIA, retry=True)
CREDENTIALS = Meaning(TroubleCode.CREDENTIALS)
REFUSED = Meaning(TroubleCode.REFUSED)

ANSWERED_ALREADY = 10900  # a comment can be answered privately once
MEANINGS: dict[int, Meaning] = {
    **dict.fromkeys((1, 2, 1200), PROVIDER_FAILED),
    **dict.fromkeys((4, 613), BUSY),
    **dict.fromkeys((17, 32, 80001, 80002, 80006), ACCOUNT_BUSY),
    **dict.fromkeys((551, 10903), RECIPIENT),
    **dict.fromkeys((ANSWERED_ALREADY, 10901), WINDOW_CLOSED),
    **dict.fromkeys((3, 10, 102, 190, 368), CREDENTIALS),
    **dict.fromkeys(range(200, 300), CREDENTIALS),
    **dict.fromkeys((100, 506), REFUSED),
}
SUBCODES: dict[tuple[int, int], Meaning] = {
    **dict.fromkeys(((10, 2018278), (10, 2018065), (10, 2534022), (100, 2534022)), WINDOW_CLOSED),
    **dict.fromkeys(((10, 2018108), (200, 1545041), (100, 2018001), (100, 2534014), (100, 33)), RECIPIENT),
    **dict.fromkeys(((100, 2018007), (100, 2018008), (100, 2018294)), MEDIA_AGAIN),
    **dict.fromkeys(((100, 2018047), (100, 2018074), (100, 2018109)), MEDIA),
    (613, 1893016): ACCOUNT_BUSY,
}


def meaning_of(number: int, subcode: int = 0) -> Meaning | None:
    """What an error means; None for a number that we do not know."""
    return SUBCODES.get((number, subcode)) or MEANINGS.get(number)


GRAPH = Graph(meaning_of)

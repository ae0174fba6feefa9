"""Whether an account of the force works: what is wrong with it, the worst first. Facts in, findings out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LATE = timedelta(minutes=5)  # a letter that is due so long has found nobody who sends it
CUT_OFF = timedelta(minutes=5)  # a connection that nobody has known to hold for so long is down


class Finding(StrEnum):
    """What can be wrong with an account."""

    REFUSED = "refused"  # the provider does not take our token: nothing goes out until it is renewed
    CUT_OFF = "cut_off"  # the connection that we keep to the provider does not hold
    NOT_SENDING = "not_sending"  # letters are due and nobody takes them
    SILENT = "silent"  # nothing has come in for longer than it ever should
    FAILING = "failing"  # the last thing that we tried went wrong
    PAUSED = "paused"  # by a person
    LEFT = "left"  # letters that will not go by themselves


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of an account. Times are None when it never happened; `quiet_after` None: it may be silent."""

    paused: bool
    last_in: datetime | None
    last_sent: datetime | None
    last_trouble: datetime | None
    trouble: str  # the code of the last trouble (channels.contract.TroubleCode)
    oldest_due: datetime | None
    stuck: int
    quiet_after: timedelta | None
    hearing: str = ""  # the code of what keeps us from hearing what people write; "" while nothing does
    keeps: bool = False  # whether we keep a connection to the provider …
    heard_at: datetime | None = None  # … and when it was last known to hold


def findings(facts: Facts, *, now: datetime) -> list[Finding]:
    """What is wrong, in the order of the class. A trouble counts until something was sent after it."""
    troubled = facts.last_trouble is not None and (
        facts.last_sent is None or facts.last_sent < facts.last_trouble
    )
    late = facts.oldest_due is not None and now - facts.oldest_due > LATE
    true = {
        Finding.REFUSED: (troubled and facts.trouble == "credentials") or facts.hearing == "credentials",
        Finding.CUT_OFF: facts.keeps and (facts.heard_at is None or now - facts.heard_at > CUT_OFF),
        Finding.NOT_SENDING: late and not facts.paused,
        Finding.SILENT: _silent(facts, now=now),
        Finding.FAILING: (troubled and facts.trouble != "credentials")
        or facts.hearing not in ("", "credentials"),
        Finding.PAUSED: facts.paused,
        Finding.LEFT: facts.stuck > 0,
    }
    return [finding for finding in Finding if true[finding]]


def alarm(found: list[Finding]) -> Finding | None:
    """The one that people are called for; what waits for an ordinary look calls nobody."""
    calls = (Finding.REFUSED, Finding.CUT_OFF, Finding.NOT_SENDING, Finding.SILENT)
    return next((finding for finding in found if finding in calls), None)


def _silent(facts: Facts, *, now: datetime) -> bool:
    """Only an account that something came to before can fall silent."""
    if facts.quiet_after is None or facts.last_in is None:
        return False
    return now - facts.last_in > facts.quiet_after

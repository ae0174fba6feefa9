"""When a letter that did not go is tried again, and when it is given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long to go on. Pauses grow by `factor` from `first` to `longest`."""

    first: timedelta
    factor: float
    longest: timedelta
    attempts: int
    age: timedelta


EMERGENCY = Patience(
    first=timedelta(seconds=0.5),
    factor=2,
    longest=timedelta(seconds=30),
    attempts=60,  # about half an hour, long after the next post was told
    age=timedelta(hours=1),
)
USUAL = Patience(
    first=timedelta(seconds=4),
    factor=2.5,
    longest=timedelta(hours=4),
    attempts=12,  # about eleven hours
    age=timedelta(hours=24),
)


def next_try(
    *,
    patience: Patience,
    attempts: int,
    queued_at: datetime,
    now: datetime,
    chance: float,
    after: timedelta | None = None,
) -> datetime | None:
    """When to try again after `attempts` tries, or None to give up.

    `chance` (0 to 1) spreads the pause between half and the whole of it, so that many letters do not return at
    once. `after` is the provider's own wish and is a minimum.
    """
    if attempts >= patience.attempts or now - queued_at >= patience.age:
        return None
    grown = min(
        patience.first.total_seconds() * patience.factor ** (attempts - 1), patience.longest.total_seconds()
    )
    pause = timedelta(seconds=grown * (0.5 + chance / 2))
    return now + max(pause, after or timedelta(0))

"""How fast an account may send, in all and to one person. In memory: one relay at a time sends for an account."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from rabta.channels.contract import Limits

# Tokens gather for a tenth of a second at most, so that a second never holds much more than the provider allows.
_GATHERED = 0.1
_RECOVERY = 0.05  # of the full rate, each second after the provider complained


@dataclass
class Bucket:
    """Tokens that return at `rate` a second. Starts empty: the relay before us may have just spent them."""

    rate: float
    clock: Callable[[], float]
    share: float = 1.0  # of the rate that is used: less for a while after the provider complained
    _tokens: float = 0.0
    _at: float = field(init=False)
    _slowed_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._at = self.clock()
        self._slowed_at = float("-inf")

    def available(self) -> int:
        """Whole tokens that can be taken now."""
        now = self.clock()
        passed, self._at = now - self._at, now
        self.share = min(1.0, self.share + passed * _RECOVERY)
        capacity = max(1.0, self.rate * _GATHERED)
        self._tokens = min(capacity, self._tokens + passed * self.rate * self.share)
        return int(self._tokens)

    def take(self, tokens: int) -> None:
        """Use up tokens."""
        self._tokens -= tokens

    def slow_down(self) -> None:
        """The provider says that it is too much: half the rate, at most once a second, and no tokens now."""
        now = self.clock()
        if now - self._slowed_at >= 1:
            self._slowed_at = now
            self.share = max(self.share / 2, 0.05)
            self._tokens = min(self._tokens, 0.0)


@dataclass
class Pairs:
    """The limit to one person: `burst` letters at once, then one each `interval`. No interval, no limit."""

    interval: timedelta | None
    burst: int
    clock: Callable[[], float]
    _full_at: dict[bytes, float] = field(default_factory=dict)  # when all of the burst is free again

    @classmethod
    def of(cls, limits: Limits, *, clock: Callable[[], float]) -> "Pairs":
        """The limit that a channel declares."""
        return cls(interval=limits.pair_interval, burst=limits.pair_burst, clock=clock)

    def take(self, digest: bytes) -> timedelta | None:
        """Take one for this person; or, with none left, how long until the next (and nothing is taken)."""
        if self.interval is None:
            return None
        now, step = self.clock(), self.interval.total_seconds()
        full_at = max(self._full_at.get(digest, now), now) + step
        wait = full_at - now - self.burst * step
        if wait > 1e-9:
            return timedelta(seconds=wait)
        self._full_at[digest] = full_at
        if len(self._full_at) > 10_000:
            self._full_at = {key: at for key, at in self._full_at.items() if at > now}
        return None

"""How fast an account may send, in all and to one person. In memory: one relay at a time sends for an account."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from rabta.channels.contract import Limits, Windowed

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
    """The limit to one person: `burst` letters at once, then one each `interval`. No interval, no limit.

    Beside it the account's own limits in a time: one for what is said in public, one for private letters.
    """

    interval: timedelta | None
    burst: int
    clock: Callable[[], float]
    windowed: Mapping[str, Windowed] = field(default_factory=dict)
    _full_at: dict[bytes, float] = field(default_factory=dict)  # when all of the burst is free again
    _taken_at: dict[str, deque[float]] = field(default_factory=dict)

    @classmethod
    def of(cls, limits: Limits, *, clock: Callable[[], float]) -> "Pairs":
        """The limit that a channel declares."""
        return cls(
            interval=limits.pair_interval, burst=limits.pair_burst, clock=clock, windowed=limits.windowed
        )

    def take(self, digest: bytes, *, public: bool = False) -> timedelta | None:
        """Take one for this person; or, with none left, how long until the next (and nothing is taken)."""
        kind = "public" if public else "private"
        wait = self._until_free(kind) or self._take_pair(digest)
        if wait is None and kind in self.windowed:
            self._taken_at[kind].append(self.clock())
        return wait

    def recall(self, taken: Iterable[tuple[str, float]]) -> None:
        """What was sent before, perhaps by another relay: the kind, and how many seconds ago; the oldest first."""
        now = self.clock()
        self._taken_at = {kind: deque() for kind in self.windowed}
        for kind, ago in taken:
            if kind in self._taken_at:
                self._taken_at[kind].append(now - ago)

    def _until_free(self, kind: str) -> timedelta | None:
        """How long until the account may send one more of this kind."""
        limit = self.windowed.get(kind)
        if limit is None:
            return None
        now, taken = self.clock(), self._taken_at.setdefault(kind, deque())
        while taken and now - taken[0] >= limit.within.total_seconds():
            taken.popleft()
        return timedelta(seconds=taken[0] - now) + limit.within if len(taken) >= limit.most else None

    def _take_pair(self, digest: bytes) -> timedelta | None:
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

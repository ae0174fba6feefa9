"""The provider's sending limits, as token buckets in memory."""

from __future__ import annotations

from simulator.errors import GraphError

PAIR_BURST = 45
PAIR_PERIOD = 6.0


class Bucket:
    """Holds up to `burst` tokens and regains `rate` a second."""

    def __init__(self, *, burst: float, rate: float, now: float) -> None:
        self.burst, self.rate, self.level, self.at = burst, rate, burst, now

    def has_one(self, now: float) -> bool:
        """Refill up to now and say whether a token is there."""
        self.level = min(self.burst, self.level + (now - self.at) * self.rate)
        self.at = now
        return self.level >= 1

    def take(self) -> None:
        """Use one token."""
        self.level -= 1


class Limits:
    """Messages a second per business number, and messages per pair of numbers."""

    def __init__(self) -> None:
        self._numbers: dict[str, Bucket] = {}
        self._pairs: dict[tuple[str, str], Bucket] = {}

    def check(self, *, account: str, per_second: int, phone: str, now: float) -> None:
        """Count one message; GraphError 130429 or 131056 when there is no room for it."""
        number = self._numbers.get(account)
        if number is None or number.rate != per_second:
            number = self._numbers[account] = Bucket(burst=per_second, rate=per_second, now=now)
        if not number.has_one(now):
            raise GraphError(
                130429,
                "Message failed to send because there were too many messages sent from this "
                "phone number in a short period of time.",
            )
        pair = self._pairs.get((account, phone))
        if pair is None:
            self._forget_full_pairs(now)
            pair = self._pairs[account, phone] = Bucket(burst=PAIR_BURST, rate=1 / PAIR_PERIOD, now=now)
        if not pair.has_one(now):
            raise GraphError(
                131056,
                "Message failed to send because there were too many messages sent from this "
                "phone number to the same phone number in a short period of time.",
            )
        number.take()
        pair.take()

    def _forget_full_pairs(self, now: float) -> None:
        if len(self._pairs) < 10_000:
            return
        longest = PAIR_BURST * PAIR_PERIOD
        self._pairs = {key: pair for key, pair in self._pairs.items() if now - pair.at < longest}

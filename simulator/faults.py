"""The provider's bad days: how often it delays, repeats, reorders, refuses or loses."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass
class Faults:
    """Switches with their usual values; probabilities run from 0 to 1, times are milliseconds."""

    delay_ms: int = 0  # added to every webhook
    api_delay_ms: int = 0  # added to every answer of the Graph API
    duplicate: float = 0.0  # a webhook comes twice
    reorder: float = 0.0  # a webhook is held back so that later ones overtake it
    http_429: float = 0.0  # Graph refuses with 130429, nothing accepted
    http_5xx: float = 0.0  # Graph fails with 503 or 500, nothing accepted
    lost_response: float = 0.0  # Graph accepts, then the connection breaks
    fail_sync_131047: bool = False  # the closed window is answered at once instead of by a failed status
    dedupe: bool = False  # a repeated biz_opaque_callback_data gets the first answer again
    limits: bool = True  # 80 a second per number, one in 6 s per pair with a burst of 45
    status_delay_ms: int = 120  # between accepted, sent and delivered
    retry_base_ms: int = 500  # first wait after a webhook that was not answered with 200; doubles each time
    retry_max_ms: int = 60_000
    seed: int | None = None

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def happens(self, probability: float) -> bool:
        """Throw the seeded die once."""
        return probability > 0 and self.random.random() < probability

    def as_dict(self) -> dict[str, Any]:
        """The switches as JSON."""
        return asdict(self)


def read_faults(given: object, *, start: Faults) -> Faults:
    """Return `start` changed by the given switches; ValueError says which one is wrong."""
    if not isinstance(given, dict):
        raise ValueError("faults: an object is needed")
    known = {field.name: field for field in fields(Faults)}
    values = start.as_dict()
    for name, value in given.items():
        if name not in known:
            raise ValueError(f"faults: unknown switch {name!r}; known: {', '.join(known)}")
        values[name] = _checked(name, value)
    return Faults(**values)


def _checked(name: str, value: Any) -> Any:
    usual = getattr(Faults, name)
    if isinstance(usual, bool):
        if not isinstance(value, bool):
            raise ValueError(f"faults: {name} is true or false")
        return value
    if name == "seed" and value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"faults: {name} is a number")
    if isinstance(usual, float) and not 0 <= value <= 1:
        raise ValueError(f"faults: {name} is a probability from 0 to 1")
    if value < 0:
        raise ValueError(f"faults: {name} is not negative")
    return value if isinstance(usual, float) else int(value)

"""What `rabta check` finds."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["danger", "wrong", "advice"]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something wrong, and what to do about it. `code` stays the same from version to version.

    `danger`: people's secrets or the record are at risk now. `wrong`: mend it before service. `advice`: better so.
    """

    code: str
    what: str
    mend: str
    severity: Severity = "wrong"

"""Safe contact: what may leave, by the table that an officer would write."""

import pytest

from rabta.rules.contact import may_leave

BY_ITSELF, BY_AN_OFFICER = True, False


@pytest.mark.parametrize(
    ("automatic", "receipt", "careful", "safe", "leaves"),
    [
        (BY_ITSELF, True, True, "", True),  # the neutral receipt
        (BY_ITSELF, False, True, "", False),  # nothing more by itself
        (BY_ITSELF, False, True, "yes", True),  # they said it is safe
        (BY_ITSELF, False, False, "", True),  # an ordinary matter
        (BY_AN_OFFICER, False, True, "", True),  # an officer has thought about it
        (BY_ITSELF, True, True, "no", False),  # they said it is not safe
        (BY_AN_OFFICER, False, True, "no", False),
        (BY_AN_OFFICER, False, False, "no", False),
        (BY_ITSELF, True, False, "no", False),
    ],
)
def test_what_may_leave(automatic: bool, receipt: bool, careful: bool, safe: str, leaves: bool) -> None:
    assert may_leave(automatic=automatic, receipt=receipt, careful=careful, safe=safe) is leaves

"""Safe contact: what may leave, by the table that an officer would write."""

import pytest

from rabta.rules.contact import most_careful, what_leaves

BY_ITSELF, BY_AN_OFFICER = True, False


@pytest.mark.parametrize(
    ("automatic", "receipt", "careful", "safe", "leaves"),
    [
        (BY_ITSELF, True, True, "", "words"),  # the neutral receipt
        (BY_ITSELF, False, True, "", "nothing"),  # nothing more by itself
        (BY_ITSELF, False, True, "yes", "words"),  # they said it is safe
        (BY_ITSELF, False, False, "", "words"),  # an ordinary matter
        (BY_AN_OFFICER, False, True, "", "neutral"),  # it would show on a lock screen
        (BY_AN_OFFICER, False, True, "yes", "words"),
        (BY_AN_OFFICER, False, False, "", "words"),
        (BY_ITSELF, True, True, "no", "nothing"),  # they said it is not safe
        (BY_AN_OFFICER, False, True, "no", "nothing"),
        (BY_AN_OFFICER, False, False, "no", "nothing"),
        (BY_ITSELF, True, False, "no", "nothing"),
    ],
)
def test_what_leaves(automatic: bool, receipt: bool, careful: bool, safe: str, leaves: str) -> None:
    assert what_leaves(automatic=automatic, receipt=receipt, careful=careful, safe=safe) == leaves


@pytest.mark.parametrize(
    ("answers", "counts"),
    [([], ""), (["", ""], ""), (["yes", ""], "yes"), (["yes", "no"], "no"), (["", "no"], "no")],
)
def test_the_most_careful_answer_counts(answers: list[str], counts: str) -> None:
    assert most_careful(answers) == counts

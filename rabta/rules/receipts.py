"""What a provider's receipt makes of a delivery. Receipts come late, twice, and out of order."""

# A later state never gives way to an earlier one; `failed` gives way to proof that the letter arrived.
RANK = {"queued": 0, "sending": 1, "in_doubt": 2, "sent": 3, "failed": 4, "delivered": 5, "read": 6}
# What providers say beyond our own words: a voice note that was played was also read.
MEANS = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}


def state_after(*, state: str, statuses: list[str]) -> str:
    """The state of a delivery that is in `state` once these statuses are known, in whatever order they came.

    A failure of a delivery that waits in the queue is of an earlier try and is ignored; proof of its arrival is not.
    """
    best = state
    for status in statuses:
        meant = MEANS.get(status)
        if meant is None or (meant == "failed" and state == "queued"):
            continue
        if RANK[meant] > RANK[best]:
            best = meant
    return best

"""What a provider's receipt makes of a delivery. Receipts come late, twice, and out of order."""

# A later state never gives way to an earlier one; `failed` gives way to proof that the letter arrived.
RANK = {"queued": 0, "sending": 1, "in_doubt": 2, "sent": 3, "failed": 4, "delivered": 5, "read": 6}
# What providers say beyond our own words: a voice note that was played was also read.
MEANS = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}


def state_after(*, state: str, statuses: list[str], ours: bool = True) -> str:
    """The state of a delivery that is in `state` once these statuses are known, in whatever order they came.

    `ours` is False when a failure belongs to an earlier try of a delivery that is being sent again. A failure of a
    delivery that waits in the queue is of an earlier try as well: it is ignored.
    """
    best = state
    for status in statuses:
        meant = MEANS.get(status)
        if meant is None or (meant == "failed" and (state == "queued" or not ours)):
            continue
        if RANK[meant] > RANK[best]:
            best = meant
    return best

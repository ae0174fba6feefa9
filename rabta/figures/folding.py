"""Folding changed cases into the facts and sums that figures are read from."""

from django.conf import settings
from django.db import connection

MOST = 2000  # changes at a time


def step(*, most: int = MOST) -> int:
    """Fold in some changes; says how many. 0 also while another process is at it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rabta_fold_figures(%s, %s)", [settings.TIME_ZONE, most])
        (number,) = cursor.fetchone()
    return int(number)


def fold(*, steps: int = 50) -> None:
    """Fold in all that was changed, or as much as these steps hold."""
    for _ in range(steps):
        if step() < MOST:
            return

"""PINs: six digits under Argon2, five tries, then nothing until the district gives a new one."""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import check_password, make_password

from rabta.force.models import Officer, Pin

MOST_TRIES = 5


def give(*, officer: Officer, now: datetime) -> str:
    """A new PIN to be told to the officer, who chooses another one at the next sign-in. It is kept nowhere."""
    pin = f"{secrets.randbelow(10**6):06d}"
    _keep(officer, pin, given=True, now=now)
    return pin


def choose(*, officer: Officer, pin: str, now: datetime) -> None:
    """The officer's own choice."""
    _keep(officer, pin, given=False, now=now)


def is_right(*, officer: Officer, pin: str) -> bool:
    """Whether this is the officer's PIN. A wrong one counts; after five, the right one is wrong too.

    Tries at the same time wait for each other (the row is locked), and each costs the same work.
    """
    kept = Pin.objects.select_for_update().filter(officer=officer).first()
    fits = check_password(pin, kept.digest if kept else "")
    if kept is None or kept.tries >= MOST_TRIES:
        return False
    kept.tries = 0 if fits else kept.tries + 1
    kept.save(update_fields=["tries"])
    return fits


def is_locked(officer: Officer) -> bool:
    """Whether only the district can help."""
    return Pin.objects.filter(officer=officer, tries__gte=MOST_TRIES).exists()


def _keep(officer: Officer, pin: str, *, given: bool, now: datetime) -> None:
    facts = {"digest": make_password(pin), "tries": 0, "given": given, "set_at": now}
    Pin.objects.update_or_create(officer=officer, defaults=facts)

"""Tokens of the API. What is shown once is kept nowhere; the database has its hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from rabta.audit.writing import record
from rabta.force.access import system
from rabta.force.models import ApiToken, Officer
from rabta.force.tokens import alive

PREFIX = "rabta_"  # so that scanners of source code recognise a leaked one
NOTE_USE_EVERY = timedelta(minutes=1)


class UnknownOfficer(Exception):
    """Nobody who may sign in has this user name; the text says so."""


def create(*, username: str, label: str = "", now: datetime | None = None) -> str:
    """A new token with the rights of the officer, whatever these are at the time, good for a year; recorded.

    Raises UnknownOfficer.
    """
    now = now or timezone.now()
    officer = Officer.objects.filter(username=username, is_active=True).first()
    if officer is None:
        raise UnknownOfficer(_("No officer has the user name “%(name)s”.") % {"name": username})
    token = PREFIX + secrets.token_urlsafe(32)
    with system("command line"):
        ApiToken.objects.create(officer=officer, digest=_digest(token), label=label[:80], created_at=now)
        record("token_made", now=now, reason="command line", subject="officer", ids=[officer.pk])
    return token


def end(*, username: str, now: datetime) -> int:
    """End all tokens of an officer, also of a closed account; how many there were. Raises UnknownOfficer."""
    officer = Officer.objects.filter(username=username).first()
    if officer is None:
        raise UnknownOfficer(_("No officer has the user name “%(name)s”.") % {"name": username})
    return ApiToken.objects.filter(officer=officer, revoked_at=None).update(revoked_at=now)


def officer_of(token: str, *, now: datetime) -> Officer | None:
    """The officer whose token this is; None when it is unknown, ended, or the officer's account is closed."""
    found = alive(now=now).filter(digest=_digest(token)).select_related("officer").first()
    if found is None:
        return None
    if found.last_used_at is None or now - found.last_used_at > NOTE_USE_EVERY:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return found.officer


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

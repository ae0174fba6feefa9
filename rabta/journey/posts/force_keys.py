"""Keys of other forces. One hands cases to us (`web.api.handed`) and does nothing else; the database has its hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rabta.audit.writing import record
from rabta.cases.transfers import ForceKey
from rabta.force.models import Officer
from rabta.journey.posts.neighbours import others

PREFIX = "rabta_force_"  # so that scanners of source code recognise a leaked one
NOTE_USE_EVERY = timedelta(minutes=1)


class UnknownForce(Exception):
    """No other force has this code; the text says so."""


def make(*, force: str, by: Officer | None, now: datetime) -> str:
    """A new key for one other force, shown once; recorded. Raises UnknownForce."""
    known = others().forces
    if force not in known:
        raise UnknownForce(
            _("No other force has the code “%(code)s”. These are known: %(known)s.")
            % {"code": force, "known": ", ".join(known)}
        )
    key = PREFIX + secrets.token_urlsafe(32)
    made = ForceKey.objects.create(force=force, digest=_digest(key), made_at=now, made_by=by)
    _record("force_key_made", made, by=by, now=now)
    return key


def end(key: ForceKey, *, by: Officer | None, now: datetime) -> None:
    """The key opens nothing from now on; recorded."""
    if ForceKey.objects.filter(pk=key.pk, ended_at=None).update(ended_at=now):
        _record("force_key_ended", key, by=by, now=now)


def force_of(key: str, *, now: datetime) -> str | None:
    """The force that this key was made for; None when it is unknown or ended."""
    found = ForceKey.objects.filter(ended_at=None, digest=_digest(key)).first()
    if found is None:
        return None
    if found.last_used_at is None or now - found.last_used_at > NOTE_USE_EVERY:
        ForceKey.objects.filter(pk=found.pk).update(last_used_at=now)
    return found.force


def _record(act: str, key: ForceKey, *, by: Officer | None, now: datetime) -> None:
    who = {"officer_id": by.pk} if by else {"reason": "command line"}
    record(act, now=now, subject="force_key", ids=[key.pk], detail={"force": key.force}, **who)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()

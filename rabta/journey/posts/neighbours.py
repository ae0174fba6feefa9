"""Which of the forces is ours, and where the others take cases: said by administrators, because cases go there."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from rabta import keys
from rabta.audit.writing import record
from rabta.cases.refusal import Refused
from rabta.cases.transfers import Neighbour
from rabta.force.models import Officer
from rabta.replying.forces import Force, forces

LOOPBACK = ("localhost", "127.0.0.1", "::1")
LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Others:
    """The forces that a case can be given to: all of the table but our own; and those that take papers by machine."""

    forces: dict[str, Force]
    with_rabta: frozenset[str]


def others() -> Others:
    """As administrators say. One query."""
    known = list(Neighbour.objects.all())
    own = {one.force for one in known if one.own}
    return Others(
        forces={code: force for code, force in forces().items() if code not in own},
        with_rabta=frozenset(one.force for one in known if one.address and one.sealed_key),
    )


def say_own(*, force: str, by: Officer, now: datetime) -> None:
    """Say which force of the table is ours: no case is transferred to it. Empty: none of them."""
    if force and force not in forces():
        raise Refused(_("Choose the force from the list."))
    Neighbour.objects.filter(own=True).exclude(force=force).update(own=False, changed_at=now, changed_by=by)
    if force:
        facts = {"own": True, "address": "", "sealed_key": None, "changed_at": now, "changed_by": by}
        Neighbour.objects.update_or_create(force=force, defaults=facts)
    record("own_force_named", now=now, officer_id=by.pk, subject="force", detail={"force": force})


def join(*, force: str, address: str, key: str, by: Officer, now: datetime) -> None:
    """Say where another force takes cases, and with which key of ours there. An empty key leaves the one that is kept.

    Without an address nothing goes there by machine any more, and the key is forgotten. Raises Refused.
    """
    known = Neighbour.objects.filter(force=force).first()
    if force not in forces() or (known and known.own):
        raise Refused(_("Choose another force from the list."))
    address, key = address.strip().rstrip("/"), key.strip()
    sealed = keys.fernet("accounts").encrypt(key.encode()) if key else (known.sealed_key if known else None)
    if address:
        _check(address)
        if known and known.address and known.address != address and not key:
            raise Refused(_("Another address wants its own key: enter the one that was made there for us."))
        if not sealed:
            raise Refused(_("Enter the key that was made there for us."))
    facts = {"address": address, "sealed_key": sealed if address else None}
    Neighbour.objects.update_or_create(force=force, defaults={**facts, "changed_at": now, "changed_by": by})
    record("force_joined", now=now, officer_id=by.pk, subject="force", detail={"force": force})


def _check(address: str) -> None:
    """Over TLS, to a plain place of the internet; a machine on the way could read whole cases otherwise."""
    try:
        parts = urlsplit(address)
        plain = bool(parts.hostname) and not (parts.query or parts.fragment or parts.username or parts.path)
        _port = parts.port
    except ValueError:
        plain = False
    if not plain or len(address) > LONGEST:
        raise Refused(_("Enter the address as https://desk.example.org, with nothing behind it."))
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise Refused(_("The address must begin with https://. Citizens' names go there."))

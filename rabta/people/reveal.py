"""Showing who somebody is. Every look is recorded."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from rabta import audit, keys
from rabta.force.access import Scope
from rabta.people.models import Handle


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What an officer may see of a person. `number` is empty for the protected."""

    name: str
    number: str
    protected: bool


def reveal(handles: Iterable[Handle], *, by: Scope, purpose: str, now: datetime) -> dict[int, Shown]:
    """Name and number by handle id; an alias for the protected. Writes one record for the whole call."""
    handles = list(handles)
    opened = [handle.pk for handle in handles if handle.shown]
    if opened:
        audit.record(
            f"reveal:{purpose}"[:40], now=now, officer_id=by.officer.pk, subject="handle", ids=opened
        )
    return {handle.pk: _shown(handle) for handle in handles}


def told_to_force(handle: Handle, *, officer_id: int, case_id: int, now: datetime) -> Shown:
    """Name and number for another force that takes the case over; the record says which officer gave it there."""
    if handle.shown:
        act, ids = "reveal:other force", [handle.pk]
        audit.record(act, now=now, officer_id=officer_id, subject="handle", ids=ids, case_id=case_id)
    return _shown(handle)


def behind(alias: str) -> Shown:
    """What is shown of somebody whose name is not to be seen."""
    return Shown(name=_called(alias), number="", protected=True)


def _called(alias: str) -> str:
    return _("Citizen %(alias)s") % {"alias": alias}


def _shown(handle: Handle) -> Shown:
    if not handle.shown:
        return behind(handle.person.alias)
    facts = json.loads(keys.fernet("desk").decrypt(bytes(handle.shown)))
    name = facts["name"] or facts["number"] or _called(handle.person.alias)
    return Shown(name=name, number=facts["number"], protected=False)

"""Keyholders whose browsers are played by pyrage, and what their keys do to boxes."""

import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pyrage

from rabta.force.models import Officer
from rabta.people import vault
from rabta.people.models import Keyholder
from tests.cast import NOW

CUSTODIANS = ("ctd_head", "women_head", "cyber_head")
APPROVERS = ("oversight", "sp_mardan", "co_rural")


@dataclass(frozen=True)
class Held:
    """A key and whose it is."""

    holder: Keyholder
    key: pyrage.x25519.Identity
    officer: Officer


def make(cast: SimpleNamespace) -> dict[str, Held]:
    """Three custodians and three approvers with confirmed keys, by the name in the cast."""
    groups = dict.fromkeys(CUSTODIANS, "custodian") | dict.fromkeys(APPROVERS, "approver")
    return {name: held(getattr(cast, name), group, cast) for name, group in groups.items()}


def held(officer: Officer, group: str, cast: SimpleNamespace) -> Held:
    key = pyrage.x25519.Identity.generate()
    public = str(key.to_public())
    holder = Keyholder.objects.create(
        officer=officer,
        group=group,
        public_key=public,
        fingerprint=vault.fingerprint(public),
        appointed_by=cast.administrator,
        appointed_at=NOW,
        registered_at=NOW,
        confirmed_by=cast.desk_head,
        confirmed_at=NOW,
    )
    return Held(holder, key, officer)


def reseal(box: bytes, *, approver: Held, custodian: Held) -> bytes:
    """What the approver's browser does: opens the outer layer and seals the inner one to one custodian."""
    inner = pyrage.decrypt(bytes(box), [approver.key])
    return pyrage.encrypt(inner, [custodian.key.to_public()])


def open_box(box: bytes, *, custodian: Held) -> dict[str, Any]:
    """What the custodian's browser does."""
    facts: dict[str, Any] = json.loads(content(box, custodian=custodian))
    facts.pop(vault.PROOF)
    return facts


def content(box: bytes, *, custodian: Held) -> bytes:
    """What is inside, byte by byte."""
    return pyrage.decrypt(pyrage.decrypt(bytes(box), [custodian.key]), [custodian.key])


def opens(box: bytes, *keys: pyrage.x25519.Identity) -> bool:
    """Whether these keys alone come to what is inside."""
    try:
        pyrage.decrypt(pyrage.decrypt(bytes(box), list(keys)), list(keys))
    except pyrage.DecryptError:
        return False
    return True


def outer(inner: bytes, to: vault.Locks) -> bytes:
    """The outer layer as a browser makes it: for the approvers of today, and nothing else in its head."""
    return pyrage.encrypt(inner, [pyrage.x25519.Recipient.from_str(k.public_key) for k in to.approvers])

"""Who holds the keys to sealed identities: appointed, registered, confirmed, ended; and whether there are enough."""

import re
from collections.abc import Iterator
from datetime import datetime

import pyrage
from django.utils.translation import gettext as _

from rabta.force.models import Officer
from rabta.people import vault
from rabta.people.models import Keyholder

_AGE = re.compile(r"age1[0-9a-z]{58}")


class NotPossible(Exception):
    """What an officer asked for cannot be done; the text says why."""


def appoint(*, officer: Officer, group: str, by: Officer, now: datetime) -> Keyholder:
    """Make an officer a custodian or an approver, never both. Takes effect when the key is confirmed."""
    if group not in Keyholder.Group.values:
        raise NotPossible(_("Choose custodian or approver."))
    if officer.pk == by.pk:
        raise NotPossible(_("Nobody appoints himself. Ask another administrator."))
    if Keyholder.objects.filter(officer=officer, ended_at=None).exists():
        raise NotPossible(_("This officer holds a key already. Nobody is custodian and approver at once."))
    return Keyholder.objects.create(officer=officer, group=group, appointed_by=by, appointed_at=now)


def register(*, holder: Keyholder, public_key: str, now: datetime) -> None:
    """Keep the public half of the key that the officer made. A key that was confirmed is not exchanged."""
    public_key = public_key.strip()
    if holder.ended_at or holder.confirmed_at:
        raise NotPossible(_("Your key is confirmed. For a new one an administrator has to end it first."))
    if not is_public_key(public_key):
        raise NotPossible(_("This is no public key. Make it with the button on this page."))
    if Keyholder.objects.filter(public_key=public_key).exclude(pk=holder.pk).exists():
        raise NotPossible(_("This key was registered before. Make a new one."))
    holder.public_key, holder.fingerprint = public_key, vault.fingerprint(public_key)
    holder.registered_at = now
    holder.save(update_fields=["public_key", "fingerprint", "registered_at"])


def is_public_key(text: str) -> bool:
    """Whether the text is an age public key with a right check sum."""
    if not _AGE.fullmatch(text):
        return False
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def confirm(*, holder: Keyholder, fingerprint: str, by: Officer, now: datetime) -> None:
    """A second administrator has compared the fingerprint with the officer. From now on it is sealed to this key."""
    if by.pk in (holder.appointed_by_id, holder.officer_id):
        raise NotPossible(_("Another administrator than the one who appointed has to confirm."))
    if not holder.public_key or holder.ended_at or holder.confirmed_at:
        raise NotPossible(_("There is no key to confirm."))
    if re.sub(r"[^0-9a-f]", "", fingerprint.lower()) != holder.fingerprint:
        raise NotPossible(
            _("The fingerprint is not the one of the registered key. Compare it again, digit by digit.")
        )
    holder.confirmed_by, holder.confirmed_at = by, now
    holder.save(update_fields=["confirmed_by", "confirmed_at"])


def end(*, holder: Keyholder, by: Officer, now: datetime) -> None:
    """From now on nothing is sealed to this key. What was sealed to it before, it still opens."""
    if holder.ended_at:
        raise NotPossible(_("This key has ended already."))
    holder.ended_by, holder.ended_at, holder.on_call = by, now, False
    holder.save(update_fields=["ended_by", "ended_at", "on_call"])


def problems() -> Iterator[tuple[str, str]]:
    """What is missing for identities to be sealed and opened, each with what to do: for `rabta check`."""
    holders = Keyholder.objects.exclude(confirmed_at=None).filter(ended_at=None)
    for group in Keyholder.Group:
        number = holders.filter(group=group).count()
        if number < vault.WANTED:
            yield (
                f"{number} of {vault.WANTED} {group.value}s have a confirmed key.",
                "Appoint officers and confirm their keys on the page of keyholders (/keyholders/)."
                if number
                else "Without them no identity is sealed. Appoint officers on the page of keyholders (/keyholders/).",
            )
        elif not holders.filter(group=group, on_call=True).exists():
            yield (
                f"No {group.value} is on call for a threat to life.",
                "Let one of them mark himself as on call (/key/).",
            )

"""Custodians and approvers of the demonstration, with keys that are ready, so that the whole opening can be tried.

In service keys are made in browsers and never reach a server. Here each officer downloads a ready one on the page
"My key"; it opens with the passphrase of all logins. Locking all six here would take twelve seconds.
"""

from datetime import datetime
from pathlib import Path

import pyrage
from django.conf import settings
from django.utils.translation import gettext as _

from rabta.demo.force import PASSWORD
from rabta.force.models import Officer
from rabta.people import vault
from rabta.people.models import Keyholder

FOLDER = "demo-keys"
GROUPS = {
    Keyholder.Group.APPROVER: ("OVERSIGHT", "DPO-MRD", "DPO-NSR"),
    Keyholder.Group.CUSTODIAN: ("CTD-HEAD", "CYBER-HEAD", "WOMEN-HEAD"),
}


def create(*, now: datetime) -> None:
    """Appoint, register and confirm all of them, and leave their keys in RABTA_HOME/demo-keys."""
    folder = Path(settings.HOME) / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "passphrase").write_text(PASSWORD)  # the page locks a key with it when that is downloaded
    first, second = _holder("ADMIN"), _holder("ADMIN-2")
    for group, posts in GROUPS.items():
        for n, post in enumerate(posts):
            _appoint(_holder(post), group, by=(first, second), on_call=n == 0, folder=folder, now=now)


def _appoint(
    officer: Officer, group: str, *, by: tuple[Officer, Officer], on_call: bool, folder: Path, now: datetime
) -> None:
    key = pyrage.x25519.Identity.generate()
    public = str(key.to_public())
    Keyholder.objects.create(
        officer=officer,
        group=group,
        public_key=public,
        fingerprint=vault.fingerprint(public),
        appointed_by=by[0],
        appointed_at=now,
        registered_at=now,
        confirmed_by=by[1],
        confirmed_at=now,
        on_call=on_call,
    )
    file = folder / f"{officer.username}.key"
    file.touch(mode=0o600)
    file.write_text(f"# {public}\n{key}\n")


def _holder(post: str) -> Officer:
    return Officer.objects.get(postings__post__code=post, postings__ends=None)


def logins() -> list[tuple[str, str, str, str]]:
    """One approver and one custodian, with what to try; the keys are the demonstration's own."""
    words = {
        Keyholder.Group.APPROVER: _("sealed names: decides; key (demonstration only) at /key/"),
        Keyholder.Group.CUSTODIAN: _("sealed names: opens; key (demonstration only) at /key/"),
    }
    rows = Keyholder.objects.filter(ended_at=None).select_related("officer").order_by("id")
    first = {row.group: row for row in reversed(rows)}
    return [
        (str(row.get_group_display()), row.officer.username, PASSWORD, words[Keyholder.Group(group)])
        for group, row in first.items()
    ]

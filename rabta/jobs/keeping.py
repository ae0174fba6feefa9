"""What the worker does for people who must not be known, and for what is past its time."""

from django.utils import timezone

from rabta.cases.models import Attachment
from rabta.files import store
from rabta.force.access import system
from rabta.people import openings, vault
from rabta.retention import erasing, ledger

AT_ONCE = 20


def seal_originals() -> None:
    """Seal the originals of pictures that protected people sent: the cleaned copy is there, the camera's notes go.

    Recordings and documents have no cleaned copy; the desk seals them when it has noted what they say.
    """
    with system("sealing originals of protected people"):
        rows = Attachment.objects.filter(
            message__conversation__handle__person__protected=True,
            state=Attachment.State.STORED,
            file__cleaned__isnull=False,
            file__sealed=None,
        )
        waiting = list(rows.select_related("file", "message__conversation__handle").order_by("id")[:AT_ONCE])
        to = vault.locks() if waiting else None
    for attachment in waiting if to is not None else ():
        assert to is not None and attachment.file is not None
        with system("sealing originals of protected people"):
            person_id = attachment.message.conversation.handle.person_id
            try:
                vault.seal_file(attachment.file, person_id=person_id, to=to, now=timezone.now())
            except store.Damaged:
                continue


def end_openings() -> None:
    """Destroy what was sealed to custodians for requests that are over, and originals that should be gone."""
    with system("ending requests to open sealed names"):
        openings.empty_ended(now=timezone.now())
        vault.sweep_sealed_originals()


def erase() -> None:
    """Erase what is past its time, and write the proof beside the heads of the record, also when something failed."""
    try:
        erasing.run(now=timezone.now())
    finally:
        with system(erasing.REASON):
            ledger.write()

"""What the desk does for people who must not be known: hiding them, sealing what they told, and writing safely."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rabta.cases.events import record
from rabta.cases.models import Attachment, Case
from rabta.cases.protection import hide_author
from rabta.cases.refusal import Refused
from rabta.cases.source_files import stays_at_desk
from rabta.force.access import Permission, Scope
from rabta.journey.checks import allowed, locked, said_something
from rabta.people import vault
from rabta.people.models import Safe, Sealed
from rabta.people.vault import Secret
from rabta.replying import letters, safety
from rabta.rules.contact import most_careful

LONGEST = 500  # of each fact that is sealed
# Stored in English; pages translate it when they show it.
SEALED_REASON = gettext_noop("The original is sealed. What it says stands in the notes.")


def protect(*, case: Case, by: Scope, now: datetime) -> None:
    """Hide who wrote, because that person asked for it: an alias for everybody from now on."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    case = locked(case)
    if case.conversation.handle.person.protected:
        raise Refused(_("This person is protected already."))
    hide_author(case, now=now)
    record(case, "protected", now=now, actor=actor)


def seal_told(*, case: Case, facts: Mapping[str, str], by: Scope, now: datetime) -> None:
    """Seal what the protected person told of himself: name, number, national id. It is kept nowhere else."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    told = {name: said_something(value, limit=LONGEST) for name, value in facts.items() if value.strip()}
    if not told:
        raise Refused(_("Write what is to be sealed."))
    case = locked(case)
    person = case.conversation.handle.person
    if not person.protected:
        raise Refused(_("Only protected people have a sealed identity. Protect this person first."))
    secret = Secret(person_id=person.pk, what=Sealed.What.IDENTITY, facts=told)
    vault.seal([secret], to=locks(), now=now)
    record(case, "identity_sealed", now=now, actor=actor)


def seal_recordings(*, case: Case, by: Scope, now: datetime) -> int:
    """Seal the originals of voice notes, videos and documents, after somebody noted what they say; returns how many."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    case = locked(case)
    person = case.conversation.handle.person
    if not person.protected:
        raise Refused(_("Only protected people have a sealed identity. Protect this person first."))
    rows = Attachment.objects.filter(message__case=case, state=Attachment.State.STORED, file__cleaned=None)
    # A picture waits for its copy; then the worker seals it.
    waiting = list(rows.exclude(file__kind="image").select_related("file").order_by("id"))
    to = locks() if waiting else None
    for attachment in waiting:
        assert to is not None and attachment.file is not None
        vault.seal_file(attachment.file, person_id=person.pk, to=to, now=now)
        attachment.state, attachment.reason = Attachment.State.REFUSED, SEALED_REASON
        attachment.name = ""  # the name of the file may be that of the person; it is sealed too
        attachment.save(update_fields=["state", "reason", "name"])
    record(case, "recordings_sealed", now=now, actor=actor, number=len(waiting))
    return len(waiting)


def tell_of_file(*, case: Case, file: str, text: str, by: Scope, now: datetime) -> None:
    """Note what is in a voice note, video or document of a source: officers read that, and never get the file."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    attachment = _of_source(case, file)
    attachment.told = said_something(text, limit=10_000)
    attachment.save(update_fields=["told"])
    record(case, "file_told", now=now, actor=actor, kind=attachment.kind)


def release_file(*, case: Case, file: str, remark: str, by: Scope, now: datetime) -> None:
    """Let officers of this case have a source's file as it came; why is kept with the case."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    remark = said_something(remark, limit=1000)
    attachment = _of_source(case, file)
    attachment.released = True
    attachment.save(update_fields=["released"])
    record(case, "file_released", now=now, actor=actor, remark=remark)


def _of_source(case: Case, file: str) -> Attachment:
    """The file with this public id, as long as it stays at the desk."""
    locked(case)
    rows = Attachment.objects.filter(message__case=case, state=Attachment.State.STORED, public_id=file)
    found = rows.select_related("file", "message__conversation__handle__person").first()
    if found is None or not stays_at_desk(found):
        raise Refused(_("This file does not wait for the desk."))
    return found


def locks() -> vault.Locks:
    """The keys of today; refused while nobody holds one."""
    to = vault.locks()
    if to is None:
        raise Refused(_("Nobody holds a key yet, so nothing can be sealed. Ask an administrator."))
    return to


def set_safe(*, case: Case, safe: str, by: Scope, now: datetime) -> None:
    """Keep whether it is safe to write to this person on this channel, as the desk was told."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    if safe not in Safe.values:
        raise Refused(_("Choose one of the answers."))
    case = locked(case)
    others = case.conversation.handle.safe if case.withheld or case.confidential or case.author_alias else ""
    if most_careful((safe, others)) != safe:
        raise Refused(_("In another matter this person answered otherwise. The more careful answer counts."))
    safety.keep(safe, case=case, handle=case.conversation.handle)
    record(case, "safe_contact", now=now, actor=actor, safe=safe)
    if letters.free_text(case.conversation, now=now):
        letters.let_go([case], now=now)

"""What another force's Rabta gets of a case: the words, what about, where and when; and who said it, if it may be told.

Never notes, reports, remarks or names of officers: what the other force decides, it decides on what the citizen said.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rabta.cases.models import Attachment, Case, Message, Withheld
from rabta.cases.source_files import stays_at_desk
from rabta.cases.transfers import Transfer
from rabta.files.models import StoredFile
from rabta.journey.arriving.overheard import said_to_others
from rabta.people.reveal import told_to_force
from rabta.replying.letters import safe_of
from rabta.rules.other_forces import Facts, Goes, what_goes
from rabta.triage import tables

MEGABYTE = 1024 * 1024
MOST_BYTES = 32 * MEGABYTE  # of files together; a request may have 40 (web.uploads)
MOST_FILES = 20
LONGEST = 50_000  # characters


@dataclass(frozen=True, kw_only=True)
class Papers:
    """The body of the request, and the files that go with it."""

    body: dict[str, Any]
    files: list[StoredFile] = field(default_factory=list)


def goes_of(case: Case) -> Goes:
    """What of this case goes by machine, as it stands now."""
    category = tables.categories().get(case.category)
    return what_goes(
        Facts(
            accusation=case.withheld == Withheld.ACCUSATION
            or bool(case.accused_unit_id or case.accused_officers),
            confidential=case.confidential,
            protected=case.hides_author,
            careful=bool(case.withheld or (category and category.restricted)) or said_to_others(case),
        )
    )


def papers_of(transfer: Transfer, *, now: datetime) -> Papers | None:
    """What goes to the other force; None when nothing may. Looking at the person is recorded."""
    case = transfer.case
    goes = goes_of(case)
    if goes == Goes.NOTHING:
        return None
    said = list(
        Message.objects.filter(case=case, direction=Message.Direction.IN, revoked_at=None)
        .exclude(kind=Message.ANSWER)
        .order_by("id")
    )
    files, left_out = _files(said, all_of_it=goes == Goes.ALL)
    body = {
        "number": transfer.public_id,
        "reference": case.reference,
        "opened_at": case.opened_at.isoformat(),
        "language": case.language,
        "category": case.category,
        "tip": case.withheld == Withheld.TIP,
        "text": "\n\n".join(filter(None, (_words(one, linked=goes == Goes.ALL) for one in said)))[:LONGEST],
        "place": {"name": case.place, "lat": case.lat, "lng": case.lng},
        "left_out": left_out,
    }
    if goes == Goes.ALL:
        shown = told_to_force(
            case.conversation.handle, officer_id=transfer.officer_id, case_id=case.pk, now=now
        )
        body["person"] = {"name": "" if shown.protected else shown.name, "number": shown.number}
        body["safe"] = safe_of(case)
    return Papers(body=body, files=files)


def _words(message: Message, *, linked: bool) -> str:
    """What was said; `linked`: and where it stands in public, which names its writer."""
    return "\n".join(filter(None, (message.text.strip(), message.link if linked else "")))


def _files(said: list[Message], *, all_of_it: bool) -> tuple[list[StoredFile], int]:
    """Pictures as they may be looked at, everything else as it came; and how many stay here."""
    attached = list(
        Attachment.objects.filter(message__in=said).select_related("file__cleaned").order_by("id")
    )
    files: list[StoredFile] = []
    for one in attached if all_of_it else ():
        stored = one.state == Attachment.State.STORED and not stays_at_desk(one)
        file = one.file if stored else None
        file = file.cleaned if file and file.kind == "image" else file
        if file and len(files) < MOST_FILES and sum(f.size for f in files) + file.size <= MOST_BYTES:
            files.append(file)
    return files, len(attached) - len(files)

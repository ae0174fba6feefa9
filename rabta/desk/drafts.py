"""What officers have begun to write, kept for every machine; two tabs never overwrite each other without a word."""

from datetime import datetime, timedelta

from rabta.cases.models import Case
from rabta.desk.models import Draft
from rabta.force.models import Officer

LONGEST = 10_000
KEPT_FOR = timedelta(days=30)  # what nobody goes on with is forgotten


class Written(Exception):
    """Somebody (the same officer elsewhere) saved since: what stands there now, nothing at revision 0."""

    def __init__(self, text: str, revision: int) -> None:
        super().__init__(revision)
        self.text, self.revision = text, revision


def of_case(*, case: Case, officer: Officer) -> dict[str, Draft]:
    """The officer's drafts in a case, by kind."""
    return {draft.kind: draft for draft in Draft.objects.filter(case=case, officer=officer)}


def save(*, case: Case, officer: Officer, kind: str, text: str, revision: int, now: datetime) -> int:
    """Keep the text and return its revision; an empty text forgets it and returns 0.

    `revision` is the one that the writer began from (0: there was none). Raises `Written` when another stands there.
    """
    rows = Draft.objects.select_for_update().filter(case=case, officer=officer, kind=kind)
    found = rows.first()
    at = found.revision if found else 0
    if at != revision:
        raise Written(found.text if found else "", at)
    if not text.strip():
        rows.delete()
        return 0
    if found:
        rows.update(text=text[:LONGEST], revision=at + 1, at=now)
        return at + 1
    made = Draft(case=case, officer=officer, kind=kind, text=text[:LONGEST], at=now)
    # Two tabs that begin at the same moment: one wins, the other is told at its next saving.
    Draft.objects.bulk_create([made], ignore_conflicts=True)
    return made.revision


def sent(*, case: Case, officer: Officer, kind: str, text: str, revision: int | None) -> None:
    """The text has left. What was written elsewhere meanwhile, and is something else, stays."""
    rows = Draft.objects.select_for_update().filter(case=case, officer=officer, kind=kind)
    found = rows.first()
    if found and (revision is None or found.revision <= revision or text.startswith(found.text.strip())):
        rows.delete()


def forget(*, now: datetime) -> None:
    """Drafts that nobody went on with."""
    Draft.objects.filter(at__lt=now - KEPT_FOR).delete()

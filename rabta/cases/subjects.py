"""What a case says of its citizen's words without showing a message: its subject, and the words that reasons quote.

They are copies: what was edited or taken back must go from them too (`cases.changes`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from rabta import bulk
from rabta.cases import beside
from rabta.cases.locking import lock
from rabta.cases.models import Case, Message
from rabta.kit import scripts

LENGTH = 140
QUOTING = ("withheld_why", "waiting_why")  # reasons that may quote the citizen
GONE = "…"


def subject_of(text: str) -> str:
    """The first words of a text, for lists."""
    line = " ".join(text.split())
    return line if len(line) <= LENGTH else line[: LENGTH - 1] + GONE


def retake(case_ids: Iterable[int]) -> None:
    """Take the subject of these cases from what is first said there now (empty where nothing is), unless somebody still
    says it; leave out of their reasons, and of those of the matter that they are part of, what nobody says any more.

    Three queries, or none.
    """
    cases = lock(case_ids)
    if not cases:
        return
    rows = Message.objects.filter(
        Q(case__in=cases) | Q(case__part_of__in=cases),
        direction=Message.Direction.IN,
        revoked_at=None,
        noise="",
    )
    said: dict[int | None, list[Message]] = {}
    with_parts: dict[int | None, set[str]] = {}
    for message in beside.named(rows.select_related("case")).order_by("id"):
        said.setdefault(message.case_id, []).append(message)
        for pk in {message.case_id, message.case.part_of_id if message.case else None}:
            words = f"{message.judged_text} {beside.of_message(message)}"
            with_parts.setdefault(pk, set()).update(scripts.words(words))
    for case in cases.values():
        _take_subject(case, said.get(case.pk, []))
        for name in QUOTING:
            setattr(case, name, without_gone(getattr(case, name), with_parts.get(case.pk, set())))
    bulk.update(list(cases.values()), ["subject", *QUOTING])


def _take_subject(case: Case, said: Sequence[Message]) -> None:
    if case.subject in {subject_of(one.judged_text) for one in said}:
        return
    # what was said while the case was withheld is not for all who see it now
    firsts = (subject_of(one.judged_text) for one in said if not one.held)
    case.subject = next(filter(None, firsts), "")


def without_gone(why: dict[str, Any], words: set[str]) -> dict[str, Any]:
    """The reason; without its quotation where that has a word that is not among these."""
    quoted = why.get("words", "")
    return why if set(scripts.words(quoted)) <= words else why | {"words": GONE}

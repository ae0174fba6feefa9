"""Erasing what is past its time. SQL functions erase; here is decided what is due, and the proof is written.

What is left of a case are dates, state and units, so that figures of past years stay true.
"""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from rabta import keys
from rabta.audit.erasing import events_erased
from rabta.cases.models import Case, Kind, Message, State, Withheld
from rabta.files import store
from rabta.force.access import system
from rabta.groups import talk
from rabta.people.keeping import days
from rabta.people.models import Handle, Person
from rabta.retention import members
from rabta.retention.models import Erasure, Hold

log = logging.getLogger(__name__)
REASON = "erasing what is past its time"
MOST = 200  # things of one kind in one turn
SHRED_AFTER = timedelta(hours=1)  # bodies of protected people, once they have been read

# A case belongs to the first class that fits.
CLASSES: tuple[tuple[str, Q], ...] = (
    ("accusation", Q(withheld=Withheld.ACCUSATION) | Q(kind=Kind.AGAINST_POLICE)),
    ("restricted", Q(withheld=Withheld.RESTRICTED)),
    ("tip", Q(withheld=Withheld.TIP) | Q(kind=Kind.TIP)),
    ("query", Q(kind__in=[Kind.QUERY, Kind.FEEDBACK, Kind.PRAISE])),
    ("ordinary", Q()),
)
_CONTENT = """
SELECT json_agg(row_to_json(content)) FROM (
  SELECT m.id, m.text FROM cases_message m WHERE m.case_id = %(case)s ORDER BY m.id) content
"""


def run(*, now: datetime) -> int:
    """Erase everything that is due, each thing in its own transaction; returns how many."""
    each = (_cases, _addresses, _messages, _journal, _members, _pictures)
    return sum(1 for step in each for one in step(now) if one)


def due_cases(*, now: datetime) -> QuerySet[Case]:
    """Closed cases past the time of their class, not held and not erased yet."""
    due, earlier = Q(pk__in=[]), Q()
    for name, fits in CLASSES:
        due |= fits & earlier & Q(closed_at__lt=now - timedelta(days=days(name)))
        earlier &= ~fits
    held = Hold.objects.filter(case=OuterRef("pk"), ended_at=None)
    erased = Erasure.objects.filter(what=Erasure.What.CASE, subject=OuterRef("public_id"))
    return Case.objects.filter(due, ~Exists(held), ~Exists(erased), state=State.CLOSED).order_by("closed_at")


def class_of(case: Case) -> str:
    """The class of the retention table that the case belongs to."""
    return next(name for name, fits in CLASSES if not fits or Case.objects.filter(fits, pk=case.pk).exists())


def _cases(now: datetime) -> Iterator[bool]:
    with system(REASON):
        due = list(due_cases(now=now)[:MOST])
    for case in due:
        with system(REASON):
            yield erase_case(case, now=now)


def erase_case(case: Case, *, now: datetime) -> bool:
    """Erase one case, and what says who its writer is when no other case of that person is left."""
    person = Person.objects.get(handles__conversations=case.conversation_id)
    digest, rows = _digest(case)
    files = _call("rabta_erase_case", case.pk)
    events_erased(case.pk, now=now, reason=REASON)
    _prove(
        Erasure.What.CASE, case.public_id, of=class_of(case), now=now, digest=digest, rows=rows, files=files
    )
    others = Case.objects.filter(conversation__handle__person=person)
    erased = Erasure.objects.filter(what=Erasure.What.CASE, subject=OuterRef("public_id"))
    if not others.filter(~Exists(erased)).exists():
        more = _call("rabta_forget_person", person.pk)
        _prove(Erasure.What.PERSON, person.public_id, of=class_of(case), now=now, files=more)
    return True


def _digest(case: Case) -> tuple[str, int]:
    """A keyed digest over what the case said, and how many messages it had."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTENT, {"case": case.pk})
        (content,) = cursor.fetchone()
    rows = json.loads(content) if isinstance(content, str) else content or []
    said = json.dumps([case.subject, case.closing_remark, rows], ensure_ascii=False, sort_keys=True)
    return keys.digest("erased", said).hex(), len(rows)


def _addresses(now: datetime) -> Iterator[bool]:
    """Reply addresses of protected people, some days after their last case was closed. Reopening before keeps them."""
    before = now - timedelta(days=days("reply_address"))
    theirs = Case.objects.filter(conversation__handle=OuterRef("pk"))
    going_on = theirs.filter(~Q(state=State.CLOSED) | Q(closed_at__gte=before))
    kept = Hold.objects.filter(case__conversation__handle=OuterRef("pk"), ended_at=None)
    with system(REASON):
        rows = Handle.objects.filter(
            Exists(theirs), ~Exists(going_on), ~Exists(kept), person__protected=True, destroyed_at=None
        )
        due = list(rows.select_related("person").order_by("pk")[:MOST])
    for handle in due:
        with system(REASON):
            _call("rabta_forget_address", handle.pk)
            _prove(Erasure.What.ADDRESS, str(handle.pk), of="reply_address", now=now)
            yield True


def _messages(now: datetime) -> Iterator[bool]:
    """Greetings and forwards that belong to no case."""
    before = now - timedelta(days=days("unassigned"))
    with system(REASON):
        due = list(
            Message.objects.filter(case=None, received_at__lt=before).exclude(text="").order_by("id")[:MOST]
        )
    for message in due:
        with system(REASON):
            digest = keys.digest("erased", message.text).hex()
            files = _call("rabta_erase_message", message.pk)
            _prove(
                Erasure.What.MESSAGE,
                message.public_id,
                of="unassigned",
                now=now,
                digest=digest,
                rows=1,
                files=files,
            )
            yield True


_KEYS = """
SELECT k.id FROM intake_journalkey k
WHERE octet_length(k.sealed_key) > 0
  AND NOT EXISTS (SELECT 1 FROM intake_journal j JOIN intake_unread u ON u.journal_id = j.id WHERE j.key_id = k.id)
  AND (k.created_at < %(old)s::timestamptz OR (k.created_at < %(soon)s::timestamptz AND EXISTS (
    SELECT 1 FROM intake_journal j JOIN cases_message m ON m.received_at = j.received_at AND m.direction = 'in'
      JOIN cases_conversation c ON c.id = m.conversation_id
      JOIN people_handle h ON h.id = c.handle_id JOIN people_person p ON p.id = h.person_id
    WHERE j.key_id = k.id AND p.protected)))
ORDER BY k.id LIMIT %(most)s
"""


def _journal(now: datetime) -> Iterator[bool]:
    """Data keys of the journal: without them the bodies of their minute can't be opened by anybody."""
    old, soon = now - timedelta(days=days("journal")), now - SHRED_AFTER
    with system(REASON), connection.cursor() as cursor:
        cursor.execute(_KEYS, {"old": old.isoformat(), "soon": soon.isoformat(), "most": MOST})
        due = [key for (key,) in cursor.fetchall()]
    for key in due:
        with system(REASON):
            _call("rabta_shred_journal", key)
            _prove(Erasure.What.JOURNAL, str(key), of="journal", now=now)
            yield True


def _members(now: datetime) -> Iterator[bool]:
    """People who left a group, or were never taken in."""
    with system(REASON):
        due = list(members.each(now=now, most=MOST))
    for member, of in due:
        with system(REASON):
            _call("rabta_forget_member", member.pk)
            _prove(Erasure.What.MEMBER, member.public_id, of=of, now=now)
            yield True


def _pictures(now: datetime) -> Iterator[bool]:
    """Pictures that members sent to their groups, with what was said beside them."""
    with system(REASON):
        due = list(talk.old_pictures(now=now).values_list("pk", flat=True)[:MOST])
    for item in due:
        with system(REASON):
            _call("rabta_forget_item", item)
            yield True


def _call(function: str, subject: int) -> list[str]:
    """Erase with one of our SQL functions; the files that it names are removed when this is committed."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [subject])
        (files,) = cursor.fetchone()
    names = list(files or [])
    transaction.on_commit(lambda: _remove(names))
    return names


def _remove(names: list[str]) -> None:
    for name in names:
        store.path_of(name).unlink(missing_ok=True)


def _prove(
    what: str,
    subject: str,
    *,
    of: str,
    now: datetime,
    digest: str = "",
    rows: int = 0,
    files: list[str] | None = None,
) -> None:
    Erasure.objects.create(
        what=what, subject=subject, of=of, digest=digest, rows=rows, files=len(files or ()), at=now
    )

"""Interim replies: who waits long hears in between that the matter is not forgotten.

By itself the desk is only asked to send one. Where a force wants it automatic, it goes as every automatic letter does:
nothing leaves that is not safe, and no clock is stopped.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from rabta.cases.events import Actor, event
from rabta.cases.models import Case, Event
from rabta.force.access import system
from rabta.people.handles import UNKNOWN
from rabta.replying import texts
from rabta.replying.letters import language_for, leaves_of, say, to_citizen
from rabta.review import tables
from rabta.review.models import Interim
from rabta.rules.contact import Leaves

ACTOR = Actor(system_reason="interim replies")
BATCH = 500
# Open so long, nobody wrote to them by hand for as long, and it was not suggested in this stretch of time yet.
SUGGEST = """
INSERT INTO review_interim (case_id, due_at, suggested_at, sent)
SELECT c.id, c.since + every.span * floor(
  extract(epoch FROM %(now)s - c.since) / extract(epoch FROM every.span)), %(now)s, false
FROM (SELECT *, coalesce(limits_from, opened_at) AS since FROM cases_case) c,
  (SELECT make_interval(days => %(days)s) AS span) AS every
WHERE c.state <> 'closed' AND c.opened_at <= %(now)s - every.span AND c.since <= %(now)s - every.span
  AND c.reply_due_at IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM review_interim i WHERE i.case_id = c.id AND i.suggested_at > %(now)s - every.span)
  AND NOT EXISTS (SELECT 1 FROM cases_message m WHERE m.case_id = c.id AND m.direction = 'out' AND NOT m.automatic
    AND m.received_at > %(now)s - every.span)
ORDER BY c.opened_at LIMIT %(most)s
ON CONFLICT DO NOTHING RETURNING id
"""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What would be sent, in the citizen's language, and what of it leaves (`rabta.rules.contact`)."""

    text: str
    language: str
    leaves: str

    @property
    def neutral(self) -> bool:
        """Whether only the neutral sentence leaves."""
        return self.leaves == Leaves.NEUTRAL


def draft(case: Case) -> Draft:
    """The interim reply to a case's citizen. `leaves` is empty where nothing may be sent, or nothing can be."""
    language = language_for(case)
    text = texts.reply("interim", language=language, reference=case.reference)
    leaves = leaves_of(case)
    return Draft(text=text, language=language, leaves="" if leaves == Leaves.NOTHING else leaves)


def suggest(*, now: datetime) -> int:
    """Suggest what is due, or send it where the force wants that; returns how many."""
    rules = tables.current()
    with system(ACTOR.system_reason), connection.cursor() as cursor:
        cursor.execute(SUGGEST, {"now": now, "days": rules.interim_days, "most": BATCH})
        ids = [row[0] for row in cursor.fetchall()]
        rows = list(Interim.objects.filter(pk__in=ids).select_related("case__conversation__handle__person"))
        if rules.interim_automatic:
            _send(rows, now=now)
        else:
            Event.objects.bulk_create(event(r.case, "interim_suggested", now=now, actor=ACTOR) for r in rows)
        return len(rows)


def _send(rows: list[Interim], *, now: datetime) -> None:
    """Send them by themselves; what may not leave stays a suggestion to the desk."""
    for row in rows:
        case = row.case
        if case.conversation.handle.scheme == UNKNOWN:
            continue
        words = draft(case)
        if say([to_citizen(case, text=words.text, language=words.language)], now=now):
            row.done_at, row.sent = now, True
            row.save(update_fields=["done_at", "sent"])
            Event.objects.bulk_create([event(case, "interim_sent", now=now, actor=ACTOR)])

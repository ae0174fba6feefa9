"""What an officer was looking at when he decided: a mark of the last decision that he could see in the case.

Forms and programs carry the mark. It is made with a key and tells nothing of how much happens elsewhere.
"""

from collections.abc import Iterable

from django.db.models import Max, QuerySet

from rabta import keys
from rabta.cases.models import Case, Event
from rabta.force.access import Scope
from rabta.journey.checks import locked
from rabta.rules.meanwhile import MARKED, stale_by

LOOKED_THROUGH = 200  # decisions; no page is open that long


def version_of(case: Case) -> str:
    """The mark of the case as whoever asks may see it."""
    last = _decisions(case).values_list("id", flat=True).first()
    return _mark(case, last or 0)


def versions_of(cases: Iterable[Case]) -> dict[int, str]:
    """The marks of several cases by their ids. One query."""
    cases = list(cases)
    rows = Event.objects.filter(case__in=cases, what__in=MARKED).order_by().values_list("case_id")
    last = dict(rows.annotate(last=Max("id")))
    return {case.pk: _mark(case, last.get(case.pk, 0)) for case in cases}


def decided_meanwhile(*, case: Case, seen: str, act: str, by: Scope) -> Event | None:
    """What another officer (or the machine, or the citizen) decided since; None when this act may go on.

    The case stays locked until the transaction ends: of two who decide at once, the second sees the first.
    """
    if not seen or not stale_by(act):
        return None
    locked(case)
    others = []
    for event in _decisions(case).select_related("officer")[:LOOKED_THROUGH]:
        if _mark(case, event.pk) == seen:
            break
        if event.officer_id != by.officer.pk and event.what in stale_by(act):
            others.append(event)
    return others[0] if others else None


def _decisions(case: Case) -> QuerySet[Event]:
    return Event.objects.filter(case=case, what__in=MARKED).order_by("-id")


def _mark(case: Case, event_id: int) -> str:
    return keys.digest("version", f"{case.pk}:{event_id}").hex()[:12]

"""What an officer reads, table by table, with row-level security alone and with the pages' filter alone."""

from typing import Any

from rabta import journey
from rabta.cases.models import Case, Conversation, Event, Message, Order
from rabta.force import access
from rabta.force.models import Officer
from rabta.outbox.models import Delivery
from rabta.people.models import Handle, Person
from tests.cast import MINUTE, NOW, TODAY, acting

LATER = NOW + 30 * MINUTE
EVERYTHING = (Case, Message, Order, Event, Delivery, Conversation, Handle, Person)
FILTERED = (Case, Message, Order, Delivery)
NOTHING = [False] * (len(EVERYTHING) + len(FILTERED))


def seen(who: Officer) -> list[bool]:
    """Whether the officer reads a row of each table, with row-level security alone and with the filter alone."""
    with acting(who):
        by_rows = [model.objects.exists() for model in EVERYTHING]
    scope = access.scope_of(who, on=TODAY)
    return by_rows + [model.objects.filter(scope.visible()).exists() for model in FILTERED]


def read(who: Officer, case: Case) -> tuple[set[str], set[str], int]:
    """Notes, events and orders of the case that the officer reads."""
    with acting(who):
        notes = Message.objects.filter(case=case.pk, direction="note").values_list("text", flat=True)
        events = Event.objects.filter(case=case.pk).values_list("what", flat=True)
        return set(notes), set(events), Order.objects.filter(case=case.pk).count()


def accused(by: Officer, case: Case, unit: Any = None, *officers: Officer) -> Case:
    """The desk says whom the case accuses."""
    with acting(by) as scope:
        journey.accuse(case=case, accused_unit=unit, accused_officers=officers, by=scope, now=LATER)
    case.refresh_from_db()
    return case


def noted(by: Officer, case: Case, text: str, *, at: Any) -> None:
    """An internal note."""
    with acting(by) as scope:
        journey.note(case=case, text=text, by=scope, now=at)

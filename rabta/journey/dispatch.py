"""Giving orders on one case: the rows, the officers' messages, the event, and who may now see the case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rabta.cases.events import Actor
from rabta.cases.models import Case, Event, Order
from rabta.cases.refusal import Refused
from rabta.cases.visibility import show
from rabta.force import directory as force_directory
from rabta.force.directory import Addressee
from rabta.rules.visibility import within
from rabta.tasking import notify, orders
from rabta.triage import tables

Part = tuple[Addressee, str, dict[str, Any]]


def dispatch(
    case: Case, parts: Sequence[Part], *, actor: Actor, now: datetime, instruction: str = ""
) -> list[Order]:
    """Order these posts on a (locked) case. A new lead ends the order of the one before."""
    directory = force_directory.current(now=now)
    _outside_the_accused(case, parts)
    replaced = None
    if any(part == Order.Part.LEAD for _to, part, _why in parts):
        replaced = orders.withdraw_lead(case, now=now)
    made = [
        orders.make(
            case,
            to=to,
            part=part,
            why=why,
            actor=actor,
            now=now,
            instruction=instruction,
            replaces=replaced if part == Order.Part.LEAD else None,
        )
        for to, part, why in parts
    ]
    events = orders.save(made, actor=actor, now=now)
    case.changed_at = now
    case.save(update_fields=["state", "lead_unit", "waiting_why", "changed_at"])
    show(case, directory=directory)
    for order in made:
        order.visible_to, order.hidden_from = case.visible_to, case.hidden_from
    Event.objects.bulk_create(events)
    labels = {code: dict(category.labels) for code, category in tables.categories().items()}
    notify.notify(made, labels=labels, accounts=notify.sending_accounts(), directory=directory, now=now)
    return made


def _outside_the_accused(case: Case, parts: Sequence[Part]) -> None:
    """An inquirer must not be of the accused unit, nor below it."""
    if not case.accused_unit_id:
        return
    accused = tuple(case.accused_unit.path)
    for to, _part, _why in parts:
        if within(tuple(to.post.unit.path), accused):
            raise Refused(_("%(post)s belongs to the accused unit.") % {"post": to.post})

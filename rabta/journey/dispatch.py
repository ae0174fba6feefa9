"""Giving orders on one case: the rows, the officers' messages, the event, and who may now see the case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rabta.cases.events import Actor
from rabta.cases.models import Case, Event, Order, Withheld
from rabta.cases.refusal import Refused
from rabta.cases.visibility import serves_under_shut_out, show, sight_of
from rabta.force import directory as force_directory
from rabta.force.directory import Addressee, Directory
from rabta.tasking import notify, orders
from rabta.triage import tables

Part = tuple[Addressee, str, dict[str, Any]] | orders.Part


def dispatch(
    case: Case,
    parts: Sequence[Part],
    *,
    actor: Actor,
    now: datetime,
    ended_why: str = "",
) -> list[Order]:
    """Order these posts on a (locked) case. A new lead ends the order of the one before, who is told so."""
    directory = force_directory.current(now=now)
    wanted = [p if isinstance(p, orders.Part) else orders.Part(*p) for p in parts]
    outside_the_accused(case, wanted, directory)
    replaced = None
    if any(one.part == Order.Part.LEAD for one in wanted):
        replaced = orders.withdraw_lead(case, now=now, why=ended_why)
    made = [
        orders.make(
            case,
            to=one.to,
            part=one.part,
            why=one.why,
            actor=actor,
            now=now,
            more=one,
            replaces=replaced if one.part == Order.Part.LEAD else None,
        )
        for one in wanted
    ]
    events = orders.save(made, actor=actor, now=now)
    case.changed_at = now
    case.save(update_fields=["state", "lead_unit", "waiting_why", "changed_at"])
    Event.objects.bulk_create(events)
    tell(made, directory=directory, now=now)
    if replaced and replaced.post_id not in {one.to.post.pk for one in wanted}:
        tell_ended(replaced, directory=directory, now=now)
    show(case, directory=directory)  # at last: whoever gives an accusation away sees it no more
    for order in made:
        order.visible_to, order.hidden_from = case.visible_to, case.hidden_from
    return made


def tell(made: Sequence[Order], *, directory: Directory, now: datetime) -> None:
    """Send the officers what they are ordered."""
    labels = {code: dict(category.labels) for code, category in tables.categories().items()}
    notify.notify(made, labels=labels, accounts=notify.sending_accounts(), directory=directory, now=now)


def tell_ended(order: Order, *, directory: Directory, now: datetime) -> None:
    """Letters of the order that still wait are not sent; whoever had one reads that nothing more is asked."""
    notify.take_back([order], now=now)
    notify.tell_ended(order, accounts=notify.sending_accounts(), directory=directory, now=now)


def outside_the_accused(case: Case, parts: Sequence[orders.Part], directory: Directory) -> None:
    """Whoever inquires is not accused, is not of the accused unit or below it, and serves under none of the accused."""
    if case.confidential and not all(_is_named(case, one.to) for one in parts):
        raise Refused(_("Only officers named in the confidential inquiry can be ordered. Name them first."))
    if case.withheld != Withheld.ACCUSATION:
        return
    if any(directory.leads_all(officer) for officer in case.accused_officers):
        raise Refused(
            _("Everybody in the force serves under the accused. Hand the case to an authority outside.")
        )
    sight = sight_of(case, tasked=(), directory=directory)
    hidden = set(sight.hidden_from)
    for to in (one.to for one in parts):
        if to.post.unit_id in hidden:
            raise Refused(_("%(post)s belongs to the accused unit.") % {"post": to.post})
        if any(hidden & directory.shut_out_as(holder.officer_id) for holder in to.holders):
            raise Refused(
                _(
                    "Who holds the post of %(post)s today is accused or serves under the accused. Choose another."
                )
                % {"post": to.post}
            )
        if serves_under_shut_out(to.post.unit_id, sight, directory=directory):
            raise Refused(
                _("The post of %(post)s serves today under somebody of the accused unit. Choose another.")
                % {"post": to.post}
            )


def _is_named(case: Case, to: Addressee) -> bool:
    return any(holder.officer_id in case.named_officers for holder in to.holders)

"""Which duties of a case run: those of the case itself, and those of its open orders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rabta.cases.models import Case, Order, State
from rabta.force.directory import Directory
from rabta.review import dues, tables
from rabta.review.models import Pause
from rabta.rules.limits import Duty, Rules, Step, duty

WORKED_ON = (Order.State.ISSUED, Order.State.ACCEPTED)


@dataclass(frozen=True, kw_only=True)
class Running:
    """A duty that nobody has met yet, and the order that it is about, if it is about one."""

    duty: Duty
    order: Order | None = None

    @property
    def key(self) -> tuple[int | None, str, datetime]:
        return (self.order.pk if self.order else None, str(self.duty.step), self.duty.due_at)


def duties(
    case: Case, *, orders: Sequence[Order], pauses: Sequence[Pause], directory: Directory
) -> Iterator[Running]:
    """The duties of an open case that run; of a closed one none do. `orders` are its open ones."""
    if case.state == State.CLOSED:
        return
    rules = tables.of(case.limits_version)
    lead = next((order for order in orders if order.part == Order.Part.LEAD), None)
    reported = lead is not None and lead.state == Order.State.REPORTED
    met = {Step.REPLY: bool(case.replied_at), Step.CONTACT: bool(case.contacted_at), Step.REPORT: reported}
    for step, column in dues.COLUMNS.items():
        due_at = getattr(case, column)
        if due_at is not None and not met[step]:
            ruled = dues.duty_of(case, step, directory=directory, rules=rules, pauses=pauses)
            yield Running(duty=_as_stored(step, ruled, due_at=due_at, since=case.runs_since, rules=rules))
    if case.urgency == 0 and not case.line_confirmed_at:
        yield from _of(
            Step.HANDED_OVER,
            case,
            rules=rules,
            since=case.runs_since,
            unit=case.desk_unit_id,
            directory=directory,
        )
    for order in orders:
        yield from _of_order(order, case, rules=rules, directory=directory)


def _of_order(order: Order, case: Case, *, rules: Rules, directory: Directory) -> Iterator[Running]:
    """Whoever is ordered says that he has read it; whoever should give it to the next post does so in time."""
    if order.part == Order.Part.INFORM:
        return
    if order.goal_id and order.due_at and order.state in WORKED_ON:
        since = order.issued_at
        found = _as_stored(Step.PASSED_ON, None, due_at=order.due_at, since=since, rules=rules)
        yield Running(duty=found, order=order)
    elif order.state == Order.State.ISSUED:
        yield from _of(
            Step.ACKNOWLEDGED,
            case,
            rules=rules,
            since=order.issued_at,
            unit=order.unit_id,
            directory=directory,
            order=order,
        )


def _of(
    step: Step,
    case: Case,
    *,
    rules: Rules,
    since: datetime,
    unit: int,
    directory: Directory,
    order: Order | None = None,
) -> Iterator[Running]:
    found = duty(
        step,
        rules=rules,
        category=case.category,
        urgency=case.urgency,
        since=since,
        path=directory.path(unit),
    )
    if found:
        yield Running(duty=found, order=order)


def _as_stored(step: Step, ruled: Duty | None, *, due_at: datetime, since: datetime, rules: Rules) -> Duty:
    """The duty with the limit that stands on the case or order; warned of in proportion where rules say otherwise."""
    if ruled is not None and ruled.due_at == due_at:
        return ruled
    warn_at = since + max(due_at - since, due_at - due_at) * rules.warn_percent / 100
    return Duty(step=step, since=since, warn_at=warn_at, due_at=due_at)

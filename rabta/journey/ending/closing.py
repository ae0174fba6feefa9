"""How a case ends: by the desk, by an accepted report, or when a second officer approves what one alone may not say.

Every way to close ends in `close`. An outcome that needs approval is asked for (`ask`), waits on the page of approvals,
and closes the case when another officer approves; until then the case goes on as before.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from rabta.cases.approvals import Approval
from rabta.cases.events import Actor, record
from rabta.cases.life import move
from rabta.cases.models import Case, Event, Evidence, Order, Outcome, Report
from rabta.cases.refusal import Refused
from rabta.force.access import Permission, Scope
from rabta.force.models import Officer
from rabta.journey import parts
from rabta.journey.checks import allowed, is_open, locked, said_something
from rabta.journey.ending.flagging import has_fir
from rabta.journey.protecting.settled import nothing_waits
from rabta.journey.protecting.withheld import is_released
from rabta.replying import closing, wishes
from rabta.replying.in_public import post_before
from rabta.replying.letters import language_for, say, to_citizen
from rabta.rules import case_life
from rabta.rules.case_life import Act
from rabta.tasking import orders
from rabta.triage import tables

CITIZEN = "the citizen asked"  # for whom no officer stands behind an event
MOST_TOLD = 900  # characters: with the frame around them they fit a template's variable
CLOSING = (
    "state", "outcome", "closing_remark", "closed_at", "replied_at", "waiting_why", "changed_at",
    "feedback_asked_at", "feedback_at", "satisfaction", "part_of",
)  # fmt: skip
ENDS_ORDERS = frozenset({Outcome.WITHDRAWN, Outcome.TRANSFERRED})  # nobody goes on working after these


def close_with_advice(*, case: Case, remark: str, by: Scope, now: datetime) -> None:
    """The desk answers and closes what no unit needs to act on: a query, feedback, praise, not a police matter."""
    close_by_desk(case=case, outcome=Outcome.ADVICE, remark=remark, told=remark, by=by, now=now)


def close_by_desk(
    *, case: Case, outcome: str, remark: str, by: Scope, now: datetime, told: str = ""
) -> Approval | None:
    """Close what the desk may close; with an outcome that needs a second officer, ask for it (what is returned).

    `told` is what the citizen reads; empty, one neutral sentence for the outcome. Raises Refused for an outcome that
    only a unit's report or joining gives.
    """
    actor = allowed(by, Permission.HANDLE_CASES, case)
    remark, told = said_something(remark), told.strip() and said_something(told)
    if outcome not in case_life.BY_DESK:
        raise Refused(_("The desk does not close with this outcome: it comes from the report of a unit."))
    if outcome == Outcome.TRANSFERRED:
        raise Refused(_("Say to which force it goes."))
    case = locked(case)
    is_open(case)
    is_released(case)
    if outcome not in ENDS_ORDERS:
        nobody_works(case)
    if outcome in case_life.NEED_APPROVAL:
        return ask(case, outcome=outcome, remark=remark, told=told, actor=actor, now=now)
    told = told or closing.draft(case=case, outcome=outcome).words
    close(case, outcome=outcome, remark=remark, told=told, actor=actor, author=by.officer, now=now)
    return None


def withdraw_by_citizen(*, case: Case, words: str, now: datetime) -> Approval:
    """The citizen takes the matter back. A second look: an officer who does not work on it approves or refuses."""
    case = locked(case)
    is_open(case)
    waiting = Approval.objects.filter(case=case, decision="").first()
    if waiting is not None:
        return waiting
    actor = Actor(system_reason=CITIZEN)
    return ask(case, outcome=Outcome.WITHDRAWN, remark=words[:1000], told="", actor=actor, now=now)


def ask(case: Case, *, outcome: str, remark: str, told: str, actor: Actor, now: datetime) -> Approval:
    """Put a closing of a (locked) case before a second officer. Raises Refused while another one waits."""
    nothing_waits(case)
    words = {"outcome": outcome, "remark": remark, "told": told}
    asked = record(case, "closing_asked", now=now, actor=actor, **words)
    case.changed_at = now
    case.save(update_fields=["changed_at"])
    return Approval.objects.create(
        case=case, outcome=outcome, event=asked, asked_by_id=actor.officer_id, asked_at=now
    )


def decide_closing(*, approval: Approval, decision: str, remark: str, by: Scope, now: datetime) -> None:
    """Approve a closing that was asked for, or refuse it with the reason. Who asked or inquired does not decide."""
    if decision not in Approval.Decision.values:
        raise Refused(_("Approve the closing or refuse it."))
    case = locked(approval.case)
    actor = allowed(by, Permission.VERIFY, case)
    is_open(case)
    approval = Approval.objects.select_for_update(of=("self",)).select_related("event").get(pk=approval.pk)
    if approval.decision:
        raise Refused(_("Somebody has already decided on this closing."))
    if by.officer.pk in _took_part(case, approval):
        raise Refused(_("You asked for this closing or inquired in the case; another officer decides."))
    refused = decision == Approval.Decision.REFUSED
    remark = said_something(remark, limit=2000) if refused else remark.strip()[:2000]
    _write(approval, decision, by.officer, now)
    record(case, f"closing_{decision}", now=now, actor=actor, outcome=approval.outcome, remark=remark)
    if refused:
        case.changed_at = now
        case.save(update_fields=["changed_at"])
        return
    asked = approval.event.data
    told = asked.get("told") or closing.draft(case=case, outcome=approval.outcome).words
    words = asked.get("remark") or remark or str(Outcome(approval.outcome).label)
    close(case, outcome=approval.outcome, remark=words, told=told, actor=actor, author=by.officer, now=now)


def approved_report(report: Report, case: Case, *, officer: Officer, now: datetime) -> None:
    """A report with an outcome that needs a second officer was accepted by one: the report asked, he approved."""
    if report.outcome not in case_life.NEED_APPROVAL:
        return
    asked = Event.objects.filter(case=case, what="reported").order_by("-id").first()
    approval = Approval(
        case=case, outcome=report.outcome, event=asked, asked_by_id=report.officer_id, asked_at=report.at
    )
    _write(approval, Approval.Decision.APPROVED, officer, now)


def close(
    case: Case, *, outcome: str, remark: str, told: str, actor: Actor, author: Officer | None, now: datetime
) -> None:
    """Close a (locked) case with our remark; the citizen reads `told`, in a sensitive one only that it is closed."""
    nothing_waits(case)
    has_evidence(case, outcome=outcome)
    has_fir(case, outcome=outcome)
    if outcome in ENDS_ORDERS:
        orders.withdraw(case, ends=lambda _order: True, now=now)
    move(case, Act.CLOSE)
    case.part_of = None  # what was gathered in a surge and is closed for itself had its own end
    case.outcome, case.closing_remark, case.closed_at, case.changed_at = outcome, remark, now, now
    case.replied_at, case.waiting_why = case.replied_at or now, {}
    _tell(case, told=told, actor=actor, author=author, now=now)
    case.save(update_fields=CLOSING)
    record(case, "closed", now=now, actor=actor, outcome=outcome)
    parts.close_parts(case, told=told, remark=remark, actor=actor, author=author, now=now)


def _tell(case: Case, *, told: str, actor: Actor, author: Officer | None, now: datetime) -> None:
    """The closing letter; under it the citizen is asked what he thinks, where that endangers nobody."""
    category = tables.categories().get(case.category)
    asked, buttons = wishes.question(
        case, outcome=case.outcome, restricted=bool(category and category.restricted)
    )
    letter = to_citizen(
        case,
        text="\n\n".join(filter(None, (closing.text(case=case, told=told), asked))),
        language=language_for(case),
        author=author,
        author_post_id=actor.post_id,
        answers=post_before(case),
        buttons=buttons,
    )
    case.feedback_asked_at = now if say([letter], now=now) and asked else None
    case.feedback_at = case.satisfaction = None


def nobody_works(case: Case) -> None:
    """Refused while a unit leads the case."""
    if case.orders.filter(part=Order.Part.LEAD, state__in=orders.OPEN).exists():
        raise Refused(_("A unit is still working on its order. Wait for its report, or order elsewhere."))


def has_evidence(case: Case, *, outcome: str) -> None:
    """Refused where the category or the lead's order asks for evidence that nobody has given."""
    if outcome not in case_life.NEED_EVIDENCE:
        return
    category = tables.categories().get(case.category)
    lead = case.orders.filter(part=Order.Part.LEAD).order_by("-id").first()
    wanted = bool(category and category.evidence) or bool(lead and lead.proof)
    theirs = Q(order__case=case) | Q(order__case__part_of=case)  # what was merged brought its proof with it
    if wanted and not Evidence.objects.filter(theirs).exists():
        raise Refused(_("This matter is closed with evidence only. Add a photo or a document first."))


def _took_part(case: Case, approval: Approval) -> set[int | None]:
    """Who asked for the closing, or worked on the lead's order."""
    leads = case.orders.filter(part=Order.Part.LEAD)
    inquired: Iterable[int | None] = leads.values_list("accepted_by", flat=True)
    return {approval.asked_by_id, *inquired, *leads.values_list("reports__officer", flat=True)} - {None}


def _write(approval: Approval, decision: str, officer: Officer, now: datetime) -> None:
    approval.decision, approval.decided_by, approval.decided_at = decision, officer, now
    approval.save()

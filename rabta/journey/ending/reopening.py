"""What can still happen to a closed case: reopened by an officer or, once, by the citizen; appealed to the next level.

An appeal is decided by the unit above the one that closed the case. Upheld, the case is open again and waits for
another lead; rejected, it stays closed. The citizen is told either way.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from rabta.cases.events import Actor, record
from rabta.cases.life import move
from rabta.cases.models import Appeal, Case, Outcome
from rabta.cases.refusal import Refused
from rabta.force import directory as force_directory
from rabta.force.access import SERVES_PARENT, Permission, Scope
from rabta.force.directory import Directory
from rabta.journey.checks import allowed, locked, said_something
from rabta.replying import texts
from rabta.replying.letters import language_for, say, to_citizen
from rabta.retention.models import Erasure
from rabta.rules.case_life import Act
from rabta.rules.second_look import No, may_appeal, may_reopen

REOPENING = (
    "state", "outcome", "closed_at", "reopened_at", "reopened_by_citizen", "waiting_why", "changed_at",
    "report_due_at", "appeal_state",
)  # fmt: skip


def reopen(*, case: Case, reason: str, by: Scope, now: datetime) -> None:
    """An officer has a closed case looked at again. The citizen is told; the desk says who leads it."""
    actor = allowed(by, Permission.ORDER, case)
    reason = said_something(reason, limit=2000)
    case = locked(case)
    _is_closed(case)
    if case.outcome == Outcome.DUPLICATE:
        raise Refused(_("This case was joined with another. Undo that, or go on with the other one."))
    if Erasure.objects.filter(what=Erasure.What.CASE, subject=case.public_id).exists():
        raise Refused(
            _("This case was erased by the rules of retention: nothing is left that could be looked at.")
        )
    _open_again(case, why="reopened", now=now)
    record(case, "reopened", now=now, actor=actor, remark=reason)
    tell(case, "reopened", now=now)


def reopen_for_citizen(*, case: Case, words: str, actor: Actor, now: datetime) -> No | None:
    """The citizen is not satisfied: once, within the time that the rule gives. Returns why not, or None when done."""
    case = locked(case)
    used = case.reopened_by_citizen
    no = may_reopen(outcome=case.outcome, closed_at=case.closed_at, used=used, now=now)
    if no:
        return no
    case.reopened_by_citizen = True
    _open_again(case, why="reopened_by_citizen", now=now)
    record(case, "reopened_by_citizen", now=now, actor=actor, remark=words[:1000])
    tell(case, "reopened", now=now)
    return None


def appeal(*, case: Case, words: str, actor: Actor, now: datetime) -> No | None:
    """The citizen takes a closed case to the next level. Returns why not, or None when it waits there."""
    case = locked(case)
    before = case.appealed_at
    no = may_appeal(outcome=case.outcome, closed_at=case.closed_at, appealed_at=before, now=now)
    if no:
        return no
    directory = force_directory.current(now=now)
    case.appealed_at, case.appeal_state, case.changed_at = now, Appeal.OPEN, now
    case.appeal_unit_id = next_level(case, directory=directory)
    case.save(update_fields=["appealed_at", "appeal_state", "appeal_unit", "changed_at"])
    record(case, "appealed", now=now, actor=actor, remark=words[:1000])
    tell(case, "appealed", now=now)
    return None


def decide_appeal(*, case: Case, decision: str, remark: str, by: Scope, now: datetime) -> None:
    """Uphold an appeal, or reject it, with the reason: an officer of the level that it went to, or above."""
    if decision not in (Appeal.UPHELD, Appeal.REJECTED):
        raise Refused(_("Uphold the appeal or reject it."))
    actor = allowed(by, Permission.VERIFY, case)
    remark = said_something(remark, limit=2000)
    case = locked(case)
    if case.appeal_state != Appeal.OPEN:
        raise Refused(_("No appeal waits in this case. Somebody may have decided on it already."))
    if not may_decide_appeal(case, by=by, directory=force_directory.current(now=now)):
        raise Refused(
            _("An officer of the next level decides on this appeal, and nobody who closed the case.")
        )
    case.appeal_state, case.changed_at = decision, now
    if decision == Appeal.UPHELD:
        _open_again(case, why="appeal_upheld", now=now)
    else:
        case.save(update_fields=["appeal_state", "changed_at"])
    record(case, f"appeal_{decision}", now=now, actor=actor, remark=remark)
    tell(case, f"appeal_{decision}", now=now)


def next_level(case: Case, *, directory: Directory) -> int:
    """The unit above the one whose officer closed the case; the highest one is its own next level."""
    closed = case.events.filter(what="closed").select_related("post").order_by("-id").first()
    post = closed.post if closed else None
    path = directory.path(post.unit_id if post else case.lead_unit_id or case.desk_unit_id)
    if post and post.role in SERVES_PARENT and len(path) > 1:
        path = path[:-1]
    return path[-2] if len(path) > 1 else path[-1]


def may_decide_appeal(case: Case, *, by: Scope, directory: Directory) -> bool:
    """Whether the officer serves at the level of the appeal or above it, and did not close the case."""
    level = set(directory.path(case.appeal_unit_id)) if case.appeal_unit_id else set()
    closed = case.events.filter(what="closed").order_by("-id").values_list("officer", flat=True).first()
    return bool(level & by.units_with(Permission.VERIFY)) and closed != by.officer.pk


def tell(case: Case, code: str, *, now: datetime) -> None:
    """One sentence to the citizen about this case; in a sensitive one what is safe to send."""
    language = language_for(case)
    text = texts.reply(code, language=language, reference=case.reference)
    say([to_citizen(case, text=text, language=language)], now=now)


def _open_again(case: Case, *, why: str, now: datetime) -> None:
    """A report is due as long after this as it was after the case came."""
    move(case, Act.REOPEN)
    case.outcome, case.closed_at, case.reopened_at, case.changed_at = "", None, now, now
    case.waiting_why = {"code": why}
    if case.report_due_at:
        case.report_due_at = now + (case.report_due_at - case.runs_since)
    case.save(update_fields=REOPENING)


def _is_closed(case: Case) -> None:
    if case.closed_at is None:
        raise Refused(_("The case is open already. Somebody may have reopened it."))

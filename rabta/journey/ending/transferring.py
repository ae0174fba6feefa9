"""A matter of another force: written down, its citizen told whom to turn to, and its papers on the way there.

Where the other force runs Rabta and administrators have said where, a job hands the papers over (`rabta.jobs.handing`)
until that force has answered with a number of its own. `rabta.rules.other_forces` says what must not go by machine.
"""

from datetime import datetime

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta.cases.events import Actor, record
from rabta.cases.models import Case, Outcome
from rabta.cases.refusal import Refused
from rabta.cases.transfers import Transfer
from rabta.desk import notices
from rabta.force.access import Permission, Scope
from rabta.journey import parts
from rabta.journey.checks import allowed, is_open, locked, said_something
from rabta.journey.ending import closing
from rabta.journey.ending.papers import goes_of
from rabta.journey.posts.neighbours import others
from rabta.journey.protecting.withheld import may_go_out
from rabta.replying import texts
from rabta.replying.forces import Force, forces
from rabta.replying.letters import language_for, say, sensitive, to_citizen
from rabta.rules.other_forces import LAST, Goes, pause_after

HANDING = Actor(system_reason="handing a case over")
# Why papers have not arrived, as it is kept with the transfer; the words are in `rabta.web.desk.transfers`.
UNREACHABLE, KEY, ADDRESS, REFUSED, BROKEN, NO_NUMBER, REOPENED = (
    "unreachable", "key", "address", "refused", "broken", "no_number", "reopened",
)  # fmt: skip
State = Transfer.State


def transfer(*, case: Case, force: str, remark: str, by: Scope, now: datetime) -> Transfer:
    """Close the case as another force's, with a letter that names that force and its telephone.

    Its papers begin their way at once where that force takes them and they may go.
    """
    actor = allowed(by, Permission.HANDLE_CASES, case)
    remark = said_something(remark)
    known = others()
    other = known.forces.get(force)
    if other is None:
        raise Refused(_("Choose the force from the list."))
    case = locked(case)
    is_open(case)
    may_go_out(case, now=now)
    record(case, "transferred", now=now, actor=actor, force=other.code)
    told, outcome = _words(other, language_for(case)), Outcome.TRANSFERRED
    closing.close(case, outcome=outcome, remark=remark, told=told, actor=actor, author=by.officer, now=now)
    goes = other.code in known.with_rabta and goes_of(case) != Goes.NOTHING
    made = Transfer.objects.create(
        case=case, force=other.code, officer=by.officer, at=now, state=State.WAITING if goes else State.TOLD
    )
    if goes:
        _send(made, now=now)
    return made


def try_again(*, case: Case, by: Scope, now: datetime) -> Transfer:
    """Send papers again that the other force did not take. Raises Refused when there are none."""
    actor = allowed(by, Permission.HANDLE_CASES, case)
    case = locked(case)
    last = Transfer.objects.filter(case=case).order_by("-id").first()
    if last is None or last.state != State.FAILED or case.outcome != Outcome.TRANSFERRED:
        raise Refused(_("Nothing of this case has failed to arrive at another force."))
    last.state, last.tries, last.trouble = State.WAITING, 0, ""
    _send(last, now=now)
    record(case, "papers_again", now=now, actor=actor, force=last.force)
    return last


def _send(transfer: Transfer, *, now: datetime) -> None:
    """Count a try, say when the next one is due should this be lost, and have it done when the transaction commits."""
    transfer.tries += 1
    transfer.next_at = now + (pause_after(transfer.tries) or LAST)
    transfer.save(update_fields=["state", "tries", "trouble", "next_at"])
    job = deferred.configure_task("rabta.jobs.tasks.hand_over_case", allow_unknown=True, queue="handing")
    job.defer(transfer_id=transfer.pk)


def send_due(*, now: datetime) -> None:
    """Try again whatever has waited long enough; give up what was tried often enough."""
    rows = Transfer.objects.select_for_update(skip_locked=True).filter(state=State.WAITING, next_at__lte=now)
    for one in rows.order_by("id"):
        if pause_after(one.tries) is None:
            give_up(one.pk, trouble=one.trouble or UNREACHABLE, now=now)
        else:
            _send(one, now=now)


def note_trouble(transfer_id: int, *, trouble: str) -> None:
    """Say with the transfer why this try failed; it is tried again."""
    Transfer.objects.filter(pk=transfer_id, state=State.WAITING).update(trouble=trouble)


def arrived(transfer_id: int, *, reference: str, now: datetime) -> None:
    """The other force has it, under this number of its own. Kept and told to the citizen once."""
    case = _case_of(transfer_id)
    waiting = Transfer.objects.filter(pk=transfer_id, state__in=(State.WAITING, State.FAILED))
    if not waiting.update(
        state=State.RECEIVED, reference=reference, received_at=now, trouble="", next_at=None
    ):
        return
    force = Transfer.objects.get(pk=transfer_id).force
    record(case, "papers_received", now=now, actor=HANDING, force=force, reference=reference)
    if case.outcome == Outcome.TRANSFERRED and not sensitive(case):
        _tell_number(case, force=force, reference=reference, now=now)


def give_up(transfer_id: int, *, trouble: str, now: datetime) -> None:
    """It is not tried again by itself: the desk sees why, and whoever handed it over is told."""
    case = _case_of(transfer_id)
    waiting = Transfer.objects.filter(pk=transfer_id, state=State.WAITING)
    if not waiting.update(state=State.FAILED, trouble=trouble, next_at=None):
        return
    one = Transfer.objects.get(pk=transfer_id)
    record(case, "papers_failed", now=now, actor=HANDING, force=one.force)
    key = f"transfer {one.pk} {now:%Y%m%d%H%M%S}"
    notices.tell([one.officer_id], "transfer_failed", key=key, now=now, case=case)


def stays_here(transfer_id: int) -> None:
    """Nothing of it may go by machine any more."""
    rows = Transfer.objects.filter(pk=transfer_id, state=State.WAITING)
    rows.update(state=State.TOLD, next_at=None, trouble="")


def _case_of(transfer_id: int) -> Case:
    return locked(Transfer.objects.select_related("case").get(pk=transfer_id).case)


def _tell_number(case: Case, *, force: str, reference: str, now: datetime) -> None:
    """Everybody who told of it hears under which number it goes on."""
    other = forces().get(force)
    if other is None:  # the table is another one by now
        return
    letters = []
    for one in [case, *parts.parts_of(case)]:
        language = language_for(one)
        facts = {"force": other.name(language), "phone": other.phone, "reference": reference}
        words = texts.reply("transfer_received", language=language, **facts)
        letters.append(to_citizen(one, text=words, language=language))
    say(letters, now=now)


def _words(other: Force, language: str) -> str:
    facts = {"force": other.name(language), "phone": other.phone, "address": other.address(language)}
    return texts.reply("transferred_to", language=language, **facts)

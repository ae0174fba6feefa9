"""The work on an order: accept, go, photograph, report, or return it with the reason."""

from datetime import datetime

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta.cases.events import record
from rabta.cases.life import move
from rabta.cases.models import Evidence, Order, Outcome, Report
from rabta.cases.refusal import Refused
from rabta.files.models import StoredFile
from rabta.force.access import Scope
from rabta.journey.checks import holds, inquires_as, is_open, locked_order, said_something, works
from rabta.journey.deciding import contacting
from rabta.journey.ending.flagging import Fir, has_fir, write_fir
from rabta.rules.case_life import Act
from rabta.tasking import orders, tables

PROOF = ("image", "video")  # kinds of files that show what was done
REPORTABLE = (
    Outcome.ACTION_TAKEN,
    Outcome.FIR_REGISTERED,
    Outcome.NOT_SUBSTANTIATED,
    Outcome.FOUND_FALSE,
    Outcome.ADVICE,
)


def accept(*, order: Order, by: Scope, now: datetime) -> None:
    """Take the order on, or say by name that it was received when it is to be passed on. Twice changes nothing."""
    order = working(order, by)
    if inquires_as(by, order):
        _take_on(order, by, now=now)
        return
    actor = holds(by, order)
    if order.accepted_at:
        return
    order.state, order.accepted_at, order.accepted_by = Order.State.ACCEPTED, now, by.officer
    order.save(update_fields=["state", "accepted_at", "accepted_by"])
    if order.on_its_way:
        record(order.case, "received", now=now, actor=actor, order=order.public_id)
        return
    _advance(order, Act.ACCEPT, now=now)
    record(order.case, "accepted", now=now, actor=actor, order=order.public_id)


def _take_on(order: Order, by: Scope, *, now: datetime) -> None:
    """The officer to whom it was given on accepts it."""
    if order.taken_on_at:
        return
    order.taken_on_at = now
    order.save(update_fields=["taken_on_at"])
    record(order.case, "taken_on", now=now, actor=works(by, order), order=order.public_id)


def on_the_way(*, order: Order, by: Scope, now: datetime) -> None:
    """Say that somebody is going there; nobody has spoken with the citizen yet. Accepts the order if needed."""
    accept(order=order, by=by, now=now)
    order = _acting(order, by)
    if order.on_the_way_at:
        return
    order.on_the_way_at = now
    order.save(update_fields=["on_the_way_at"])
    _advance(order, Act.INQUIRE, now=now)
    record(order.case, "on_the_way", now=now, actor=works(by, order), order=order.public_id)


def add_evidence(
    *,
    order: Order,
    file: StoredFile,
    caption: str,
    lat: float | None,
    lng: float | None,
    taken_at: datetime | None,
    by: Scope,
    now: datetime,
) -> Evidence:
    """Put a photo or document to the order, with time and place as given; its hash is kept with the file.

    The copy of a photo that people look at is made by a job (`rabta.jobs.evidence`).
    """
    order = _acting(order, by)
    actor = works(by, order)
    evidence = Evidence.objects.create(
        order=order,
        file=file,
        officer=by.officer,
        caption=caption[:200],
        lat=lat,
        lng=lng,
        taken_at=taken_at,
        at=now,
    )
    _advance(order, Act.INQUIRE, now=now)
    record(order.case, "evidence", now=now, actor=actor, order=order.public_id, evidence=evidence.public_id)
    if file.kind == "image" and file.cleaned_id is None:
        job = deferred.configure_task("rabta.jobs.tasks.prepare_evidence", allow_unknown=True, queue="media")
        job.defer(evidence_id=evidence.pk)
    return evidence


def contacted_for_order(*, order: Order, how: str, by: Scope, now: datetime) -> None:
    """Say how one spoke with the citizen, or that one tried. Accepts the order if that was not done."""
    accept(order=order, by=by, now=now)
    order = _acting(order, by)
    _is_for_work(order)
    contacting.write(order.case, how, actor=works(by, order), now=now, order=order.public_id)


def report(
    *,
    order: Order,
    text: str,
    outcome: str,
    by: Scope,
    now: datetime,
    fir: Fir | None = None,
    contact: str = "",
) -> Report:
    """Send the action-taken report; the superior decides on it. `fir`: what was registered, if anything was.

    `contact`: how one spoke with the citizen; empty where nobody did yet. The report by itself is no contact.

    What an officer wrote who inquires for the post's holder goes to the holder first, unless the force's table says
    that it goes straight (`tasking.tables.goes_straight`).
    """
    text = said_something(text, limit=10_000)
    if outcome not in REPORTABLE:
        raise Refused(_("Choose the outcome from the list."))
    order = _acting(order, by)
    actor = works(by, order)
    _has_proof(order)
    if order.state == Order.State.REPORTED:
        raise Refused(_("A report is already with the superior. Wait for the decision."))
    _is_for_work(order)
    if fir:
        write_fir(order.case, fir, actor=actor, now=now)
    has_fir(order.case, outcome=outcome)
    if not order.accepted_at:
        order.accepted_at, order.accepted_by = now, by.officer
        order.save(update_fields=["accepted_at", "accepted_by"])
    if order.reports.filter(waits=True).exists():
        raise Refused(
            _("A report waits already to be sent on to the superior. Send that on, or send it back.")
        )
    waits = bool(inquires_as(by, order)) and not tables.goes_straight(
        category=order.case.category, urgency=order.case.urgency
    )
    made = orders.new_report(
        order, text=text, outcome=outcome, officer_id=by.officer.pk, now=now, waits=waits
    )
    if contact:
        contacting.write(order.case, contact, actor=actor, now=now, order=order.public_id)
    _advance(order, Act.INQUIRE, now=now)
    what = "report_handed_in" if waits else "reported"
    record(order.case, what, now=now, actor=actor, order=order.public_id, outcome=outcome)
    return made


def _is_for_work(order: Order) -> None:
    if order.part == Order.Part.INFORM:
        raise Refused(_("This was sent for information; there is nothing to report."))


def _has_proof(order: Order) -> None:
    """An order that asks for a photo is not reported on without one."""
    if not order.proof or order.evidence.filter(file__kind__in=PROOF, trouble="").exists():
        return
    if order.proof_words:
        raise Refused(
            _("A photo is asked for that shows: %(what)s. Add it first.") % {"what": order.proof_words}
        )
    raise Refused(_("A photo is asked for that shows what was done. Add it first."))


def return_order(*, order: Order, reason: str, by: Scope, now: datetime) -> None:
    """Give the order back with the reason; a returned lead waits at the desk for another unit."""
    reason = said_something(reason, limit=2000)
    order = working(order, by)
    actor = holds(by, order)
    order.state, order.returned_at, order.finished_at, order.return_reason = (
        Order.State.RETURNED,
        now,
        now,
        reason,
    )
    order.save(update_fields=["state", "returned_at", "finished_at", "return_reason"])
    order.reports.filter(waits=True).update(waits=False)
    if order.part == Order.Part.LEAD:
        move(order.case, Act.GIVE_BACK)
        order.case.waiting_why = {"code": "returned", "post": order.post.name}
    order.case.changed_at = now
    order.case.save(update_fields=["state", "waiting_why", "changed_at"])
    record(order.case, "returned", now=now, actor=actor, order=order.public_id)


def working(order: Order, by: Scope) -> Order:
    """The order, locked; refused when it is no longer in this officer's hands."""
    order = locked_order(order)
    works(by, order)
    is_open(order.case)
    if order.state not in orders.OPEN:
        raise Refused(_("This order is no longer open: %(state)s.") % {"state": order.get_state_display()})
    return order


def _acting(order: Order, by: Scope) -> Order:
    """The same, for who acts and does not only pass it on."""
    order = working(order, by)
    is_to_act(order)
    return order


def is_to_act(order: Order) -> None:
    """Refused to a post that only passes the order on."""
    if order.on_its_way:
        raise Refused(_("This order is on its way to %(post)s. Pass it on.") % {"post": order.goal})


def _advance(order: Order, act: Act, *, now: datetime) -> None:
    """The case follows its lead's order."""
    case = order.case
    if order.part == Order.Part.LEAD:
        move(case, act)
    case.changed_at = now
    case.save(update_fields=["state", "changed_at"])

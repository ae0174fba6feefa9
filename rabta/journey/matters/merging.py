"""Making one matter of two cases, and two of one again.

The absorbed case stays its teller's: his reference number, his conversation, his receipt code, and he is answered
where he wrote. It closes as a duplicate and is part of the kept case from then on, where its messages, its proof and
its orders are read in one timeline. What he writes later comes there too (`cases.arrival`), and when the kept case is
closed he is told under his own number (`journey.parts`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rabta.cases import holding
from rabta.cases.events import Actor, record
from rabta.cases.life import move
from rabta.cases.locking import lock
from rabta.cases.models import Case, Event, Message, Order, Outcome, State
from rabta.cases.protection import protect_authors
from rabta.cases.refusal import Refused
from rabta.cases.secret_matters import BESIDE, closeness, closer, link, stands_alone
from rabta.cases.visibility import show
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope
from rabta.journey.checks import allowed, locked, said_something
from rabta.journey.ending.closing import nothing_waits
from rabta.rules.case_life import Act
from rabta.rules.merging import Carry, Standing, WhyNot, carry, why_not
from rabta.tasking import notify, orders

UNDO = timedelta(hours=24)  # how long a merge can be undone
REASON_LENGTH = 500
# How closely a case is kept, and what the kept case takes from the other: put back when a merge is undone.
CLOSE = ("withheld", "withheld_why", "desk_unit_id", "accused_unit_id", "accused_officers", "named_officers")
TAKEN = (
    "urgency", "reply_due_at", "contact_due_at", "report_due_at", "lat", "lng", "place", "place_source",
)  # fmt: skip
REFUSED: dict[WhyNot, str | Promise] = {
    WhyNot.SAME: gettext_lazy("A case cannot be merged into itself. Choose another one."),
    WhyNot.KEPT_CLOSED: gettext_lazy("The case that would be kept is closed. Reopen it first."),
    WhyNot.KEPT_IS_PART: gettext_lazy("That case is itself part of another one. Merge into that one."),
    WhyNot.ABSORBED_CLOSED: gettext_lazy(
        "The case is closed already: perhaps a colleague has just merged it."
    ),
    WhyNot.INTO_OPEN: gettext_lazy(
        "A case that few may see is not merged into one that more people see. Merge the other way round, or link them."
    ),
    WhyNot.OTHERS_READ_IT: gettext_lazy(
        "A unit was ordered on the case already and would see it go. Link the two cases instead."
    ),
    WhyNot.OTHER_SECRET: gettext_lazy(
        "The two cases are kept from different people. Link them instead of merging them."
    ),
}
# What leads an open case to a state, step by step: the database allows no leap.
_LEADS_TO: dict[str, tuple[Act, ...]] = {
    State.NEW: (Act.GIVE_BACK,),
    State.FORWARDED: (Act.ORDER,),
    State.ACKNOWLEDGED: (Act.ORDER, Act.ACCEPT),
    State.IN_INQUIRY: (Act.ORDER, Act.INQUIRE),
}


def may_merge(*, kept: Case, absorbed: Case) -> WhyNot | None:
    """Why the one may not become part of the other (`rabta.rules.merging`); None when it may. Two queries at most."""
    return why_not(kept=_standing(kept), absorbed=_standing(absorbed))


def merge(*, kept: Case, absorbed: Case, reason: str, by: Scope, now: datetime) -> None:
    """Make `absorbed` a part of `kept`. Needs the right to handle both; of two who merge at once one has an effect."""
    allowed(by, Permission.HANDLE_CASES, kept)
    actor = allowed(by, Permission.HANDLE_CASES, absorbed)
    reason = said_something(reason, limit=REASON_LENGTH)
    kept, absorbed = lock_both(kept, absorbed)
    nothing_waits(absorbed)
    if refused := may_merge(kept=kept, absorbed=absorbed):
        raise Refused(str(REFUSED[refused]))
    was: dict[str, Any] = {
        "state": absorbed.state,
        "lead": absorbed.lead_unit_id,
        "head": absorbed.part_of_id,
    }
    was["orders"] = _carry_orders(kept, absorbed, now=now)
    theirs = list(Case.objects.select_for_update(of=("self",)).filter(part_of=absorbed).order_by("id"))
    was["parts"] = [part.pk for part in theirs]
    was["taken"] = _take_over(kept, absorbed)
    was["close"] = _keep_as_close([absorbed, *theirs], kept, now=now)
    move(absorbed, Act.CLOSE)
    absorbed.outcome, absorbed.closing_remark, absorbed.closed_at = Outcome.DUPLICATE, reason, now
    absorbed.part_of, absorbed.changed_at, kept.changed_at = kept, now, now
    was["beside"] = _belongs_to(kept, absorbed)
    stands_alone(absorbed)
    if absorbed.withheld_why.get("code") == BESIDE:
        absorbed.withheld_why = kept.withheld_why  # those who read the kept one learn of no other matter
    absorbed.save()
    Case.objects.filter(part_of=absorbed).update(part_of=kept)
    kept.save()
    record(absorbed, "merged", now=now, actor=actor, into=kept.reference, was=was)
    record(kept, "absorbed", now=now, actor=actor, reference=absorbed.reference)
    show(kept, directory=force_directory.current(now=now))


def _belongs_to(kept: Case, absorbed: Case) -> bool:
    """Whether the kept one waited beside a secret matter until it took this one: a person has said where it belongs."""
    if kept.withheld_why.get("code") != BESIDE or absorbed.withheld_why.get("code") == BESIDE:
        return False
    stands_alone(kept)
    kept.withheld_why = absorbed.withheld_why
    return True


def lock_both(one: Case, other: Case) -> tuple[Case, Case]:
    """Both as they are now, locked in one order: of two who take them crosswise, one waits for the other."""
    lock((one.pk, other.pk))
    return locked(one), locked(other)


def _head_of(case: Case) -> Case | None:
    """The case that this one is part of; None where there is none that the officer sees."""
    return Case.objects.filter(pk=case.part_of_id).first() if case.part_of_id else None


def closest(case: Case) -> Case:
    """Of the case and the one that it is part of the one that is kept closer: so close are both kept."""
    return closer(case, _head_of(case))


def _standing(case: Case) -> Standing:
    unit = {case.accused_unit_id} if case.accused_unit_id else set()
    return Standing(
        id=case.pk,
        open=case.state != State.CLOSED,
        part=case.part_of_id is not None,
        withheld=case.withheld,
        named=frozenset(case.named_officers),
        accused=frozenset(unit | {-officer for officer in case.accused_officers}),
        ordered=case.orders.exists(),
    )


def _take_over(kept: Case, absorbed: Case) -> dict[str, list[Any]]:
    """The kept case takes the more urgent of two, the earlier limit, a place where it had none.

    Returns what changed: before and after, as an event can hold it.
    """
    before = {name: getattr(kept, name) for name in TAKEN}
    kept.urgency = min(kept.urgency, absorbed.urgency)
    kept.last_in_at = max(kept.last_in_at, absorbed.last_in_at)
    for due in ("reply_due_at", "contact_due_at", "report_due_at"):
        limits = [at for at in (getattr(kept, due), getattr(absorbed, due)) if at]
        setattr(kept, due, min(limits, default=None))
    if kept.lat is None and absorbed.lat is not None:
        kept.lat, kept.lng, kept.place_source = absorbed.lat, absorbed.lng, absorbed.place_source
        kept.place = absorbed.place or kept.place
    changed = {name: (before[name], getattr(kept, name)) for name in TAKEN}
    return {name: [_plain(a), _plain(b)] for name, (a, b) in changed.items() if a != b}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _keep_as_close(cases: Sequence[Case], kept: Case, *, now: datetime) -> dict[str, dict[str, Any]]:
    """Keep the cases from everybody from whom the kept one is kept, and their writers' names as well.

    Returns, by the id of each that was more open until now, how closely it was kept.
    """
    closer = [case for case in cases if closeness(kept) > closeness(case)]
    was = {str(case.pk): {name: getattr(case, name) for name in CLOSE} for case in closer}
    for case in closer:
        for name in CLOSE:
            setattr(case, name, getattr(kept, name))
        case.save(update_fields=CLOSE)
    protect_authors([case for case in closer if kept.withheld], now=now)
    return was


def _as_open_as_before(cases: Sequence[Case], was: dict[str, Any], *, since: datetime, now: datetime) -> None:
    """Let whoever read a case before the merge read it again, without what was done since with the kept one.

    Where its teller wrote since, it stays as close: what he says in an accusation may accuse those readers, too.
    """
    for case in cases:
        written = case.messages.filter(direction=Message.Direction.IN, received_at__gt=since)
        if (before := was["close"].get(str(case.pk))) and not written.exists():
            holding.hold(case, since=since, now=now)
            for name in CLOSE:
                setattr(case, name, before[name])
            case.save(update_fields=[*CLOSE, *holding.FIELDS])


def _carry_orders(kept: Case, absorbed: Case, *, now: datetime) -> list[dict[str, Any]]:
    """Let the absorbed case's open orders go on in the kept one, or end them; returns how each stood before."""
    running = Order.objects.filter(state__in=orders.OPEN)
    theirs = list(running.select_for_update(of=("self",)).filter(case=absorbed).select_related("delivery"))
    there = list(running.filter(case=kept))
    posts, led = {order.post_id for order in there}, any(order.part == Order.Part.LEAD for order in there)
    ended, was = [], []
    for order in sorted(theirs, key=lambda one: (one.part != Order.Part.LEAD, one.pk)):
        to = carry(part=order.part, state=order.state, post_has_one=order.post_id in posts, kept_is_led=led)
        if to is Carry.STOPS:
            raise Refused(_("A report on %(case)s waits: accept or reject it first.") % {"case": absorbed})
        was.append({"id": order.pk, "part": order.part, "state": order.state, "to": to})
        if to is Carry.ENDS:
            order.state, order.finished_at = Order.State.REPLACED, now
            ended.append(order)
            continue
        order.case, order.part = kept, Order.Part.LEAD if to is Carry.LEADS else Order.Part.SUPPORT
        if to is Carry.LEADS:
            led = True
            kept.lead_unit_id, kept.waiting_why = order.unit_id, {}
            _lead(kept, to=absorbed.state)
        posts.add(order.post_id)
    Order.objects.bulk_update(theirs, ["case", "part", "state", "finished_at"])
    notify.take_back(ended, now=now)
    return was


def unmerge(*, case: Case, by: Scope, now: datetime) -> None:
    """Undo the merge that made the case part of another, within `UNDO`; its orders go back as they are by now.

    Each case is kept as closely as before, unless its teller wrote meanwhile: then a person releases it. Who wrote it
    stays protected: what was sealed is not opened again.
    """
    head = _head_of(case)
    if head is None or case.state != State.CLOSED:
        raise Refused(_("The case was not merged."))
    allowed(by, Permission.HANDLE_CASES, head)
    actor = allowed(by, Permission.HANDLE_CASES, case)
    kept, case = lock_both(head, case)
    merged = Event.objects.filter(case=case, what="merged").order_by("-id").first()
    if case.part_of_id != kept.pk or case.state != State.CLOSED or merged is None:
        raise Refused(_("The case was not merged."))
    if now - merged.at > UNDO:
        raise Refused(_("A merge can be undone for one day. Open a case of its own from a message instead."))
    if kept.state == State.CLOSED:
        raise Refused(_("The case that was kept is closed by now. Reopen it first."))
    _is_kept_no_closer(kept, case)
    was = merged.data["was"]
    _reopen(case, was)
    _give_back_orders(case, kept, was)
    case.changed_at = kept.changed_at = now
    case.save()
    theirs = list(Case.objects.select_for_update(of=("self",)).filter(pk__in=was["parts"], part_of=kept))
    Case.objects.filter(pk__in=[part.pk for part in theirs]).update(part_of=case)
    _as_open_as_before([case, *theirs], was, since=merged.at, now=now)
    _leave_what_was_taken(kept, was)
    if was.get("beside") and kept.withheld:
        kept.withheld_why = {"code": BESIDE}
        link([(case, kept)], now=now)
    kept.save()
    _tell_both(case, kept, "unmerged", actor=actor, now=now)


def _is_kept_no_closer(kept: Case, case: Case) -> None:
    """Refused while the kept case is withheld or confidential otherwise than at the merge: the absorbed one would come
    back to whoever was accused since, with his orders."""
    now_is, then = _standing(kept), _standing(case)
    same = (now_is.withheld, now_is.named, now_is.accused) == (then.withheld, then.named, then.accused)
    if now_is.closeness and not same:
        raise Refused(
            _(
                "The case that was kept is kept from more people by now. Open a case of its own from a message instead."
            )
        )


def _leave_what_was_taken(kept: Case, was: dict[str, Any]) -> None:
    """What the kept case took and nobody changed since is as it was before."""
    if all(_plain(getattr(kept, name)) == after for name, (_before, after) in was["taken"].items()):
        for name, (before, _after) in was["taken"].items():
            setattr(kept, name, Case._meta.get_field(name).to_python(before))


def _reopen(case: Case, was: dict[str, Any]) -> None:
    """Put the case back where it stood, by the table of states."""
    move(case, Act.REOPEN)
    case.outcome, case.closing_remark, case.closed_at = "", "", None
    case.part_of_id, case.lead_unit_id = was["head"], was["lead"]
    case.save()
    if was["state"] != case.state:
        _lead(case, to=was["state"])


def _lead(case: Case, *, to: str) -> None:
    for act in _LEADS_TO[to]:
        move(case, act)
        case.save(update_fields=["state"])


def _give_back_orders(case: Case, kept: Case, was: dict[str, Any]) -> None:
    rows = Order.objects.select_for_update(of=("self",)).in_bulk([one["id"] for one in was["orders"]])
    for before in was["orders"]:
        order = rows[before["id"]]
        if before["to"] == Carry.ENDS:
            order.state, order.finished_at = before["state"], None
        elif order.case_id == kept.pk:
            order.case, order.part = case, before["part"]
            if before["to"] == Carry.LEADS:
                kept.lead_unit_id, kept.waiting_why = None, {"code": "unmerged"}
                if kept.state != State.NEW:
                    move(kept, Act.GIVE_BACK)
        order.save(update_fields=["case", "part", "state", "finished_at"])


def take_out(*, case: Case, by: Scope, now: datetime) -> None:
    """Take a case that was gathered in a surge out of the incident: it stands by itself, and the desk decides on it.

    It is kept as close as the incident: who is accused by now has not read what its teller wrote since.
    """
    above = _head_of(case)
    if above is None or case.state == State.CLOSED:
        raise Refused(_("The case is not part of an incident."))
    actor = allowed(by, Permission.HANDLE_CASES, case)
    head, case = lock_both(above, case)
    if case.part_of_id != head.pk or case.state == State.CLOSED:
        raise Refused(_("The case is not part of an incident."))
    case.part_of, case.waiting_why, case.changed_at = None, {"code": "taken_out"}, now
    case.save(update_fields=["part_of", "waiting_why", "changed_at"])
    _keep_as_close([case], head, now=now)
    _tell_both(case, head, "taken_out", actor=actor, now=now)


def _tell_both(case: Case, head: Case, what: str, *, actor: Actor, now: datetime) -> None:
    directory = force_directory.current(now=now)
    record(case, what, now=now, actor=actor, reference=head.reference)
    record(head, what, now=now, actor=actor, reference=case.reference)
    show(head, directory=directory)
    show(case, directory=directory)

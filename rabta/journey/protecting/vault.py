"""Opening what is sealed of a protected person: three officers besides the accused, one after the other.

Nothing here ever sees what is sealed: browsers send boxes that are closed again. The record holds purposes, key
fingerprints, hashes and times.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from rabta import audit
from rabta.cases.events import Actor
from rabta.cases.models import Case
from rabta.cases.refusal import Refused
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope
from rabta.journey.checks import allowed, said_something
from rabta.journey.posts import sign_in
from rabta.journey.protecting.withheld import is_released
from rabta.people import openings, vault
from rabta.people.models import Keyholder, Opening, Resealed, Sealed
from rabta.rules import opening as rule

ASKERS = (Permission.RELEASE, Permission.VERIFY)
MOST_BYTES = 1024 * 1024  # of one box that a browser sends


def ask(*, case: Case, purpose: str, ground: str, reason: str, by: Scope, now: datetime) -> Opening:
    """Ask for the opening of what is sealed of the person who wrote. A threat to life is urgent."""
    actor = _may_ask(by, case)
    is_released(case)
    if purpose not in Opening.Purpose.values:
        raise Refused(_("Choose the purpose."))
    ground, reason = said_something(ground, limit=200), said_something(reason, limit=1000)
    person = case.conversation.handle.person
    if person.sealed_at is None:
        raise Refused(_("Nothing is sealed of this person."))
    excluded = _accused(case, now)
    party = openings.parties([by.officer.pk], on=timezone.localdate(now))[by.officer.pk]
    _unless(rule.why_not_ask(asks=party, accused=excluded))
    if openings.of_officer(by.officer.pk, now=now).filter(
        person=person, requested_by=by.officer, state__in=openings.OPEN, expires_at__gt=now
    ):
        raise Refused(_("You have asked for this already. It waits for the others."))
    urgent = purpose == Opening.Purpose.THREAT_TO_LIFE
    made = Opening.objects.create(
        person=person,
        case_id=case.pk,
        reference=case.reference,
        purpose=purpose,
        ground=ground,
        reason=reason,
        urgent=urgent,
        excluded=excluded,
        requested_by=by.officer,
        requested_at=now,
        expires_at=rule.expires_at(asked_at=now, urgent=urgent),
    )
    _log("opening_asked", made, by=by, now=now, post_id=actor.post_id, purpose=purpose, reason=_hash(reason))
    if urgent:
        _ring(made, now=now)
    return made


def _ring(opening: Opening, *, now: datetime) -> None:
    """A life is in danger: approvers and custodians on call are rung on their official numbers, in neutral words."""
    but = [*opening.excluded, opening.requested_by_id]
    for group in Keyholder.Group:
        for holder in openings.on_call(group, but=but):
            sign_in.ring(holder.officer, now=now)


def _may_ask(by: Scope, case: Case) -> Actor:
    for permission in ASKERS:
        if by.may(permission, case):
            return allowed(by, permission, case)
    raise Refused(_("Only who decides on the case may ask for this. Ask your superior."))


def _accused(case: Case, now: datetime) -> list[int]:
    """Officers who take no part, nor read of it: the accused ones, everybody posted at the accused unit or below,
    and keyholders from whom the case is hidden."""
    day = timezone.localdate(now)
    serving = openings.serving_at(case.accused_unit, on=day) if case.accused_unit else []
    directory, hidden = force_directory.current(now=now), set(case.hidden_from)
    holders = Keyholder.objects.filter(ended_at=None).values_list("officer_id", flat=True)
    shut_out = [officer for officer in holders if hidden & directory.shut_out_as(officer)]
    return sorted({*case.accused_officers, *serving, *shut_out})


def approve(
    *, opening: Opening, custodian: Keyholder, boxes: Mapping[str, bytes], by: Scope, now: datetime
) -> None:
    """Keep what the approver's browser has sealed again, to one custodian alone. `boxes` by public id of `Sealed`."""
    opening, holder = _decider(opening, by, now)
    if not openings.fitting_custodians(opening).filter(pk=custodian.pk).exists():
        raise Refused(_("The key of this custodian does not open everything. Choose another."))
    _still_fit(opening, approver=holder, custodian=custodian, now=now)
    sealed = {one.public_id: one for one in openings.sealed_of(opening)}
    if sealed.keys() != boxes.keys() or not all(_closed_to(box, 1) for box in boxes.values()):
        raise Refused(
            _("What your browser sent is not sealed to one custodian. Load the page and try again.")
        )
    Resealed.objects.bulk_create(
        Resealed(opening=opening, sealed=sealed[name], box=box, digest=hashlib.sha256(box).hexdigest())
        for name, box in boxes.items()
    )
    opening.state, opening.approver, opening.custodian = Opening.State.APPROVED, holder, custodian
    opening.decided_at = now
    opening.save(update_fields=["state", "approver", "custodian", "decided_at"])
    hashes = [_hash_of(box) for box in boxes.values()]
    _log(
        "opening_approved",
        opening,
        by=by,
        now=now,
        approver=holder.fingerprint,
        custodian=custodian.fingerprint,
        boxes=hashes,
    )
    if opening.urgent:
        sign_in.ring(custodian.officer, now=now)


def hand_out(*, opening: Opening, by: Scope, now: datetime) -> Sequence[Sealed]:
    """Everything that is sealed of the person, in both layers, for the approver's browser. This is recorded."""
    opening, holder = _decider(opening, by, now)
    sealed = list(openings.sealed_of(opening))
    hashes = [_hash_of(bytes(one.box)) for one in sealed]
    _log("opening_begun", opening, by=by, now=now, approver=holder.fingerprint, boxes=hashes)
    return sealed


def refuse(*, opening: Opening, why: str, by: Scope, now: datetime) -> None:
    """Say no to a request; why is kept for whoever asked."""
    opening, holder = _decider(opening, by, now)
    opening.state, opening.approver, opening.decided_at = Opening.State.REFUSED, holder, now
    opening.refusal = said_something(why, limit=1000)
    opening.save(update_fields=["state", "approver", "decided_at", "refusal"])
    _log("opening_refused", opening, by=by, now=now, approver=holder.fingerprint)


def _decider(opening: Opening, by: Scope, now: datetime) -> tuple[Opening, Keyholder]:
    """The request, locked, and the approver's key; refused for whoever may not decide on it."""
    opening = _locked(opening, Opening.State.REQUESTED, now)
    holder = openings.held_by(by.officer.pk)
    if holder is None or holder.group != Keyholder.Group.APPROVER or not holder.confirmed_at:
        raise Refused(_("Only an approver with a confirmed key can decide on this."))
    _still_fit(opening, approver=holder, now=now)
    return opening, holder


def _still_fit(
    opening: Opening, *, approver: Keyholder, now: datetime, custodian: Keyholder | None = None
) -> None:
    """Whether all parties may still take part: asked again at every step, because others may be accused by now.

    Source: the four people of `rules.opening`, as the case and the postings are today.
    """
    people = {opening.requested_by_id, approver.officer_id} | ({custodian.officer_id} if custodian else set())
    hidden = openings.hidden_from(opening)
    if hidden is None:
        raise Refused(_("The case is not there any more."))
    directory = force_directory.current(now=now)
    shut_out = {officer for officer in people if hidden & directory.shut_out_as(officer)}
    accused = shut_out.union(opening.excluded)
    parties = openings.parties(people, on=timezone.localdate(now))
    asks = parties[opening.requested_by_id]
    _unless(rule.why_not_ask(asks=asks, accused=accused))
    _unless(rule.why_not_approve(asks=asks, approves=parties[approver.officer_id], accused=accused))
    if custodian:
        opens = parties[custodian.officer_id]
        _unless(rule.why_not_open(asks=asks, approves=approver.officer_id, opens=opens, accused=accused))
        if custodian.ended_at:
            raise Refused(_("This key has ended. The request has to be made again."))


def take(*, opening: Opening, by: Scope, now: datetime) -> Sequence[Resealed]:
    """The boxes for the named custodian's browser. Handing them out is recorded."""
    opening = _opener(opening, by, now)
    boxes = list(opening.resealed.select_related("sealed").order_by("id"))
    _log("opening_taken", opening, by=by, now=now, boxes=[box.digest for box in boxes])
    return boxes


def may_still_take(*, opening: Opening, by: Scope, now: datetime) -> None:
    """Refused unless the officer is the custodian who may open this now (for the sealed originals of files)."""
    _opener(opening, by, now)


def opened(
    *, opening: Opening, by: Scope, now: datetime, same: Iterable[str] = (), differs: Iterable[str] = ()
) -> None:
    """The custodian's browser has opened the boxes; they are destroyed here.

    `same` and `differs`: what the browser found when it compared the content with the commitment. What another
    custodian had sealed anew is settled by that: the box before goes, or comes back.
    """
    opening = _opener(opening, by, now)
    _settle(opening, same=set(same), differs=set(differs), by=by, now=now)
    _close(opening, by=by, now=now)


def _close(opening: Opening, *, by: Scope, now: datetime) -> None:
    opening.state, opening.opened_at = Opening.State.OPENED, now
    digests = list(opening.resealed.values_list("digest", flat=True))
    opening.resealed.update(box=None)
    opening.save(update_fields=["state", "opened_at"])
    assert opening.custodian is not None
    _log("opening_opened", opening, by=by, now=now, custodian=opening.custodian.fingerprint, boxes=digests)


def _settle(opening: Opening, *, same: set[str], differs: set[str], by: Scope, now: datetime) -> None:
    for one in openings.sealed_of(opening):
        ours = one.anew_by_id == opening.custodian_id
        if one.public_id in differs:
            _log(
                "sealed_differs",
                opening,
                by=by,
                now=now,
                sealed=one.pk,
                came_back=bool(one.before) and not ours,
            )
            if one.before and one.before_keys and not ours:
                one.box = bytes(one.before)
                one.custodians, one.approvers = one.before_keys["custodians"], one.before_keys["approvers"]
                _forget_before(one)
        elif one.public_id in same and one.before and not ours:
            _forget_before(one)
            _log("sealed_confirmed", opening, by=by, now=now, sealed=one.pk)


def _forget_before(one: Sealed) -> None:
    one.before = one.before_keys = one.anew_by = None
    one.save(update_fields=["box", "custodians", "approvers", "before", "before_keys", "anew_by"])


def seals_anew(opening: Opening) -> vault.Locks | None:
    """The keys of today to which all is to be sealed anew; None when that is done and only to be compared."""
    to = vault.locks() if opening.purpose == Opening.Purpose.ROTATION else None
    if to is None:
        return None
    today = {k.fingerprint for k in to.custodians}, {k.fingerprint for k in to.approvers}
    sealed = openings.sealed_of(opening)
    return to if any((set(one.custodians), set(one.approvers)) != today for one in sealed) else None


def seal_anew(
    *, opening: Opening, boxes: Mapping[str, bytes], by: Scope, now: datetime, same: Iterable[str] = ()
) -> None:
    """Put what the custodian's browser has sealed to the keys of today in place of what was sealed to others.

    Nobody here can tell what is in it. So the box before is kept until another custodian has opened the new one and
    found the content that was sealed first.
    """
    opening = _opener(opening, by, now)
    to = seals_anew(opening)
    if to is None:
        raise Refused(_("This was not asked for sealing anew."))
    _settle(opening, same=set(same), differs=set(), by=by, now=now)
    sealed = {one.public_id: one for one in openings.sealed_of(opening)}
    if sealed.keys() != boxes.keys() or not all(_closed_to(box, len(to.approvers)) for box in boxes.values()):
        raise Refused(
            _("What your browser sent is not sealed to the keys of today. Load the page and try again.")
        )
    for name, one in sealed.items():
        if one.before is None:
            one.before, one.before_keys = one.box, {"custodians": one.custodians, "approvers": one.approvers}
        one.box, one.anew_by = boxes[name], opening.custodian
        one.custodians = [holder.fingerprint for holder in to.custodians]
        one.approvers = [holder.fingerprint for holder in to.approvers]
        one.save(update_fields=["box", "custodians", "approvers", "before", "before_keys", "anew_by"])
    _log("sealed_anew", opening, by=by, now=now, boxes=[_hash_of(box) for box in boxes.values()])
    _close(opening, by=by, now=now)


def _opener(opening: Opening, by: Scope, now: datetime) -> Opening:
    opening = _locked(opening, Opening.State.APPROVED, now)
    if opening.custodian is None or opening.custodian.officer_id != by.officer.pk:
        raise Refused(_("This was sealed to another custodian."))
    assert opening.approver is not None
    _still_fit(opening, approver=opening.approver, custodian=opening.custodian, now=now)
    return opening


def _locked(opening: Opening, state: str, now: datetime) -> Opening:
    rows = Opening.objects.select_for_update(of=("self",)).select_related("custodian", "approver")
    opening = rows.get(pk=opening.pk)
    if opening.state != state:
        raise Refused(_("Somebody was faster: %(state)s.") % {"state": opening.get_state_display()})
    if opening.expires_at <= now:
        raise Refused(_("The request has expired. It has to be made again."))
    return opening


def _closed_to(box: bytes, number: int) -> bool:
    """Whether the box is an age file for so many X25519 keys; what is in it nobody here can tell."""
    head, _line, _rest = box[:8192].partition(b"\n--- ")
    first, *lines = head.split(b"\n")
    stanzas = [line.split(b" ")[1] for line in lines if line.startswith(b"-> ")]
    keys = [stanza for stanza in stanzas if not stanza.endswith(b"-grease")]  # noise that age libraries add
    return len(box) <= MOST_BYTES and first == b"age-encryption.org/v1" and keys == [b"X25519"] * number


def _unless(why: str) -> None:
    """Raise what a rule says, in words."""
    words = {
        "accused": _(
            "You serve at the accused unit, or are accused yourself. Four different people are needed."
        ),
        "asked": _("Whoever asked can't take another part. Four different people are needed."),
        "approved": _("Approver and custodian must be two people."),
        "chain": _("Whoever asked serves in your chain of command. An approver outside of it has to decide."),
    }
    if why:
        raise Refused(words[why])


def _log(
    what: str, opening: Opening, *, by: Scope, now: datetime, post_id: int | None = None, **detail: Any
) -> None:
    audit.record(
        what,
        now=now,
        officer_id=by.officer.pk,
        post_id=post_id,
        subject="opening",
        ids=[opening.pk],
        case_id=opening.case_id,
        detail=detail,
    )


def _hash(text: str) -> str:
    return _hash_of(text.encode())


def _hash_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

"""Proof that an instruction was carried out: sent by the unit, looked at by a superior, verified or sent back (H5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as deferred

from rabta import audit
from rabta.cases.refusal import Refused
from rabta.files import uploads
from rabta.files.models import StoredFile
from rabta.files.uploads import Taken
from rabta.force import directory as force_directory
from rabta.force.access import Permission, Scope
from rabta.groups.models import Direction, GoodWork, Hop, Photo, Proof
from rabta.journey.groups.directions import telling
from rabta.journey.groups.directions.relaying import held, mark_received
from rabta.rules import relaying as rule

LONGEST = 2000
LONGEST_REMARK = 300
MOST_PHOTOS = 10
TOGETHER = timedelta(minutes=10)
OPEN = (Hop.ProofState.NONE, Hop.ProofState.REJECTED)


@dataclass(frozen=True)
class Place:
    """Where the telephone was when it sent a picture, as it says."""

    lat: float | None = None
    lng: float | None = None


def send(
    *,
    hop: Hop,
    text: str,
    files: Sequence[Taken] = (),
    stored: Sequence[StoredFile] = (),
    by: Scope,
    now: datetime,
    place: Place | None = None,
) -> Proof:
    """Send photos, an answer, or both; `stored` are pictures that are kept already. It is received by that.

    Refused when nothing is asked, when it waits or was verified already, or when the photo asked for is missing.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise Refused(_("The text is too long: %(most)d letters at most.") % {"most": LONGEST})
    number = len(files) + len(stored)
    if number > MOST_PHOTOS:
        raise Refused(_("At most %(number)s photos at once.") % {"number": MOST_PHOTOS})
    hop = held(hop, by)
    is_asked(hop)
    if hop.direction.proof == Direction.Proof.PHOTO and not number:
        raise Refused(_("A photo is asked for. Take or choose one first."))
    if not number and not text:
        raise Refused(_("Write the answer first."))
    if not hop.received_at:
        mark_received(hop, by, now=now)
    proof = Proof.objects.create(hop=hop, text=text, officer=by.officer, post_id=hop.post_id, at=now)
    add_photos([*uploads.keep(files, now=now), *stored], now=now, place=place, proof=proof)
    hop.proof_state = Hop.ProofState.WAITING
    hop.save(update_fields=["proof_state"])
    _record("proof_sent", hop, proof, by, now=now, photos=number)
    return proof


def send_photo(*, hop: Hop, text: str, file: StoredFile, by: Scope, now: datetime) -> None:
    """One photo from a telephone: it is the proof, or joins what the same officer sent a moment ago, for telephones
    send each photo by itself. The same photo twice is one. Refused like `send`."""
    hop = held(hop, by)
    own = hop.proofs.filter(officer=by.officer).exclude(state=Proof.State.REJECTED)
    if own.filter(photos__file__sha256=file.sha256).exists():
        return
    fresh = just_sent(hop, by, now=now)
    if fresh is None:
        send(hop=hop, text=text, stored=[file], by=by, now=now)
        return
    if fresh.photos.count() >= MOST_PHOTOS:
        raise Refused(_("At most %(number)s photos at once.") % {"number": MOST_PHOTOS})
    fresh.text = "\n".join(filter(None, (fresh.text, text.strip())))[:LONGEST]
    fresh.save(update_fields=["text"])
    add_photos([file], now=now, proof=fresh)
    _record("proof_added", hop, fresh, by, now=now)


def just_sent(hop: Hop, by: Scope, *, now: datetime) -> Proof | None:
    """The officer's own proof of a moment ago, which nobody decided on: further photos join it."""
    waiting = hop.proofs.filter(officer=by.officer, state=Proof.State.WAITING, at__gt=now - TOGETHER)
    return waiting.first()


def is_asked(hop: Hop) -> None:
    """Refused, with the reason, where no proof is open."""
    if hop.proof_state in OPEN:
        return
    if hop.proof_state == Hop.ProofState.WAITING:
        raise Refused(_("A proof is already with your superior. Wait for the decision."))
    if hop.proof_state == Hop.ProofState.VERIFIED:
        raise Refused(_("The proof was verified already. Nothing more is asked."))
    if hop.proof_state == Hop.ProofState.EXCUSED:
        raise Refused(_("Your superior wrote that this does not apply to you. Nothing is asked."))
    raise Refused(_("No proof is asked of this unit."))


def add_photos(
    files: Sequence[StoredFile],
    *,
    now: datetime,
    place: Place | None = None,
    proof: Proof | None = None,
    work: GoodWork | None = None,
) -> None:
    """Put pictures to a proof or to good work; the copies that people look at are made by a job."""
    where = place or Place()
    for file in files:
        photo = Photo.objects.create(
            proof=proof,
            work=work,
            file=file,
            at=now,
            lat=where.lat,
            lng=where.lng,
        )
        if file.kind == "image":
            job = deferred.configure_task("rabta.jobs.tasks.prepare_photo", allow_unknown=True, queue="media")
            job.defer(photo_id=photo.pk)


def judge(*, proof: Proof, decision: str, remark: str, by: Scope, now: datetime) -> None:
    """Verify or reject, as a superior. A rejected unit is told and sends another.

    Refused without the right, without a remark on what is missing, and when somebody decided meanwhile.
    """
    remark = remark.strip()
    if decision not in (Proof.State.VERIFIED, Proof.State.REJECTED):
        raise Refused(_("Verify it or reject it."))
    if decision == Proof.State.REJECTED and not remark:
        raise Refused(_("Write what is missing: the unit reads it and sends another."))
    if len(remark) > LONGEST_REMARK:
        raise Refused(_("The remark is too long: %(most)d letters at most.") % {"most": LONGEST_REMARK})
    hop = _locked(proof.hop)
    proof = Proof.objects.select_related("decided_by").get(pk=proof.pk)
    superior(by, hop, proof=proof)
    if proof.state != Proof.State.WAITING:
        values = {"officer": proof.decided_by, "state": proof.get_state_display()}
        raise Refused(_("%(officer)s decided meanwhile: %(state)s. Nothing was changed.") % values)
    if decision == Proof.State.VERIFIED and _is_prepared_still(proof):
        raise Refused(_("A photo of it is still being prepared. Look at it before you verify it."))
    proof.state, proof.decided_at, proof.decided_by, proof.remark = decision, now, by.officer, remark
    proof.save(update_fields=["state", "decided_at", "decided_by", "remark"])
    hop.proof_state = Hop.ProofState(decision)
    hop.save(update_fields=["proof_state"])
    _record(f"proof_{decision}", hop, proof, by, now=now)
    if decision == Proof.State.REJECTED:
        telling.rejected(hop, directory=force_directory.current(now=now), now=now)


def _is_prepared_still(proof: Proof) -> bool:
    """Whether nobody can have looked at one of its photos yet; one that has its trouble is never seen."""
    return proof.photos.filter(file__kind="image", file__cleaned=None, trouble="").exists()


def excuse(*, hop: Hop, why: str, by: Scope, now: datetime) -> None:
    """Say that the instruction does not apply to a unit, with the reason: no proof is asked of it any more."""
    why = why.strip()
    if not why:
        raise Refused(_("Write why it does not apply to this unit."))
    hop = _locked(hop)
    superior(by, hop)
    if hop.proof_state not in OPEN:
        raise Refused(_("This is not open any more: %(state)s.") % {"state": hop.get_proof_state_display()})
    hop.proof_state, hop.excused_why, hop.excused_by = Hop.ProofState.EXCUSED, why[:300], by.officer
    hop.save(update_fields=["proof_state", "excused_why", "excused_by"])
    _record("proof_excused", hop, None, by, now=now)


def may_judge(by: Scope, hop: Hop, *, proof: Proof | None = None) -> bool:
    """Whether the officer decides on the proof of this hop."""
    sent = proof is not None and proof.officer_id == by.officer.pk
    return rule.judges(units=by.units_with(Permission.DIRECT), path=hop.unit.path, sent_it=sent)


def superior(by: Scope, hop: Hop, *, proof: Proof | None = None) -> None:
    """Refused to whoever does not decide on the proof of this hop."""
    if not may_judge(by, hop, proof=proof):
        raise Refused(_("A superior of this unit decides on it, and nobody on what he sent himself."))


def _locked(hop: Hop) -> Hop:
    rows = Hop.objects.select_for_update(of=("self",)).select_related("direction", "unit", "post")
    return rows.get(pk=hop.pk)


def _record(what: str, hop: Hop, proof: Proof | None, by: Scope, *, now: datetime, **detail: int) -> None:
    audit.record(
        what, now=now, officer_id=by.officer.pk, subject="hop", ids=[hop.pk],
        detail={**({"proof": proof.pk} if proof else {}), **detail},
    )  # fmt: skip

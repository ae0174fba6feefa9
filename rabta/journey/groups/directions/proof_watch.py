"""Proof that does not come: its post is reminded before the day, and after it the level above is told by name (H5)."""

from datetime import datetime, timedelta

from django.db.models import Max, Q, QuerySet

from rabta import audit
from rabta.force import directory as force_directory
from rabta.force.access import system
from rabta.groups.models import Hop, Proof
from rabta.journey.groups.directions import proving, relaying, telling
from rabta.rules import relaying as rule
from rabta.rules.relaying import Step

REASON = "watching for proof"
SOON = timedelta(days=1)  # nobody is reminded earlier (`rules.relaying.proof_step`)
AT_ONCE = 500


def tick(*, now: datetime) -> None:
    """Remind and tell one level up, each hop by itself. Safe to repeat."""
    with system(REASON):
        hops = [hop.pk for hop in _open_ones(now=now) if _step(hop, now=now)][:AT_ONCE]
    for pk in hops:
        _settle(pk, now=now)


def _open_ones(*, now: datetime) -> QuerySet[Hop]:
    """Hops whose proof is awaited, and whose day is near or past."""
    rows = Hop.objects.filter(
        proof_state__in=proving.OPEN,
        proof_late_at=None,
        told_at__isnull=False,
        direction__ended_at=None,
        direction__proof_due_at__lte=now + SOON,
    )
    # Who was reminded has nothing to hear before the day.
    rows = rows.filter(Q(proof_reminded_at=None) | Q(direction__proof_due_at__lte=now))
    return rows.select_related("direction").order_by("direction__proof_due_at", "pk")


def _step(hop: Hop, *, now: datetime) -> Step | None:
    direction, told_at = hop.direction, hop.told_at
    assert direction.proof_due_at is not None and told_at is not None
    rejected_at = None
    if hop.proof_state == Hop.ProofState.REJECTED:
        rejected_at = hop.proofs.filter(state=Proof.State.REJECTED).aggregate(at=Max("decided_at"))["at"]
    limit = timedelta(minutes=direction.limit_minutes)
    due_at = rule.proof_due(
        till=direction.proof_due_at, told_at=told_at, rejected_at=rejected_at, limit=limit
    )
    return rule.proof_step(
        since=max(told_at, rejected_at or told_at),
        due_at=due_at,
        reminded=hop.proof_reminded_at is not None or not direction.reminders,
        escalated=hop.proof_late_at is not None,
        now=now,
    )


def _settle(hop_id: int, *, now: datetime) -> None:
    with system(REASON):
        rows = Hop.objects.select_for_update(of=("self",), skip_locked=True)
        rows = rows.select_related("direction", "group", "unit", "post", "parent")
        hop = rows.filter(pk=hop_id, proof_state__in=proving.OPEN, direction__ended_at=None).first()
        step = _step(hop, now=now) if hop else None
        if hop is None or step is None:
            return
        directory = force_directory.current(now=now)
        if step == Step.REMIND:
            relaying.address_again(hop, directory)
            hop.proof_reminded_at = now
            hop.save(update_fields=["post", "why", "visible_to", "proof_reminded_at"])
            telling.proof_due(hop, directory=directory, now=now)
            return
        hop.proof_late_at, hop.proof_late_to = now, relaying.level_above(hop, directory)
        hop.save(update_fields=["proof_late_at", "proof_late_to"])
        audit.record("proof_late", now=now, reason=REASON, subject="hop", ids=[hop.pk])
        if hop.proof_late_to:
            telling.proof_late(hop, to=hop.proof_late_to, directory=directory, now=now)

"""What did not arrive, and the operator's word on it."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rabta import audit
from rabta.force.access import Permission, Scope
from rabta.outbox.models import Delivery
from rabta.people.models import Handle

STUCK = (Delivery.State.FAILED, Delivery.State.IN_DOUBT)
TAKEN_BACK = "taken_back"  # by its author, before it left
_DAILY = (Permission.HANDLE_CASES, Permission.SEE_INTAKE)


class NotStuck(Exception):
    """The letter can't be sent again; the text says why, in the reader's language."""


def hold_back(handle: Handle, *, now: datetime) -> int:
    """Take back what still waits to leave for somebody who said STOP; returns how much.

    What goes on: what is urgent or an emergency (safety), what an officer wrote himself to this person (duty to
    answer), and what stands under a public post (it goes to no telephone).
    """
    waiting = Delivery.objects.filter(
        handle=handle, state=Delivery.State.QUEUED, personal=False, public=False, mark="",
        priority__gt=Delivery.Priority.URGENT,
    )  # fmt: skip
    return waiting.update(state=Delivery.State.FAILED, failed_at=now, trouble=TAKEN_BACK, trouble_text="STOP")


def stuck() -> QuerySet[Delivery]:
    """Letters that nobody will send unless a person decides so, the newest first, as far as the context sees them.

    What goes to very many is not among them: how far that came is told with it.
    """
    rows = Delivery.objects.filter(state__in=STUCK, body=None).exclude(trouble=TAKEN_BACK)
    return rows.select_related("account").order_by("-id")


def retry(delivery: Delivery, by: Scope, now: datetime) -> Delivery:
    """Send a failed or doubtful letter again, as an operator decided; recorded. Returns the delivery, queued.

    Raises NotStuck when it is neither, or when the officer may not decide this.
    """
    with transaction.atomic():
        held = _decided("send_again", delivery, by=by, now=now)
        held.state, held.due_at, held.queued_at, held.attempts = Delivery.State.QUEUED, now, now, 0
        held.trouble = held.trouble_text = ""
        held.failed_at = held.provider_digest = None
        held.save()
    return held


def leave(delivery: Delivery, by: Scope, now: datetime) -> None:
    """Let a failed or doubtful letter be: it needs nobody any more, and its case goes on saying that it did not arrive.

    Recorded, and refused, as `retry`.
    """
    with transaction.atomic():
        held = _decided("leave_unsent", delivery, by=by, now=now)
        held.trouble, held.trouble_text = TAKEN_BACK, held.trouble_text or held.trouble
        held.save(update_fields=["trouble", "trouble_text"])


def _decided(act: str, delivery: Delivery, *, by: Scope, now: datetime) -> Delivery:
    """The letter, locked, of which this officer decides; in the record. Raises NotStuck."""
    held = Delivery.objects.select_for_update().filter(pk=delivery.pk).first()
    if held is None or not any(by.may(permission, held) for permission in _DAILY):
        raise NotStuck(_("You may not send this message again."))
    if held.state not in STUCK or held.trouble == TAKEN_BACK:
        raise NotStuck(_("Somebody has decided on this already."))
    detail = {"was": held.state, "trouble": held.trouble}
    audit.record(act, now=now, officer_id=by.officer.pk, subject="delivery", ids=[held.pk], detail=detail)
    return held

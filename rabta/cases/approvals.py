"""Closings that wait for a second officer: who asked for the outcome, and who approved or refused it.

The words (remark, and what the citizen is told) stand in the event that asked, and are erased with it.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rabta.cases.kinds import Outcome
from rabta.kit.ids import public_id


class Approval(models.Model):
    """One outcome that somebody asked for. `asked_by` is empty where the citizen did."""

    class Decision(models.TextChoices):
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="approvals")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    event = models.ForeignKey(
        "cases.Event", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    asked_by = models.ForeignKey(
        "force.Officer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey(
        "force.Officer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(decision=""), name="one_open_approval"),
            models.CheckConstraint(
                condition=Q(decision="", decided_by=None, decided_at=None)
                | ~Q(decision="") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="approval_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(asked_by=None) | Q(decided_by=None) | ~Q(asked_by=F("decided_by")),
                name="approval_needs_another_officer",
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], condition=Q(decision=""), name="approval_waiting")]

    def __str__(self) -> str:
        return f"{self.outcome} asked for {self.case_id}"

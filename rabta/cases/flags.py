"""What stands on a case beside its state and outcome: flags that figures print "of which", the citizen's appeal and
opinion, and the hand-over of an emergency."""

from django.db import models
from django.db.models import Q

from rabta.cases.kinds import Appeal, State


class Flags(models.Model):
    """The columns of these, for `Case`."""

    under_investigation = models.BooleanField(default=False, db_default=False)
    fir_number = models.CharField(max_length=40, blank=True, default="", db_default="")
    fir_unit = models.ForeignKey(
        "force.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    fir_on = models.DateField(null=True)
    reopened_at = models.DateTimeField(null=True)
    reopened_by_citizen = models.BooleanField(default=False, db_default=False)  # may be once
    appealed_at = models.DateTimeField(null=True)
    appeal_state = models.CharField(
        max_length=8, choices=Appeal.choices, blank=True, default="", db_default=""
    )
    # The level above the unit that closed the case: it decides.
    appeal_unit = models.ForeignKey(
        "force.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # What the citizen thinks of it, asked after closing: 1 (bad) to 5 (good).
    feedback_asked_at = models.DateTimeField(null=True)
    feedback_at = models.DateTimeField(null=True)
    satisfaction = models.PositiveSmallIntegerField(null=True)
    # The hand-over of an emergency to the line that sends help; the line's incident number confirms it.
    handed_over_at = models.DateTimeField(null=True)
    handed_over_to = models.CharField(max_length=80, blank=True, default="", db_default="")
    line_incident = models.CharField(max_length=40, blank=True, default="", db_default="")
    line_confirmed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


CONSTRAINTS = [
    models.CheckConstraint(
        condition=Q(fir_number="", fir_unit=None, fir_on=None)
        | ~Q(fir_number="") & Q(fir_unit__isnull=False, fir_on__isnull=False),
        name="fir_has_number_station_and_date",
    ),
    models.CheckConstraint(
        condition=Q(appeal_state="", appealed_at=None, appeal_unit=None)
        | ~Q(appeal_state="") & Q(appealed_at__isnull=False, appeal_unit__isnull=False),
        name="appeal_has_time_and_unit",
    ),
    models.CheckConstraint(
        condition=Q(satisfaction=None, feedback_at=None)
        | Q(satisfaction__gte=1, satisfaction__lte=5, feedback_at__isnull=False),
        name="satisfaction_from_one_to_five",
    ),
    models.CheckConstraint(
        condition=Q(line_confirmed_at=None, line_incident="")
        | ~Q(line_incident="") & Q(line_confirmed_at__isnull=False, handed_over_at__isnull=False),
        name="hand_over_confirmed_by_number",
    ),
]
INDEXES = [
    models.Index(
        fields=["opened_at"],
        condition=Q(line_confirmed_at=None)
        & ~Q(state=State.CLOSED)
        & (Q(urgency=0) | Q(handed_over_at__isnull=False)),
        name="case_line_unconfirmed",
    ),
    models.Index(fields=["appealed_at"], condition=Q(appeal_state=Appeal.OPEN), name="case_appealed"),
]

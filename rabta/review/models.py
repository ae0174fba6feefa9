"""What is remembered of limits: the rules by version, pauses, what was passed up the chain, interim replies, telephone
calls that the desk has to make, and the reviews that officers hold.

Nothing here says what a case is about; what hangs on a case is seen by whoever sees the case.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rabta.channels.ways import Way
from rabta.kit.ids import public_id
from rabta.rules.limits import Step

STEPS = (
    (Step.REPLY, _("Reply")),
    (Step.CONTACT, _("Contact")),
    (Step.REPORT, _("Report")),
    (Step.ACKNOWLEDGED, _("Acceptance of the order")),
    (Step.PASSED_ON, _("Passing on the order")),
    (Step.HANDED_OVER, _("Confirmation by the emergency line")),
)


class Version(models.Model):
    """The rules about limits as they stood from a moment on: limits, hours, holidays. Never changed, only followed."""

    made_at = models.DateTimeField()
    made_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    body = models.JSONField()

    def __str__(self) -> str:
        return f"rules {self.pk}"


class Watch(models.Model):
    """When somebody has to look at a case again because a limit runs. Written by triggers and by the sweep."""

    case = models.OneToOneField(
        "cases.Case", primary_key=True, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    look_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "watches"
        indexes = [models.Index(fields=["look_at"], name="review_watch_next")]

    def __str__(self) -> str:
        return f"watch on {self.case_id}"


class Pause(models.Model):
    """A time in which limits of a case do not run. `until` is planned; `ended_at` is when it was over."""

    class Ended(models.TextChoices):
        TIME = "time", _("its time was over")
        ANSWERED = "answered", _("the citizen answered")
        BY_HAND = "by_hand", _("ended by an officer")
        CLOSED = "closed", _("the case was closed")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="pauses")
    reason = models.CharField(max_length=20)
    since = models.DateTimeField()
    until = models.DateTimeField()
    by = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    by_post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=8, choices=Ended.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="one_open_pause_per_case"
            )
        ]
        indexes = [models.Index(fields=["until"], condition=Q(ended_at=None), name="review_pause_open")]

    def __str__(self) -> str:
        return f"pause {self.public_id}"


class Escalation(models.Model):
    """A limit that was warned of (`level` 0) or passed (1 and up, one level of the chain each), and who was told.

    `post` is empty where nobody above may know of the case. `taken_at`: whoever was told takes care of it.
    `ended_at`: the duty was done, or no longer runs. `passed_by`: an officer passed the order up by hand, in time or
    not.
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="escalations")
    order = models.ForeignKey("cases.Order", null=True, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=14, choices=STEPS)
    level = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    held_by = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    passed_by = models.ForeignKey(
        "force.Officer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    officers = ArrayField(models.BigIntegerField(), default=list, blank=True)  # who held the post then
    deliveries = ArrayField(models.BigIntegerField(), default=list, blank=True)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "order", "step", "due_at", "level"],
                name="once_per_limit_and_level",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(
                fields=["post", "-at"],
                condition=Q(ended_at=None, taken_at=None, level__gt=0),
                name="review_escalated_to",
            ),
            models.Index(fields=["case"], condition=Q(ended_at=None), name="review_escalated_open"),
        ]

    def __str__(self) -> str:
        return f"{self.step} level {self.level} of {self.case_id}"


class Interim(models.Model):
    """A case that is open so long that its citizen should hear in between. Suggested once each time it is due."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="interims")
    due_at = models.DateTimeField()
    suggested_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    sent = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "due_at"], name="one_interim_reply_each_time")]
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at=None), name="review_interim_open")]

    def __str__(self) -> str:
        return f"interim reply in {self.case_id}"


class Call(models.Model):
    """An urgent order reached nobody by message: the desk telephones, and says whether it reached somebody."""

    class Result(models.TextChoices):
        REACHED = "reached", _("reached")
        NOT_REACHED = "not_reached", _("not reached")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    order = models.OneToOneField("cases.Order", on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    tried_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=12, choices=Result.choices, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], condition=Q(ended_at=None), name="review_call_open")]

    def __str__(self) -> str:
        return f"call {self.public_id}"


class Review(models.Model):
    """A review that an officer held: from when to when. What was decided in it stands in its lines."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    officer = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict)  # how many stood where when it began

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["officer"], condition=Q(ended_at=None), name="one_open_review")
        ]
        indexes = [models.Index(fields=["officer", "-began_at"], name="review_by_officer")]

    def __str__(self) -> str:
        return f"review {self.public_id}"


class Line(models.Model):
    """A case that was looked at in a review, and what was decided on it, if anything."""

    class Decision(models.TextChoices):
        LOOKED = "looked", _("looked at")
        ACCEPTED = "accepted", _("report accepted")
        REJECTED = "rejected", _("report sent back")
        ORDERED = "ordered", _("ordered again")
        ESCALATED = "escalated", _("passed up")

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="lines")
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "case", "decision"], name="once_in_a_review")
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.case_id}"


class Digest(models.Model):
    """The figures that an officer wants on the phone, morning and evening: numbers only."""

    officer = models.OneToOneField(
        "force.Officer", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    way = models.CharField(max_length=8, choices=Way.choices, default=Way.NEAREST)
    morning = models.BooleanField(default=True)
    evening = models.BooleanField(default=True)
    sent_for = models.CharField(max_length=20, blank=True)  # the day and the half of it that was sent last

    def __str__(self) -> str:
        return f"digest of {self.officer_id}"

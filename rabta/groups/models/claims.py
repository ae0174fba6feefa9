"""Rumours: what several groups report is one claim; volunteers near by say what is true of it (H15)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rabta.kit.ids import public_id


class Claim(models.Model):
    """One rumour. `visible_to` holds the units of all who reported it, and those above them.

    `version` is the public id of the official version that answers it.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ASKED = "asked", _("volunteers are asked")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    class Verdict(models.TextChoices):
        TRUE = "true", _("true")
        FALSE = "false", _("not true")
        UNCLEAR = "unclear", _("not clear")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    text = models.TextField()
    place = models.CharField(max_length=120, blank=True)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_by = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=7, choices=Verdict.choices, blank=True)
    version = models.CharField(max_length=16, blank=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="answered") | (~Q(verdict="") & ~Q(version="")),
                name="claim_answered_by_a_version",
            )
        ]
        indexes = [models.Index(fields=["opened_at"], name="claim_by_time")]

    def __str__(self) -> str:
        return f"claim {self.public_id}"


class ClaimReport(models.Model):
    """What one member wrote of a rumour, in a group or to the number; not yet in a claim, or in one.

    `bands` find those that are nearly the same (`rules.likeness`). `item` names the member's message.
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    claim = models.ForeignKey(Claim, null=True, on_delete=models.PROTECT, related_name="reports")
    member = models.ForeignKey("groups.Member", null=True, on_delete=models.SET_NULL, related_name="+")
    group = models.ForeignKey("groups.Group", null=True, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=16, blank=True)
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    text = models.TextField()
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    bands = ArrayField(models.IntegerField(), default=list)
    at = models.DateTimeField()
    set_aside_at = models.DateTimeField(null=True)  # no rumour, somebody said

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=~Q(item=""), name="one_report_for_each_item")
        ]
        indexes = [
            models.Index(
                fields=["at"], condition=Q(claim=None, set_aside_at=None), name="report_without_claim"
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.public_id}"


class ClaimCase(models.Model):
    """A case of the desk about the same rumour. Seen by whoever sees the case: moderators never learn of it."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="cases")
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    joined_by = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "case"], name="one_place_of_a_case_in_a_claim")
        ]

    def __str__(self) -> str:
        return f"case {self.case_id} in {self.claim_id}"


class Sighting(models.Model):
    """What somebody near by knows of a claim: the last word counts."""

    class Answer(models.TextChoices):
        YES = "yes", _("true")
        NO = "no", _("not true")
        UNKNOWN = "unknown", _("does not know")

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="sightings")
    member = models.ForeignKey("groups.Member", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=7, choices=Answer.choices)
    words = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "member"], name="one_sighting_of_each_member")
        ]

    def __str__(self) -> str:
        return f"{self.answer} on {self.claim_id}"


class Unasked(models.Model):
    """A member who does not want to be asked about rumours."""

    member = models.OneToOneField("groups.Member", on_delete=models.CASCADE, related_name="unasked")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "unasked"

    def __str__(self) -> str:
        return f"{self.member_id} is not asked"

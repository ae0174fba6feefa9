"""Emergency bulletins: the right information through the volunteers, with receipt (H15)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rabta.kit.ids import public_id


class Bulletin(models.Model):
    """What is to be told at once: its words by language, where, and through which groups.

    One officer writes and another lets go; an emergency may be let go by one commander (`alone`), and somebody else
    looks at it within the hour (`look_due_at`). `corrects` names the bulletin that this one corrects or withdraws:
    it goes to exactly those who got that one.
    """

    class State(models.TextChoices):
        WAITS = "waits", _("waits for a second officer")
        SENT = "sent", _("let go")
        REFUSED = "refused", _("not sent")

    class Kind(models.TextChoices):
        NEW = "new", _("bulletin")
        CORRECTION = "correction", _("correction")
        WITHDRAWAL = "withdrawal", _("withdrawal")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NEW)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    title = models.CharField(max_length=120)  # for officers; it does not go out
    words = models.JSONField(default=dict)  # language → text; "" for all others
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    groups = models.ManyToManyField("groups.Group", related_name="bulletins")
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    radius_km = models.FloatField(null=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITS)
    written_by = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    written_post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    decided_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=300, blank=True)
    alone = models.BooleanField(default=False)
    look_due_at = models.DateTimeField(null=True)
    looked_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    looked_at = models.DateTimeField(null=True)
    look_missed_at = models.DateTimeField(null=True)
    broadcast = models.OneToOneField(
        "groups.Broadcast", null=True, on_delete=models.PROTECT, related_name="bulletin"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sent")
                | (Q(decided_by__isnull=False) & (Q(alone=True) | ~Q(decided_by=F("written_by")))),
                name="bulletin_let_go_by_another_officer",
            ),
            models.CheckConstraint(
                condition=Q(looked_by=None) | (~Q(looked_by=F("decided_by")) & ~Q(looked_by=F("written_by"))),
                name="bulletin_looked_at_by_another_officer",
            ),
            models.CheckConstraint(
                condition=Q(kind="new", corrects=None) | (~Q(kind="new") & Q(corrects__isnull=False)),
                name="correction_names_its_bulletin",
            ),
        ]
        indexes = [
            models.Index(
                fields=["look_due_at"], condition=Q(alone=True, looked_at=None), name="bulletin_to_look_at"
            )
        ]

    def __str__(self) -> str:
        return f"bulletin {self.public_id}"

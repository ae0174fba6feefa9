"""Good work that goes up the force, each level's word on it, and pictures that officers send."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rabta.kit.ids import public_id


class GoodWork(models.Model):
    """Something that a unit is proud of. `lies_at` is the unit whose turn it is; `path` leads there from the force.

    `people` are names of police staff, never of victims, children or informants: whoever submits promises that.
    """

    class State(models.TextChoices):
        MOVING = "moving", _("on its way up")
        RETURNED = "returned", _("returned")
        APPROVED = "approved", _("approved")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    title = models.CharField(max_length=120)
    text = models.TextField()
    people = ArrayField(models.CharField(max_length=120), default=list)
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    lies_at = models.ForeignKey("force.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.MOVING)
    officer = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    promised_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)  # when the circle groups were told

    class Meta:
        indexes = [models.Index(fields=["state", "changed_at"], name="good_work_by_state")]

    def __str__(self) -> str:
        return self.title


class GoodWorkStep(models.Model):
    """What one level said. Only ever added to."""

    class What(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        SUPPORTED = "supported", _("supported")
        RETURNED = "returned", _("returned")
        AMENDED = "amended", _("submitted again")
        APPROVED = "approved", _("approved")

    work = models.ForeignKey(GoodWork, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=9, choices=What.choices)
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    remark = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.what} {self.work_id}"


class Photo(models.Model):
    """A picture that an officer sent, as proof or with good work. The original keeps what the camera noted; the copy
    that is looked at does not (`file.cleaned`)."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    proof = models.ForeignKey("groups.Proof", null=True, on_delete=models.CASCADE, related_name="photos")
    work = models.ForeignKey(GoodWork, null=True, on_delete=models.CASCADE, related_name="photos")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lat = models.FloatField(null=True)  # as the telephone said when it sent it
    lng = models.FloatField(null=True)
    camera_at = models.CharField(
        max_length=40, blank=True
    )  # as the camera's clock stood, often without a zone
    camera_lat = models.FloatField(null=True)
    camera_lng = models.FloatField(null=True)
    trouble = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(proof=None, work__isnull=False) | Q(proof__isnull=False, work=None),
                name="photo_belongs_to_one",
            )
        ]

    def __str__(self) -> str:
        return f"photo {self.public_id}"

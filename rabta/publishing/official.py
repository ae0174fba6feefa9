"""What the police say happened: official versions, each exactly as it was released, and who asked for one (K21, P9)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rabta.kit.ids import public_id

LANGUAGES = ("en", "hi", "ur")


class Version(models.Model):
    """The police version of an incident: written by one officer, approved by another, then released.

    `number` is what somebody types to check a screenshot; `digest` the SHA-256 of the words at the moment of approval.
    A correction is a version of its own that `corrects` the older one: both stay. `plain` holds the words of all
    languages as they are searched.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("waits for a second officer")
        APPROVED = "approved", _("approved")
        RELEASED = "released", _("released")
        DROPPED = "dropped", _("not released")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    number = models.CharField(max_length=20, unique=True)
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    place = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=160)
    title_hi = models.CharField(max_length=160, blank=True)
    title_ur = models.CharField(max_length=160, blank=True)
    text = models.TextField()
    text_hi = models.TextField(blank=True)
    text_ur = models.TextField(blank=True)
    plain = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    about = models.CharField(
        max_length=40, blank=True
    )  # what it answers, in the words of that step: "claim:<id>"
    groups = ArrayField(
        models.CharField(max_length=16), default=list, blank=True
    )  # to whom: their public ids
    written_by = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    written_post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approved_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    embargo_until = models.DateTimeField(null=True)
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_why = models.CharField(max_length=300, blank=True)
    hidden = models.BooleanField(
        default=False
    )  # withdrawn, and its words harm somebody: they are shown to nobody
    remark = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "released"])
                | (Q(approved_by__isnull=False) & ~Q(approved_by=F("written_by"))),
                name="version_approved_by_another_officer",
            ),
            models.CheckConstraint(
                condition=~Q(state="released") | Q(released_at__isnull=False, released_by__isnull=False),
                name="version_released_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["released_at", "id"], condition=Q(state="released"), name="version_by_release"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def own_title(self) -> str:
        """The title in the reader's language where it was written in it, else in English."""
        return self._own("title")

    @property
    def own_text(self) -> str:
        """The words in the reader's language where they were written in it, else in English."""
        return self._own("text")

    def _own(self, name: str) -> str:
        said: str = getattr(self, f"{name}_{(get_language() or 'en')[:2]}", "") or getattr(self, name)
        return said


class Question(models.Model):
    """What a journalist wants to know of an incident, and until when the police mean to have answered.

    `asker` is the public id of the journalist as a member, empty when an officer entered it; `outlet` is
    whom he writes for.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        DECLINED = "declined", _("not answered")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    text = models.TextField()
    asker = models.CharField(max_length=16, blank=True)
    outlet = models.CharField(max_length=120, blank=True)
    entered_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="questions")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    remark = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(state="open"), name="question_by_limit")]

    def __str__(self) -> str:
        return f"question {self.public_id}"

"""One thing said to many: the words once, who hears them, and how far it came in each unit."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rabta.kit.ids import public_id
from rabta.outbox.models import Delivery


class Broadcast(models.Model):
    """Something sent to whole groups. Its words are kept once (`Wording`), each who hears it is a `Recipient`.

    `unit` speaks, and whoever runs groups at or above it (`visible_to`) may stop it. `heard_by` are the units of its
    groups and those above them: who runs groups there reads it, and how far it came in his own units.
    `near`: those closest to this point first. `officers_only` keeps it among police (R18). `about` names what it is
    for, in the words of whoever asked for it (`direction:<id>`); answers to its buttons carry that.
    """

    class State(models.TextChoices):
        GATHERING = "gathering", _("being prepared")
        QUEUEING = "queueing", _("going into the outbox")
        QUEUED = "queued", _("in the outbox")
        STOPPED = "stopped", _("stopped")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    what = models.SlugField(max_length=20)  # announcement, digest, direction, bulletin, version …
    about = models.CharField(max_length=40, blank=True)
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    heard_by = ArrayField(models.BigIntegerField(), default=list)
    groups = models.ManyToManyField("groups.Group", related_name="broadcasts")
    officers_only = models.BooleanField(default=False)
    near_lat = models.FloatField(null=True)
    near_lng = models.FloatField(null=True)
    priority = models.PositiveSmallIntegerField(
        choices=Delivery.Priority.choices, default=Delivery.Priority.BULK
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.GATHERING)
    officer = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    recipients = models.PositiveIntegerField(default=0)
    queued = models.PositiveIntegerField(default=0, db_default=0)  # so many of them have their letter
    counted_at = models.DateTimeField(null=True)  # when `Reach` was last brought up to date

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], name="broadcast_by_time"),
            models.Index(
                fields=["due_at"], condition=Q(state__in=["gathering", "queueing"]), name="broadcast_open"
            ),
            models.Index(fields=["about"], condition=~Q(about=""), name="broadcast_by_about"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.public_id}"


class Wording(models.Model):
    """The words of a broadcast in one language, and the body of the outbox that carries them.

    The one with an empty language is for everybody whose own is missing.
    """

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="wordings")
    language = models.CharField(max_length=8, blank=True)
    text = models.TextField()
    body = models.ForeignKey("outbox.Body", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "language"], name="one_wording_for_each_language")
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id} in {self.language or 'all'}"


def _bare(to: str, on_delete: Any = models.PROTECT, **options: Any) -> "models.ForeignKey[Any, Any]":
    """Points without a constraint and an index of its own."""
    return models.ForeignKey(to, on_delete, related_name="+", db_constraint=False, db_index=False, **options)


class Recipient(models.Model):
    """Somebody who hears a broadcast: a member, an officer, or one of the personnel without a login.

    Whoever belongs to several of the groups hears it once. `position` is the order in which they are written to.
    `delivery` is the number of the letter, taken before there is one; it is empty where no account reaches.

    The statements that write rows read what they point at, and no process may delete any of that. So the database does
    not check it once more for each row: of four hundred thousand that took longer than all the rest.
    """

    broadcast = _bare("groups.Broadcast", models.CASCADE)
    position = models.PositiveIntegerField()
    unit = _bare("force.Unit")
    member = _bare("groups.Member", models.CASCADE, null=True)
    officer = _bare("force.Officer", null=True)
    person = _bare("force.Personnel", null=True)
    account = _bare("channels.Account", null=True)
    delivery = _bare("outbox.Delivery", models.DO_NOTHING, null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "position"], name="one_place_in_each_broadcast"),
        ]
        indexes = [
            models.Index(fields=["member"], condition=Q(member__isnull=False), name="recipient_by_member"),
            models.Index(
                fields=["broadcast", "unit", "answer"], condition=~Q(answer=""), name="recipient_by_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} of {self.broadcast_id}"


class Reach(models.Model):
    """How far a broadcast came in one unit: counted again and again while letters move (`groups.reach`)."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="reach")
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    recipients = models.PositiveIntegerField()
    unreachable = models.PositiveIntegerField(default=0)  # no account can write to them
    sent = models.PositiveIntegerField(default=0)
    delivered = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "unit"], name="one_reach_for_each_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id} in {self.unit_id}: {self.delivered} of {self.recipients}"

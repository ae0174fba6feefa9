"""What members say: each message that waits for a moderator or was held back, strikes, and how much was said a day."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rabta.kit.ids import public_id


class Item(models.Model):
    """A member's message that is talk of the group: what is a matter of the police never comes here.

    What is removed from sight (held back, refused) is sealed into `sealed` and its `text` emptied: it stays evidence.
    `look` is the perceptual hash of a picture, `bands` the pieces of it by which alike ones are found.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a moderator")
        LET_THROUGH = "let_through", _("let through")
        REFUSED = "refused", _("refused")
        HELD = "held", _("held back")
        TO_DESK = "to_desk", _("goes to the desk")

    class Picture(models.TextChoices):
        NONE = "", _("none")
        COMING = "coming", _("is being fetched")
        HERE = "here", _("is here")
        MISSING = "missing", _("could not be fetched")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="items")
    member = models.ForeignKey("groups.Member", null=True, on_delete=models.SET_NULL, related_name="items")
    journal_id = models.BigIntegerField()  # where the message stands as it came
    position = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    shown_at = models.DateTimeField(
        null=True
    )  # a moderator sees it from then on; not before its picture is here
    language = models.CharField(max_length=8, blank=True)
    text = models.TextField(blank=True)
    sealed = models.BinaryField(null=True)
    noise = models.SlugField(max_length=13, blank=True)  # rabta.rules.moderation.Noise
    state = models.CharField(max_length=11, choices=State.choices, default=State.WAITING)
    reason = models.SlugField(max_length=13, blank=True)  # why it was refused: groups/data/refusals.csv
    forwarded = models.BooleanField(default=False)
    picture = models.CharField(max_length=7, choices=Picture.choices, blank=True)
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    look = models.BinaryField(null=True, max_length=16)
    bands = ArrayField(models.IntegerField(), default=list, blank=True)
    answered_at = models.DateTimeField(null=True)
    officer = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    broadcast = models.ForeignKey(
        "groups.Broadcast", null=True, on_delete=models.SET_NULL, related_name="items"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journal_id", "position"], name="one_item_for_each_message")
        ]
        indexes = [
            models.Index(fields=["group", "shown_at"], condition=Q(state="waiting"), name="item_waiting"),
            models.Index(fields=["group", "-decided_at"], name="item_by_decision"),
            models.Index(fields=["member", "-received_at"], name="item_by_member"),
            GinIndex(fields=["bands"], name="item_by_look"),
        ]

    def __str__(self) -> str:
        return f"item {self.public_id}: {self.state}"


class Strike(models.Model):
    """Noise of a member that was held back or refused; it counts for a while (`rabta.rules.moderation`)."""

    member = models.ForeignKey("groups.Member", on_delete=models.CASCADE, related_name="struck")
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="+")
    noise = models.SlugField(max_length=13)
    weight = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["member", "at"], name="strike_by_member")]

    def __str__(self) -> str:
        return f"{self.noise} of {self.member_id}"


class Said(models.Model):
    """How often something happened in a group on one day: added to, never counted from the messages again."""

    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="said")
    day = models.DateField()
    what = models.SlugField(
        max_length=13
    )  # heard, let_through, refused, or a kind of noise; chat, chat_noise; not_by_sms
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "day", "what"], name="one_count_for_each_day")
        ]

    def __str__(self) -> str:
        return f"{self.what} on {self.day}: {self.count}"

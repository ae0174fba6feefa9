"""Cases that went to another force, cases that came from one, and what administrators know of those forces."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rabta.kit.ids import public_id


class Transfer(models.Model):
    """A case that was given to another force. Where that force runs Rabta, its desk takes the papers over the API."""

    class State(models.TextChoices):
        TOLD = "told", _("the citizen was told whom to turn to")
        WAITING = "waiting", _("on its way to the other force")
        RECEIVED = "received", _("received by the other force")
        FAILED = "failed", _("not taken by the other force")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="transfers")
    force = models.CharField(max_length=40)  # its code in the table of forces
    officer = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_at = models.DateTimeField(null=True)  # when it is tried again, while it waits
    trouble = models.CharField(max_length=200, blank=True, default="", db_default="")
    received_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=20, blank=True, default="", db_default="")  # over there

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="received") | Q(received_at__isnull=False) & ~Q(reference=""),
                name="transfer_received_under_a_number",
            )
        ]
        indexes = [models.Index(fields=["at"], condition=Q(state="waiting"), name="transfer_waiting")]

    def __str__(self) -> str:
        return f"case {self.case_id} to {self.force}"


class Handed(models.Model):
    """A case that another force handed to us: its number there, once only. Without a case until it has been read."""

    force = models.CharField(max_length=40)
    number = models.CharField(max_length=16)  # of the transfer, there
    reference = models.CharField(max_length=20)  # of the case, there
    left_out = models.PositiveSmallIntegerField(default=0, db_default=0)  # files that stayed there
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.PROTECT, related_name="handed")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "handed"
        constraints = [models.UniqueConstraint(fields=["force", "number"], name="handed_once")]

    def __str__(self) -> str:
        return f"{self.reference} of {self.force}"


class Neighbour(models.Model):
    """Another force that runs Rabta: where it takes cases, and the key that it made for us. Or our own name there.

    Administrators alone write here, because citizens' cases go to this address.
    """

    force = models.CharField(max_length=40, unique=True)  # its code in the table of forces
    own = models.BooleanField(default=False, db_default=False)
    address = models.CharField(max_length=200, blank=True, default="", db_default="")
    sealed_key = models.BinaryField(null=True)  # under the accounts key
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["own"], condition=Q(own=True), name="one_force_is_our_own"),
            models.CheckConstraint(
                condition=Q(own=False) | Q(address="", sealed_key=None), name="nothing_goes_to_ourselves"
            ),
        ]

    def __str__(self) -> str:
        return self.force


class ForceKey(models.Model):
    """A key with which one other force hands cases to us, and can do nothing else. Only its hash is kept."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    force = models.CharField(max_length=40)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    last_used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"key of {self.force}"

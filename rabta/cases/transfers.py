"""Cases that went to another force, and cases that came from one."""

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
    """A case that another force handed to us: its number there, once only."""

    force = models.CharField(max_length=40)
    number = models.CharField(max_length=16)  # of the transfer, there
    reference = models.CharField(max_length=20)  # of the case, there
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="handed")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "handed"
        constraints = [models.UniqueConstraint(fields=["force", "number"], name="handed_once")]

    def __str__(self) -> str:
        return f"{self.reference} of {self.force}"

"""The register of the force's accounts, and the credentials under which providers call us."""

from django.db import models

from rabta.force.models import Named
from rabta.kit.ids import public_id


class Credential(models.Model):
    """One app or login at a provider: its hook's address and its secrets. It may serve several accounts."""

    channel = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    hook = models.CharField(max_length=16, unique=True, default=public_id)
    sealed_values = models.BinaryField(help_text="The channel's fields as JSON, under the accounts key.")

    def __str__(self) -> str:
        return f"{self.channel}: {self.name}"


class Account(Named):
    """One number, page or form of the force, held by a unit; named in each language of the interface."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="accounts")
    channel = models.CharField(max_length=20)
    external_id = models.CharField(max_length=80)
    address = models.CharField(
        max_length=80, blank=True, help_text="What the public sees: the number or the URL."
    )
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="accounts")
    holder = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="accounts")
    paused = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="one_account_per_external_id")
        ]

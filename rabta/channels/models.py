"""The register of the force's accounts, and the credentials under which providers call us."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rabta.force.models import Named
from rabta.kit.ids import public_id


class Credential(models.Model):
    """One app or login at a provider: its hook's address and its secrets. It may serve several accounts."""

    channel = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    hook = models.CharField(max_length=16, unique=True, default=public_id)
    sealed_values = models.BinaryField(help_text="The channel's fields as JSON, under the accounts key.")
    renewed_at = models.DateTimeField(null=True, help_text="When its secrets were last entered anew.")

    def __str__(self) -> str:
        return f"{self.channel}: {self.name}"


class AccountQuerySet(models.QuerySet["Account"]):
    """Accounts, and which of them people are told of."""

    def public(self) -> "AccountQuerySet":
        """Those that are in use, have a number or address, and were seen to work."""
        return self.filter(paused=False).exclude(address="").exclude(worked_at=None)


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
    quiet_hours = models.PositiveSmallIntegerField(
        default=24, db_default=24, help_text="Silence of so many hours raises the alarm; 0: it may be silent."
    )
    worked_at = models.DateTimeField(
        null=True, help_text="When it was first seen to work. Before, nobody is sent there."
    )
    prices = models.JSONField(
        default=dict, blank=True, help_text="What the provider charges, as `rabta.rules.prices` keeps it."
    )

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="one_account_per_external_id")
        ]


class Holding(models.Model):
    """Who held an account from when to when (K1, K2): an officer, in the post that answers for it."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holdings")
    post = models.ForeignKey("force.Post", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, help_text="When the officer took it over by name.")
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(until=None), name="one_holder_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.officer}"


class MessageTemplate(models.Model):
    """A template as the provider knows it: one for each name and language of the business behind a credential."""

    class State(models.TextChoices):
        SUBMITTING = "submitting", _("being submitted")
        PENDING = "pending", _("waits for the provider's approval")
        APPROVED = "approved", _("approved")
        REJECTED = "rejected", _("rejected")
        PAUSED = "paused", _("paused by the provider")
        DISABLED = "disabled", _("disabled by the provider")
        GONE = "gone", _("deleted at the provider")

    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="templates")
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=20)
    category = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=State.choices)
    quality = models.CharField(max_length=10, blank=True)  # green, yellow, red
    components = models.JSONField(default=list, blank=True)
    reason = models.CharField(max_length=300, blank=True)  # the provider's word on a refusal
    changed_at = models.DateTimeField()
    seen_at = models.DateTimeField()  # the last time that the provider named it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credential", "name", "language"], name="one_template_per_name_and_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"

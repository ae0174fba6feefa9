"""What the pages themselves must remember."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rabta.kit.ids import public_id


class Done(models.Model):
    """A request with a key that had its effect: a phone that sends it again after a broken line finds it here."""

    officer = models.ForeignKey("force.Officer", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "done"
        constraints = [
            models.UniqueConstraint(fields=["officer", "key"], name="one_effect_per_officer_and_key")
        ]

    def __str__(self) -> str:
        return self.key


class Looked(models.Model):
    """When an officer last had a case open at the desk: what came after that is unread."""

    officer = models.ForeignKey("force.Officer", on_delete=models.CASCADE, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "looked"
        constraints = [
            models.UniqueConstraint(fields=["officer", "case"], name="one_look_per_officer_and_case")
        ]

    def __str__(self) -> str:
        return f"looked at {self.case_id}"


class Device(models.Model):
    """A signed-in browser: where from, with what, and when somebody last did something in it."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    officer = models.ForeignKey("force.Officer", on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.public_id


class PasswordLink(models.Model):
    """A link that lets an officer choose a password, once. An administrator gave it; only its SHA-256 is kept."""

    officer = models.ForeignKey("force.Officer", on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=64, unique=True)
    given_by = models.ForeignKey("force.Officer", on_delete=models.CASCADE, related_name="+")
    given_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"password link {self.pk}"


class Kept(models.Model):
    """A value of the cache that all web processes share (`rabta.web.cache`): counted tries, used codes."""

    key = models.CharField(max_length=250, primary_key=True)
    value = models.JSONField()
    until = models.DateTimeField(null=True, db_index=True)

    class Meta:
        verbose_name_plural = "kept"

    def __str__(self) -> str:
        return self.key


class Proposal(models.Model):
    """What an administrator wants to do and a second one has to confirm: tables, or helping somebody to sign in."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for a second administrator")
        CONFIRMED = "confirmed", _("confirmed")
        REFUSED = "refused", _("refused")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    act = models.CharField(max_length=10)  # tables, commander, holder, receiver, pin, password, factors
    officer = models.ForeignKey("force.Officer", null=True, on_delete=models.CASCADE, related_name="+")
    about = models.JSONField(default=list)  # ids of the officers whom it touches
    lines = models.JSONField(default=list)  # rabta.force.register.changes.Line
    files = models.JSONField(default=dict)  # the tables in base64, until it is decided
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by=None)
                | ~models.Q(decided_by=models.F("asked_by"))
                | models.Q(state="refused"),
                name="confirmed_by_a_second",
            )
        ]

    def __str__(self) -> str:
        return f"proposal {self.public_id}"

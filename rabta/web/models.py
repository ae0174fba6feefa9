"""What the pages themselves must remember."""

from django.db import models


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

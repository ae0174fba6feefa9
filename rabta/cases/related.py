"""What ties cases together without making them one: links that officers set, and numbers by which likes are found."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from rabta.cases.reasons import in_words


class Link(models.Model):
    """Two cases that have to do with each other. Seen by whoever sees both (row-level security).

    `reason` in an officer's words; `why` by a code where the link was made by itself (by nobody, where it was no act).
    """

    one = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    why = models.JSONField(default=dict, blank=True)
    officer = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="one_link_between_two_cases"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="link_from_the_older_case"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} – {self.other_id}"

    @property
    def in_words(self) -> str:
        """Why the two are linked, as the reader is told it."""
        return in_words(self.why) or self.reason


class Likeness(models.Model):
    """The numbers of `rabta.rules.likeness` for the text that opened a case."""

    case = models.OneToOneField("cases.Case", on_delete=models.CASCADE, primary_key=True, related_name="+")
    at = models.DateTimeField()
    bands = ArrayField(models.IntegerField())

    class Meta:
        verbose_name_plural = "likenesses"
        # Without waiting entries: in a surge every reader would go through all of them.
        indexes = [GinIndex(fields=["bands"], fastupdate=False, name="likeness_bands")]

    def __str__(self) -> str:
        return f"likeness of {self.case_id}"

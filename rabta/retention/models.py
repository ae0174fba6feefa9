"""Holds, and the proof of what was erased."""

from django.db import models
from django.db.models import Q


class Hold(models.Model):
    """A case that is not erased although its time has come: a court wants it, or an inquiry goes on."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_at=None), name="one_hold_for_each_case"
            )
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"


class Erasure(models.Model):
    """What was erased: which thing, of which class, when, and a keyed digest of what it said. Never content.

    Each row is also a line of the ledger beside the heads of the record (`rabta.retention.ledger`), from which a
    restored backup is erased again.
    """

    class What(models.TextChoices):
        CASE = "case"
        PERSON = "person"  # everything that says who somebody is
        ADDRESS = "address"  # where answers to a protected person went
        JOURNAL = "journal"  # the data key of a minute of the journal
        MESSAGE = "message"  # one that belongs to no case
        MEMBER = "member"  # of a group, or somebody who wanted to be one

    what = models.CharField(max_length=8, choices=What.choices)
    subject = models.CharField(max_length=20)  # the public id, or the number of a data key
    of = models.CharField(max_length=20)  # the class of the table
    digest = models.CharField(max_length=32, blank=True)
    rows = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "subject"], name="erased_once")]

    def __str__(self) -> str:
        return f"erased {self.what} {self.subject}"

"""The record of who did and who saw what, and the chain that seals it. Rows are only ever added.

`audit_record` and `cases_event` together are the record. The sealer (`rabta.audit.sealing`) links their rows in the
order of their commits: every link holds the hash of all links before it, and every block of links is signed.
"""

from django.db import models


class Record(models.Model):
    """One act, or one look at something that is recorded when seen. Carries ids, never content.

    Written by `rabta.audit.record` alone. The column `tx` (the transaction that added the row) is the database's own.
    """

    at = models.DateTimeField()
    actor_officer = models.BigIntegerField(null=True)
    actor_post = models.BigIntegerField(null=True)
    system_reason = models.CharField(max_length=80, blank=True)
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    subject_ids = models.JSONField(default=list)
    detail = models.JSONField(default=dict)
    case_id = models.BigIntegerField(null=True)  # whoever may not see that case does not see the entry

    class Meta:
        indexes = [
            models.Index(fields=["subject", "at"], name="audit_by_subject"),
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["actor_officer", "-at", "-id"], name="audit_by_officer"),
            models.Index(fields=["case_id", "actor_officer", "-at"], name="audit_by_case"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"


class Link(models.Model):
    """One row of the record in the chain. `content` is a hash under `salt`: without the salt it tells nothing."""

    class Source(models.IntegerChoices):
        RECORD = 0, "audit_record"
        EVENT = 1, "cases_event"

    position = models.BigIntegerField(primary_key=True)
    source = models.SmallIntegerField(choices=Source.choices)
    row = models.BigIntegerField()
    salt = models.BinaryField(null=True)  # destroyed when the content of the row is erased
    content = models.BinaryField()
    row_hash = models.BinaryField()
    chain = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "row"], name="one_link_per_row")]

    def __str__(self) -> str:
        return f"link {self.position}"


class Block(models.Model):
    """A signed end of the chain, and how far the sealer had read each source by then."""

    number = models.BigIntegerField(primary_key=True)
    last = models.BigIntegerField()
    chain = models.BinaryField()
    at = models.DateTimeField()
    key = models.CharField(max_length=16)
    signature = models.BinaryField()
    record_tx = models.BigIntegerField()
    record_id = models.BigIntegerField()
    event_tx = models.BigIntegerField()
    event_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"block {self.number}"


class Head(models.Model):
    """A block's signature that was given out of the host, and whether it went."""

    at = models.DateTimeField()
    block = models.BigIntegerField()
    position = models.BigIntegerField()
    went_to = models.CharField(max_length=200)
    trouble = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"head at {self.position}"


class Verification(models.Model):
    """One time that the whole chain was computed anew, and what was found."""

    at = models.DateTimeField()
    position = models.BigIntegerField()
    seconds = models.FloatField()
    problem = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.problem or f"whole up to {self.position}"

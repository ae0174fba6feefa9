"""The record of who did and who saw what. Rows are only ever added."""

from django.db import models


class Record(models.Model):
    """One act, or one look at something that is recorded when seen. Carries ids, never content."""

    at = models.DateTimeField()
    actor_officer = models.BigIntegerField(null=True)
    actor_post = models.BigIntegerField(null=True)
    system_reason = models.CharField(max_length=80, blank=True)
    act = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    subject_ids = models.JSONField(default=list)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject", "at"], name="audit_by_subject")]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"

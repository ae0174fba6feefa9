"""What the force itself says to everybody: posts of its own accounts."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rabta.kit.ids import public_id
from rabta.publishing.official import Question as Question
from rabta.publishing.official import Version as Version


class Publication(models.Model):
    """A post of one account: written by one officer, let go by another, sent by the outbox."""

    class State(models.TextChoices):
        WAITS = "waits", _("waits for a second officer")
        LET_GO = "let_go", _("let go")
        REFUSED = "refused", _("not published")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    account = models.ForeignKey("channels.Account", on_delete=models.PROTECT, related_name="publications")
    text = models.TextField()
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    alt_text = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITS)
    author = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    author_post = models.ForeignKey("force.Post", on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    decided_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=300, blank=True)
    delivery = models.ForeignKey("outbox.Delivery", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(decided_by=models.F("author")) | ~models.Q(state="let_go"),
                name="let_go_by_another_officer",
            )
        ]

    def __str__(self) -> str:
        return f"publication {self.public_id}: {self.state}"

"""Who hears a broadcast beside the members of its groups: those who got an earlier one, or single members."""

from django.db import models


class Again(models.Model):
    """A broadcast that goes to exactly those who got an earlier one: a correction, a withdrawal, an answer."""

    broadcast = models.ForeignKey("groups.Broadcast", on_delete=models.CASCADE, related_name="again")
    earlier = models.ForeignKey("groups.Broadcast", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name_plural = "again"
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "earlier"], name="one_word_to_those_who_got_it")
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id} to those of {self.earlier_id}"


class Chosen(models.Model):
    """A member who hears a broadcast by himself: who reported a rumour, who is asked about it, who asked a question."""

    broadcast = models.ForeignKey("groups.Broadcast", on_delete=models.CASCADE, related_name="chosen")
    member = models.ForeignKey("groups.Member", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "chosen"
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "member"], name="one_choice_of_each_member")
        ]

    def __str__(self) -> str:
        return f"{self.member_id} of {self.broadcast_id}"

"""Instructions down the tree of groups, what each level did with them, and the proof that units send back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rabta.kit.ids import public_id
from rabta.rules import reading
from rabta.rules import relaying as rule


class Direction(models.Model):
    """An instruction, as it was given: titles and words never change, and `sha256` is of them
    (`groups.directions.hash_of`).

    `group` is where it begins: a `Hop` for it, unless the giver runs it himself, and for each group below. `at_once`:
    members of all levels hear it now, and hops only confirm it.
    """

    class Kind(models.TextChoices):
        INSTRUCTION = "instruction", _("Instruction")
        CAMPAIGN = "campaign", _("Campaign")

    class Proof(models.TextChoices):
        NONE = "none", _("No proof")
        PHOTO = "photo", _("A photo")
        ANSWER = "answer", _("An answer in words")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    kind = models.CharField(max_length=11, choices=Kind.choices, default=Kind.INSTRUCTION)
    title = models.CharField(max_length=120)
    titles = models.JSONField(default=dict)  # language → title; of all others it is `title`
    words = models.JSONField()  # language → text; "" for all others
    sha256 = models.CharField(max_length=64)
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="directions")
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    police_only = models.BooleanField(default=False)
    at_once = models.BooleanField(default=False)
    limit_minutes = models.PositiveIntegerField()  # of each hop
    reminders = models.PositiveSmallIntegerField(default=1)
    proof = models.CharField(max_length=6, choices=Proof.choices, default=Proof.NONE)
    proof_words = models.CharField(max_length=300, blank=True)
    proof_of_all = models.BooleanField(default=False)  # of every level, not of the lowest groups only
    proof_due_at = models.DateTimeField(null=True)
    officer = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    spread_at = models.DateTimeField(null=True)  # when the first level was told
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["given_at"], name="direction_by_time")]

    def __str__(self) -> str:
        """The title in the language of the page or letter."""
        return self.title_in((get_language() or "en")[:2])

    def title_in(self, language: str) -> str:
        """The title for a reader of this language: what he can read of it, as with the words."""
        return reading.read_by(language, {**self.titles, reading.ALL: self.title})


class Hop(models.Model):
    """One group's place on the way of an instruction: told, received by name, passed on.

    `visible_to`: the units down to the lowest one that was told of it so far, so that nobody reads ahead of his
    superior; with the unit of the post that stands in, where the administrator's is vacant.
    """

    class State(models.TextChoices):
        AHEAD = "ahead", _("not there yet")
        TOLD = "told", _("told")
        RECEIVED = "received", _("received")
        PASSED = "passed", _("passed on")

    class ProofState(models.TextChoices):
        NOT_ASKED = "", _("not asked")
        NONE = "none", _("none yet")
        WAITING = "waiting", _("waiting for a look")
        REJECTED = "rejected", _("rejected")
        VERIFIED = "verified", _("verified")
        EXCUSED = "excused", _("does not apply")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    direction = models.ForeignKey(Direction, on_delete=models.CASCADE, related_name="hops")
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="hops")
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    path = ArrayField(
        models.BigIntegerField(), default=list
    )  # of hops, from the first level down to this one
    lowest = models.BooleanField(default=False)
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="hops")
    why = models.CharField(max_length=16, blank=True)  # vacant_linked, vacant_parent: who stands in
    state = models.CharField(max_length=8, choices=State.choices, default=State.AHEAD)
    told_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    passed_at = models.DateTimeField(null=True)
    passed_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    addition = models.CharField(max_length=400, blank=True)
    above = models.JSONField(
        default=list
    )  # what levels above added: [unit, words], whose own rows are not seen here
    reminded = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    escalated_to = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    alone_at = models.DateTimeField(null=True)  # when it went on by itself
    carried_at = models.DateTimeField(null=True)  # when members and the hops below had it
    broadcast = models.ForeignKey("groups.Broadcast", null=True, on_delete=models.SET_NULL, related_name="+")
    proof_state = models.CharField(
        max_length=8, choices=ProofState.choices, blank=True, default=ProofState.NOT_ASKED
    )
    proof_reminded_at = models.DateTimeField(null=True)
    proof_late_at = models.DateTimeField(null=True)  # when the level above was told that it did not come
    proof_late_to = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    excused_why = models.CharField(max_length=300, blank=True)
    excused_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["direction", "group"], name="one_hop_for_each_group"),
        ]
        indexes = [
            models.Index(fields=["post", "told_at"], name="hop_by_post"),
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["told", "received"], carried_at=None) | Q(state="told"),
                name="hop_by_limit",
            ),
            models.Index(
                fields=["direction"],
                condition=Q(proof_state__in=["none", "rejected"], proof_late_at=None),
                name="hop_without_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"hop {self.public_id}"

    @property
    def is_proof_late(self) -> bool:
        """Whether the proof did not come in time, and has not come since."""
        return self.proof_late_at is not None and self.proof_state in ("none", "rejected")

    @property
    def facts(self) -> rule.Hop:
        """For the rules. Who only confirms what members heard at once holds nobody back."""
        return rule.Hop(
            told_at=self.told_at,
            due_at=self.due_at,
            received_at=self.received_at,
            passed_at=self.passed_at,
            alone_at=self.alone_at,
            escalated_at=self.escalated_at,
            reminded=self.reminded,
            must_pass=not self.direction.at_once,
        )


class Proof(models.Model):
    """What a unit sent to show that an instruction was carried out. A rejected one stays; the next is a new row."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a look")
        VERIFIED = "verified", _("verified")
        REJECTED = "rejected", _("rejected")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    hop = models.ForeignKey(Hop, on_delete=models.CASCADE, related_name="proofs")
    text = models.TextField(blank=True)
    officer = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    remark = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hop"], condition=Q(state="waiting"), name="one_proof_of_a_hop_waits"
            ),
            models.UniqueConstraint(
                fields=["hop"], condition=Q(state="verified"), name="one_proof_of_a_hop_is_enough"
            ),
        ]

    def __str__(self) -> str:
        return f"proof {self.public_id}"

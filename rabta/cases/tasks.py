"""What posts were told to do, what they answered, and what shows that it was done.

An order that goes along the chain of command is a lead order at each post of the chain in turn: the one who holds it
passes it on to the next, until it is at its `goal`. So a case has one open lead order at any time, wherever it is.
"""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rabta.cases.kinds import Outcome
from rabta.cases.reasons import in_words
from rabta.kit.ids import public_id


class Order(models.Model):
    """A task given to a post: to lead, to support, or for information."""

    class Part(models.TextChoices):
        LEAD = "lead", _("lead")
        SUPPORT = "support", _("support")
        INFORM = "inform", _("for information")

    class State(models.TextChoices):
        ISSUED = "issued", _("ordered")
        ACCEPTED = "accepted", _("accepted")
        REPORTED = "reported", _("report sent")
        VERIFIED = "verified", _("verified")
        RETURNED = "returned", _("returned")
        REPLACED = "replaced", _("ordered elsewhere")
        PASSED = "passed", _("passed on")
        WITHDRAWN = "withdrawn", _("withdrawn")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="orders")
    post = models.ForeignKey("force.Post", on_delete=models.PROTECT, related_name="orders")
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=8, choices=Part.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ISSUED)
    instruction = models.TextField(blank=True)
    # A photo must show that it was done: what is to be seen on it.
    proof = models.BooleanField(default=False, db_default=False)
    proof_words = models.CharField(max_length=300, blank=True, default="", db_default="")
    why = models.JSONField(default=dict, blank=True)
    issued_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    issued_by_post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    on_the_way_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    return_reason = models.TextField(blank=True)
    # The limit in which it should have been accepted and was not, as soon as that is noticed.
    missed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    ended_why = models.TextField(
        blank=True, default="", db_default=""
    )  # of one that was replaced or withdrawn
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    # The post in the end, as long as the order is on its way there; from whom it came; what he adds who passes it on.
    goal = models.ForeignKey(
        "force.Post", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    added_words = models.TextField(blank=True, default="", db_default="")
    # The officer of the unit who inquires for the holder of the post.
    given_to = models.ForeignKey(
        "force.Officer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    given_at = models.DateTimeField(null=True)
    taken_on_at = models.DateTimeField(null=True)  # when that officer accepted it
    delivery = models.ForeignKey("outbox.Delivery", null=True, on_delete=models.PROTECT, related_name="+")
    # The deliveries to all holders of the post; `delivery` is the first.
    letters = ArrayField(models.BigIntegerField(), default=list, blank=True)
    passed_on_at = models.DateTimeField(null=True)  # undelivered, so given to the next post as well
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    hidden_from = ArrayField(models.BigIntegerField(), default=list, blank=True)
    held = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(part="lead", state__in=["issued", "accepted", "reported"]),
                name="one_open_lead_order_per_case",
            ),
            models.CheckConstraint(
                condition=~Q(state="passed") | Q(goal__isnull=False, part="lead"), name="passed_on_to_a_goal"
            ),
            models.CheckConstraint(
                condition=Q(given_to=None, given_at=None, taken_on_at=None)
                | Q(given_to__isnull=False, given_at__isnull=False),
                name="given_to_somebody_since",
            ),
        ]
        indexes = [
            models.Index(fields=["-issued_at", "-id"], name="order_newest"),
            models.Index(fields=["post", "state", "-issued_at"], name="order_by_post"),
            models.Index(fields=["case"], name="order_by_case"),
            models.Index(fields=["state", "issued_at"], name="order_by_state"),
            models.Index(
                fields=["given_to", "state"], condition=Q(given_to__isnull=False), name="order_by_inquirer"
            ),
            models.Index(
                fields=["issued_by", "-issued_at"],
                condition=Q(issued_by__isnull=False),
                name="order_by_issuer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} order {self.public_id}"

    @property
    def reason(self) -> str:
        """Why this post was ordered, in the reader's language."""
        return in_words(self.why)

    @property
    def is_open(self) -> bool:
        """Whether its post still has it."""
        return self.state in (self.State.ISSUED, self.State.ACCEPTED, self.State.REPORTED)

    @property
    def limit_at(self) -> datetime | None:
        """By when something should have come or must come: its acceptance, once that is missed; then what it is for."""
        return (self.missed_at if self.state == Order.State.ISSUED else None) or self.due_at

    @property
    def on_its_way(self) -> bool:
        """Whether this post passes it on, and does not act itself."""
        return self.goal_id is not None


class Report(models.Model):
    """An action-taken report on an order, and what the superior made of it.

    `waits`: the officer who inquired wrote it, and the holder of the post has not sent it on yet.
    """

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="reports")
    text = models.TextField()
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    officer = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    waits = models.BooleanField(default=False, db_default=False)
    sent_on_by = models.ForeignKey(
        "force.Officer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decision = models.CharField(max_length=8, choices=Decision.choices, blank=True)
    decided_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_remark = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(waits=True), name="one_report_waits_to_be_sent_on"
            )
        ]

    def __str__(self) -> str:
        return f"report {self.public_id}"


class Evidence(models.Model):
    """A photo or document that an officer put to an order. Time, place and hash are kept as they were given.

    `taken_at`, `lat` and `lng` are the phone's word while it sent; `camera_*` is what the picture itself says, its
    clock as it stood (mostly without a zone). `trouble`: why no copy to look at can be made of the picture.
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="evidence")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    caption = models.CharField(max_length=200, blank=True)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    taken_at = models.DateTimeField(null=True)
    camera_at = models.CharField(max_length=40, blank=True)
    camera_lat = models.FloatField(null=True)
    camera_lng = models.FloatField(null=True)
    trouble = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return f"evidence {self.public_id}"

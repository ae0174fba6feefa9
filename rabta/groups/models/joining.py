"""How people come into a group and out of it: addresses to apply at, applications, what was decided on them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rabta.kit.ids import public_id


class Door(models.Model):
    """An address at which people ask to join a group: its own, which its QR code shows, or an invitation for one."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    word = models.SlugField(max_length=20, unique=True)
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="doors")
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    invitation = models.BooleanField(default=False)
    made_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # by hand, or when an invitation was used

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(invitation=False, closed_at=None),
                name="one_address_for_each_group",
            )
        ]

    def __str__(self) -> str:
        return self.word


class Application(models.Model):
    """Somebody asks to join. Nobody sees it before the number is proved to be his.

    `sealed` holds name, number, place and referees under the desk key; `referees` finds their numbers, so that no
    officer decides on whom he spoke for. `receipt` is what the applicant comes back with.
    """

    class State(models.TextChoices):
        UNPROVED = "unproved", _("number not proved yet")
        OPEN = "open", _("waits for the station")
        SETTLED = "settled", _("decided")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    door = models.ForeignKey(Door, null=True, on_delete=models.PROTECT, related_name="applications")
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="applications")
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    member = models.ForeignKey(
        "groups.Member", null=True, on_delete=models.PROTECT, related_name="applications"
    )
    via = models.CharField(max_length=20)  # qr, invitation, message
    channel = models.CharField(max_length=20)
    digest = models.BinaryField(max_length=16)
    address = models.ForeignKey("outbox.Address", null=True, on_delete=models.PROTECT, related_name="+")
    receipt = models.CharField(max_length=32, unique=True)
    sealed = models.BinaryField(null=True)
    referees = ArrayField(models.BinaryField(max_length=16), default=list)
    kind = models.SlugField(max_length=20)
    section = models.SlugField(max_length=20, blank=True)
    language = models.CharField(max_length=8, blank=True)
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    checks = models.JSONField(default=dict)  # what the station looked at: code → yes or no
    state = models.CharField(max_length=8, choices=State.choices, default=State.UNPROVED)
    code = models.CharField(max_length=32, blank=True)  # digest of the six digits that were sent
    code_sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="unproved") | Q(proved_at__isnull=False, member__isnull=False),
                name="only_proved_numbers_are_looked_at",
            ),
            models.UniqueConstraint(
                fields=["group", "digest"],
                condition=Q(state="open"),
                name="one_open_application_for_each_group",
            ),
        ]
        indexes = [
            models.Index(fields=["group", "proved_at"], condition=Q(state="open"), name="application_waiting")
        ]

    def __str__(self) -> str:
        return f"application {self.public_id}"


class Decision(models.Model):
    """A step in somebody's time in a group: what was decided, by whom, and what another officer said of it afterwards.

    A refusal and a removal can be contested once, by whoever has `receipt`; a lapse ends with a new application.
    """

    class What(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        REMOVED = "removed", _("removed")
        RENEWED = "renewed", _("renewed")
        LAPSED = "lapsed", _("not renewed in time")
        REMINDED = "reminded", _("reminded that the place ends")
        WISHED = "wished", _("wants to stay")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    member = models.ForeignKey("groups.Member", on_delete=models.PROTECT, related_name="decisions")
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="decisions")
    application = models.ForeignKey(
        Application, null=True, on_delete=models.PROTECT, related_name="decisions"
    )
    visible_to = ArrayField(models.BigIntegerField(), default=list)
    what = models.CharField(max_length=8, choices=What.choices)
    reason = models.SlugField(max_length=20, blank=True)
    words = models.CharField(max_length=1000, blank=True)
    officer = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    receipt = models.CharField(max_length=32, blank=True)
    contested_at = models.DateTimeField(null=True)
    contest_words = models.CharField(max_length=1000, blank=True)
    reviewer = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    reviewer_post = models.ForeignKey("force.Post", null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    upheld = models.BooleanField(null=True)
    review_words = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewer=None) | ~Q(reviewer=models.F("officer")),
                name="reviewed_by_somebody_else",
            )
        ]
        indexes = [
            models.Index(
                fields=["group", "contested_at"],
                condition=Q(contested_at__isnull=False, reviewed_at=None),
                name="decision_contested",
            ),
            models.Index(fields=["receipt"], condition=~Q(receipt=""), name="decision_by_receipt"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.public_id}"


class Cover(models.Model):
    """How many of a section of society and of a kind a group has: kept by triggers, so that no page counts members."""

    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="cover")
    section = models.SlugField(max_length=20, blank=True)
    kind = models.SlugField(max_length=20)
    members = models.IntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "section", "kind"], name="one_count_for_each_part")
        ]

    def __str__(self) -> str:
        return f"{self.group_id}: {self.section} {self.kind}"


class CardRequest(models.Model):
    """Somebody in a group asked for an identity card: counted by day, without a name (H14)."""

    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="card_requests")
    day = models.DateField()
    requests = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "day"], name="one_count_of_cards_for_each_day")
        ]

    def __str__(self) -> str:
        return f"{self.group_id} on {self.day}"

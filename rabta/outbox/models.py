"""Everything that leaves: deliveries, each attempt, each receipt. Deliveries know nothing of cases."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Body(models.Model):
    """Words that very many letters carry: kept once. A delivery that names one takes all of this from it."""

    text = models.TextField()
    template = models.JSONField(null=True)
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    buttons = models.JSONField(default=list, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "bodies"

    def __str__(self) -> str:
        return f"body {self.pk}"


class Address(models.Model):
    """Where letters go to somebody who is no citizen of the register and no officer: a member of a group.

    Sealed to the relay, which alone reads it; `digest` is that of the number as citizens' is, for windows and rates.
    """

    digest = models.BinaryField(max_length=16)
    sealed = models.BinaryField(null=True)

    class Meta:
        verbose_name_plural = "addresses"

    def __str__(self) -> str:
        return f"address {self.pk}"


class Delivery(models.Model):
    """One thing to send to one person over one account. Partitioned by id.

    Either `handle` (a citizen; the address is sealed to the relay), `number` (an officer's own, an official number) or
    `address` (a member of a group).
    `text` goes while the channel's free-text window is open, `template` otherwise; of a letter that goes to very many
    both stand in its `body`.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        DELIVERED = "delivered", _("delivered")
        READ = "read", _("read")
        FAILED = "failed", _("not delivered")
        IN_DOUBT = "in_doubt", _("perhaps sent")

    class Priority(models.IntegerChoices):
        EMERGENCY = 0
        URGENT = 1
        USUAL = 2
        BULLETIN = 3  # to very many, and it must not wait behind what is merely much
        BULK = 4

    class Mark(models.TextChoices):
        READ = "read", _("marked as read")

    id = models.BigAutoField(primary_key=True)
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    account = models.ForeignKey("channels.Account", on_delete=models.PROTECT)
    handle = models.ForeignKey("people.Handle", null=True, on_delete=models.PROTECT)
    number = models.CharField(max_length=20, blank=True)
    address_digest = models.BinaryField(max_length=16)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.USUAL)
    text = models.TextField(blank=True)
    template = models.JSONField(null=True)
    personal = models.BooleanField(default=False, db_default=False)  # an officer wrote it
    public = models.BooleanField(default=False)  # said under a post, where everybody reads it
    in_reply_to = models.BinaryField(null=True)  # the provider's id of what it answers, sealed to the relay
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=20, blank=True)
    trouble_text = models.CharField(max_length=300, blank=True)
    provider_digest = models.BinaryField(max_length=16, null=True)
    visible_to = ArrayField(models.BigIntegerField(), default=list)  # these two as the record it was sent for
    hidden_from = ArrayField(models.BigIntegerField(), default=list, blank=True)
    buttons = models.JSONField(default=list, blank=True)  # [{key, title, note}]: pressed instead of typing
    about = models.CharField(max_length=40, blank=True)  # what an answer to it means: "order:…"
    answers = models.ForeignKey("Heard", null=True, on_delete=models.SET_NULL, db_constraint=False)
    mark = models.CharField(
        max_length=4, choices=Mark.choices, blank=True
    )  # no letter, but a sign on `answers`
    alt_text = models.CharField(
        max_length=1000, blank=True, default="", db_default=""
    )  # what is on the picture of a post
    link = models.CharField(
        max_length=300, blank=True, default="", db_default=""
    )  # where everybody reads what was public
    address = models.ForeignKey(
        Address, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    body = models.ForeignKey(Body, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["account", "priority", "due_at"],
                condition=models.Q(state="queued"),
                name="outbox_due",
            ),
            models.Index(
                fields=["state", "claimed_at"],
                condition=models.Q(state__in=["sending", "in_doubt"]),
                name="outbox_open",
            ),
            models.Index(
                fields=["account", "id"],
                condition=models.Q(state__in=["failed", "in_doubt"]) & ~models.Q(trouble="taken_back"),
                name="outbox_stuck",
            ),
            models.Index(  # who was asked whether he agrees to join is found by what he answers
                fields=["address_digest"],
                condition=models.Q(about__startswith="join:"),
                name="outbox_asked_to_join",
            ),
            models.Index(  # what an officer was told last about his orders says what his words answer
                fields=["address_digest"],
                condition=models.Q(about__startswith="order:"),
                name="outbox_about_orders",
            ),
            models.Index(fields=["token"], name="outbox_token"),
            models.Index(fields=["provider_digest"], name="outbox_provider"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}: {self.state}"


class Attempt(models.Model):
    """One try, and how it ended. `ended_at` is empty while it runs, or when the relay died in it."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    used_template = models.BooleanField(default=False)
    trouble = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"attempt on {self.delivery_id}"


class Charge(models.Model):
    """What a provider charges for a letter that it took: one row for each time, kept when the letter itself is gone.

    `amount` is exact, and empty while no price is entered for it. `zone` is the beginning of the number by which the
    price was found, so that it can be found again when the provider says what kind of message it was.
    """

    delivery = models.ForeignKey(
        Delivery, null=True, on_delete=models.SET_NULL, db_constraint=False, related_name="charges"
    )
    attempt = models.BigIntegerField(null=True, unique=True)
    account = models.ForeignKey("channels.Account", on_delete=models.PROTECT)
    unit = models.ForeignKey("force.Unit", on_delete=models.PROTECT)  # that held the account then
    day = models.DateField()
    kind = models.CharField(max_length=30)
    zone = models.CharField(max_length=8, blank=True)
    units = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=6, null=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        indexes = [models.Index(fields=["day", "account"], name="outbox_charge_by_day")]

    def __str__(self) -> str:
        return f"{self.kind} on {self.day}"


class ReceiptEvent(models.Model):
    """The provider's word, as it came: kept also when it contradicts another, or when its delivery is not known yet."""

    account = models.ForeignKey("channels.Account", on_delete=models.PROTECT)
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.CASCADE)
    token = models.UUIDField(null=True)
    provider_digest = models.BinaryField(max_length=16)
    status = models.CharField(max_length=10)
    at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    trouble = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["provider_digest"], condition=models.Q(delivery=None), name="outbox_parked_receipts"
            )
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.delivery_id}"


class Window(models.Model):
    """When a person last wrote to an account: free text is allowed for a while after that."""

    account = models.ForeignKey("channels.Account", on_delete=models.CASCADE)
    address_digest = models.BinaryField(max_length=16)
    last_in_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "address_digest"], name="one_window_per_account_and_address"
            )
        ]

    def __str__(self) -> str:
        return f"window {self.pk}"


class Heard(models.Model):
    """The provider's id of a message that a person wrote, sealed to the relay: for quoting it and marking it as read.

    Such an id may hold the writer's number, so it goes after a month, and with the address that it came from.
    """

    account = models.ForeignKey("channels.Account", on_delete=models.CASCADE)
    provider_digest = models.BinaryField(max_length=16)
    address_digest = models.BinaryField(max_length=16)
    sealed_id = models.BinaryField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "heard"
        indexes = [
            models.Index(fields=["provider_digest"], name="outbox_heard_by_provider"),
            models.Index(fields=["address_digest"], name="outbox_heard_by_address"),
            models.Index(fields=["at"], name="outbox_heard_by_time"),
        ]

    def __str__(self) -> str:
        return f"heard {self.pk}"


class Pulse(models.Model):
    """When an account last sent something, what last went wrong, and the alarm that stands (`rabta.rules.accounts`)."""

    account = models.OneToOneField(
        "channels.Account", primary_key=True, on_delete=models.CASCADE, related_name="pulse"
    )
    sent_at = models.DateTimeField(null=True)
    trouble_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=20, blank=True)
    trouble_text = models.CharField(max_length=300, blank=True)
    hearing = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="What keeps us from hearing the provider; empty: nothing.",
    )
    hearing_text = models.CharField(max_length=300, blank=True, default="", db_default="")
    heard_at = models.DateTimeField(null=True, help_text="When its connection was last known to hold.")
    alarm = models.CharField(max_length=12, blank=True)
    alarm_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"pulse of account {self.account_id}"


EVERY_PRIORITY = "'{" + ",".join(map(str, Delivery.Priority.values)) + "}'::smallint[]"  # in SQL
# The number of a letter that is still to be written, in SQL.
NEXT_ID = "nextval((SELECT pg_get_serial_sequence('outbox_delivery', 'id'))::regclass)"

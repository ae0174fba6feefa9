"""What came in, as it came: the sealed journal, what is still unread, and the ledger of every item."""

from django.db import models


class JournalKey(models.Model):
    """A data key that sealed bodies for about a minute, itself sealed to the worker's journal key."""

    sealed_key = models.BinaryField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"journal key {self.pk}"


class Journal(models.Model):
    """A request body, encrypted, exactly as it came. Append-only, partitioned by id.

    Nobody can delete keys and bodies, so PostgreSQL does not look for the key of each body, nor for the body of what
    is unread: that took a third of its time for a body.
    """

    id = models.BigAutoField(primary_key=True)
    credential = models.ForeignKey("channels.Credential", on_delete=models.PROTECT)
    key = models.ForeignKey(JournalKey, on_delete=models.PROTECT, db_constraint=False)
    received_at = models.DateTimeField()
    sealed_body = models.BinaryField()

    class Meta:
        verbose_name_plural = "journal"

    def __str__(self) -> str:
        return f"journal {self.pk}"


class Unread(models.Model):
    """A journal row that no worker has read yet. The row goes in the transaction that holds its effects."""

    journal = models.OneToOneField(Journal, primary_key=True, on_delete=models.CASCADE, db_constraint=False)

    class Meta:
        verbose_name_plural = "unread"

    def __str__(self) -> str:
        return f"unread {self.pk}"


class Seen(models.Model):
    """An item that had its effect: a replay or a second copy finds it here and has none."""

    account = models.ForeignKey("channels.Account", on_delete=models.PROTECT)
    digest = models.BinaryField(max_length=16)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="one_effect_per_item")]

    def __str__(self) -> str:
        return f"seen {self.pk}"


class Part(models.Model):
    """One part of a longer message that waits for the others. `digest` stands for its sender and their reference."""

    account = models.ForeignKey("channels.Account", on_delete=models.PROTECT)
    digest = models.BinaryField(max_length=16)
    number = models.PositiveSmallIntegerField()
    total = models.PositiveSmallIntegerField()
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT)
    position = models.IntegerField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "digest", "number"], name="one_row_per_part")
        ]

    def __str__(self) -> str:
        return f"part {self.number} of {self.total}"


class Early(models.Model):
    """An edit, revocation or reaction that waits for its message. `digest` stands for the provider's id of that."""

    account = models.ForeignKey("channels.Account", on_delete=models.PROTECT)
    digest = models.BinaryField(max_length=16)
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT)
    sent_digest = models.BinaryField(max_length=16, null=True)  # of a letter of ours that it may react to
    position = models.IntegerField()
    received_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "early"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "digest", "journal", "position"], name="one_row_per_early_change"
            )
        ]

    def __str__(self) -> str:
        return f"early {self.pk}"


class LedgerEntry(models.Model):
    """How many items of one account became what, in one batch. `account` is empty for what names none of ours.

    `received` entries are counted from the raw bodies by `Channel.count`; the others from what `read` made of them.
    """

    class Became(models.TextChoices):
        RECEIVED = "received"
        MESSAGE = "message"
        CHANGE = "change"
        RECEIPT = "receipt"
        IGNORED = "ignored"
        QUARANTINED = "quarantined"
        DUPLICATE = "duplicate"

    at = models.DateTimeField()
    account = models.ForeignKey("channels.Account", null=True, on_delete=models.PROTECT)
    channel = models.CharField(max_length=20)
    became = models.CharField(max_length=12, choices=Became.choices)
    reason = models.CharField(max_length=60, blank=True)
    items = models.IntegerField()

    class Meta:
        verbose_name_plural = "ledger entries"
        indexes = [
            models.Index(
                fields=["account", "at"], condition=models.Q(became="message"), name="intake_last_message"
            )
        ]

    def __str__(self) -> str:
        return f"{self.items} {self.became}"


class Quarantined(models.Model):
    """An item that could not be read or kept failing. Its bytes stay in the journal; here is where and why."""

    journal = models.ForeignKey(Journal, on_delete=models.PROTECT)
    position = models.IntegerField(help_text="Index of the item in its body; -1 for the body as a whole.")
    account = models.ForeignKey("channels.Account", null=True, on_delete=models.PROTECT)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "quarantined"

    def __str__(self) -> str:
        return self.reason


class Refused(models.Model):
    """Requests with a wrong signature, by hook and hour. Nothing else of them is kept."""

    credential = models.ForeignKey("channels.Credential", null=True, on_delete=models.CASCADE)
    hour = models.DateTimeField()
    requests = models.IntegerField(default=0)

    class Meta:
        verbose_name_plural = "refused"
        constraints = [
            models.UniqueConstraint(
                fields=["credential", "hour"], nulls_distinct=False, name="one_counter_per_hook_and_hour"
            )
        ]

    def __str__(self) -> str:
        return f"{self.requests} refused"


class Asking(models.Model):
    """Up to when an account was asked for what its hooks did not bring, when it is asked next, and what went wrong."""

    account = models.OneToOneField(
        "channels.Account", primary_key=True, on_delete=models.CASCADE, related_name="asking"
    )
    until = models.DateTimeField()
    next_at = models.DateTimeField()
    trouble = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name_plural = "askings"

    def __str__(self) -> str:
        return f"asking of account {self.account_id}"


class Mailbox(models.Model):
    """How far a mailbox was read: what stands up to `taken` is in the journal, and up to `settled` marked there.

    UIDs mean something only together with `validity` (RFC 3501, 2.3.1.1).
    """

    credential = models.OneToOneField(
        "channels.Credential", primary_key=True, on_delete=models.CASCADE, related_name="mailbox"
    )
    folder = models.CharField(max_length=200)
    validity = models.BigIntegerField()
    taken = models.BigIntegerField()
    settled = models.BigIntegerField()
    looked_at = models.DateTimeField()
    trouble = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return f"mailbox of credential {self.credential_id}"

"""Citizens: the handles they write from, what may be shown of them, and what is sealed even from us."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rabta.kit.ids import public_id


class Person(models.Model):
    """Somebody who wrote. To whoever may not know more, a person is an alias."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    alias = models.CharField(max_length=20)
    language = models.CharField(max_length=8, blank=True)
    protected = models.BooleanField(default=False)
    sealed_at = models.DateTimeField(null=True)  # the first time that something of this person was sealed
    first_seen_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["id"], condition=Q(protected=True), name="person_protected")]

    def __str__(self) -> str:
        return self.alias


class Safe(models.TextChoices):
    """Whether it is safe to write to somebody there, as that person said or the desk was told."""

    UNKNOWN = "", _("Not known")
    YES = "yes", _("Yes, it is safe to write here")
    NO = "no", _("No, do not write here")


class Handle(models.Model):
    """One number or id of a person, unique in its scheme.

    `digest` finds it again; `shown` (name and number under the desk key) is empty for the protected;
    `address` (sealed to the relay) is where answers go.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="handles")
    scheme = models.CharField(max_length=20)
    digest = models.BinaryField(max_length=16)
    shown = models.BinaryField(null=True)
    # HMACs of the name's spellings, to find it by; gone with `shown` (trigger `hide_names`).
    name_keys = ArrayField(models.BigIntegerField(), default=list, db_default=[], blank=True)
    address = models.BinaryField(null=True)
    destroyed_at = models.DateTimeField(null=True)  # of a protected person: nobody can write there any more
    safe = models.CharField(max_length=3, choices=Safe.choices, default=Safe.UNKNOWN, blank=True)
    stopped_at = models.DateTimeField(null=True)  # STOP: nothing goes there by itself but for danger
    created_at = models.DateTimeField()

    is_new: bool = False  # known while a message is taken in, and not kept: this one brought the person here

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "digest"], name="one_handle_per_scheme_and_digest")
        ]
        indexes = [GinIndex(fields=["name_keys"], name="handle_by_name")]

    def __str__(self) -> str:
        return f"{self.scheme} handle {self.pk}"


class Alias(models.Model):
    """Another name under which a provider knows the holder of a handle: its user id beside the telephone number.

    `digest` is of scheme, account and id: such ids mean something at one account only, and join nobody to anybody.
    """

    handle = models.ForeignKey(Handle, on_delete=models.PROTECT, related_name="aliases")
    digest = models.BinaryField(max_length=16, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "aliases"

    def __str__(self) -> str:
        return f"alias of handle {self.handle_id}"


class Keyholder(models.Model):
    """An officer whose public key opens one of the two layers of sealed identities, from confirmation to end.

    An administrator appoints, the officer makes the key in the browser and registers its public half, and a second
    administrator confirms the fingerprint. The secret half never reaches the server.
    """

    class Group(models.TextChoices):
        CUSTODIAN = "custodian", _("Custodian")
        APPROVER = "approver", _("Approver")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    officer = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    group = models.CharField(max_length=10, choices=Group.choices)
    public_key = models.CharField(max_length=80, blank=True)
    fingerprint = models.CharField(max_length=32, blank=True, db_index=True)
    appointed_by = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField()
    registered_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    on_call = models.BooleanField(default=False)
    ended_by = models.ForeignKey("force.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["officer"], condition=Q(ended_at=None), name="one_key_for_each_officer"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | ~Q(public_key=""), name="no_confirmation_without_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} {self.public_id}"

    @property
    def fingerprint_shown(self) -> str:
        """The fingerprint as people read it to each other: in fours."""
        return " ".join(self.fingerprint[n : n + 4] for n in range(0, len(self.fingerprint), 4))


class Sealed(models.Model):
    """Something of a protected person that nobody can open alone: sealed to the custodians, then to the approvers.

    Of a recording or picture (`original`, whose bytes are gone) the bytes lie in `file`, sealed to a key that is in
    here and nowhere else.
    """

    class What(models.TextChoices):
        IDENTITY = "identity", _("name and number")
        TEXT = "text", _("words that named the sender")
        MEDIA = "media", _("original file")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sealed")
    what = models.CharField(max_length=8, choices=What.choices)
    box = models.BinaryField()
    # SHA-256 of what was sealed first, with 256 random bits in it: whoever opens sees whether it is still the same.
    commitment = models.CharField(max_length=64)
    # The box from before it was sealed anew, until another custodian than `anew_by` has opened the new one.
    before = models.BinaryField(null=True)
    before_keys = models.JSONField(null=True)
    anew_by = models.ForeignKey(Keyholder, null=True, on_delete=models.PROTECT, related_name="+")
    custodians = ArrayField(models.CharField(max_length=32))
    approvers = ArrayField(models.CharField(max_length=32))
    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    original = models.OneToOneField(
        "files.StoredFile", null=True, on_delete=models.PROTECT, related_name="sealed"
    )
    sealed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "sealed"
        constraints = [
            models.CheckConstraint(
                condition=Q(commitment__regex="^[0-9a-f]{64}$"), name="sealed_with_a_commitment"
            )
        ]

    def __str__(self) -> str:
        return f"sealed {self.what} {self.public_id}"


class Opening(models.Model):
    """A request to open what is sealed of a person, and what became of it. Holds reasons, never what was sealed."""

    class Purpose(models.TextChoices):
        THREAT_TO_LIFE = "threat_to_life", _("Life in danger")
        COURT = "court", _("Order of a court")
        WITNESS = "witness", _("The person agreed to be a witness")
        ROTATION = "rotation", _("Sealing anew for other keys")

    class State(models.TextChoices):
        REQUESTED = "requested", _("waits for an approver")
        APPROVED = "approved", _("waits for the custodian")
        REFUSED = "refused", _("refused")
        OPENED = "opened", _("opened")

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="openings")
    case_id = models.BigIntegerField()
    reference = models.CharField(max_length=16)
    purpose = models.CharField(max_length=16, choices=Purpose.choices)
    ground = models.CharField(max_length=200)
    reason = models.CharField(max_length=1000)
    urgent = models.BooleanField(default=False)
    excluded = ArrayField(
        models.BigIntegerField(), default=list
    )  # officers who are accused: they take no part
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    requested_by = models.ForeignKey("force.Officer", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    approver = models.ForeignKey(Keyholder, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=1000, blank=True)
    custodian = models.ForeignKey(Keyholder, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "expires_at"], name="opening_by_state")]

    def __str__(self) -> str:
        return f"opening {self.public_id}"


class Resealed(models.Model):
    """The inner layer of one sealed thing, sealed to one custodian for one opening. Emptied when that is over."""

    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="resealed")
    sealed = models.ForeignKey(Sealed, on_delete=models.PROTECT, related_name="+")
    box = models.BinaryField(null=True)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "resealed"
        constraints = [
            models.UniqueConstraint(fields=["opening", "sealed"], name="resealed_once_for_each_opening")
        ]

    def __str__(self) -> str:
        return f"resealed {self.pk}"

"""The force: units, posts, and the officers who hold them. Work is addressed to posts, rights come from postings."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from rabta.kit.ids import public_id


class Named(models.Model):
    """Something with a name in each language of the interface; English is never empty."""

    name = models.CharField(max_length=120)
    name_hi = models.CharField(max_length=120, blank=True)
    name_ur = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """The name in the reader's language, in English where that is missing."""
        return getattr(self, f"name_{(get_language() or 'en')[:2]}", "") or self.name


class Level(Named):
    """A level of the organisation (range, district, circle, station …): data, because forces differ."""

    code = models.SlugField(unique=True)
    rank = models.PositiveSmallIntegerField(help_text=_("0 is the force itself; larger is further down."))


class Unit(Named):
    """An office of the force. `path` holds the ids from the force down to the unit itself."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    code = models.CharField(max_length=40, unique=True)
    level = models.ForeignKey(Level, on_delete=models.PROTECT)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    functional_parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    path = ArrayField(models.BigIntegerField(), default=list)
    area = models.JSONField(null=True, help_text=_("GeoJSON geometry; empty for units without a territory."))
    lat = models.FloatField(null=True)
    lng = models.FloatField(null=True)
    function = models.SlugField(
        blank=True, help_text=_("What a cell is for (ctd, cyber, women …): routing finds it by this.")
    )
    reference_prefix = models.CharField(max_length=5, blank=True)
    accusations_to = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_(
            "Receives complaints against this unit and those below it; empty: the nearest desk above."
        ),
    )
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)


class PlaceName(Named):
    """A village, quarter, market or road, with all the ways people spell it."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="places")
    kind = models.CharField(max_length=20, blank=True)
    lat = models.FloatField()
    lng = models.FloatField()
    forms = ArrayField(models.CharField(max_length=120), help_text=_("Normalised spellings in every script."))


class Role(models.TextChoices):
    """What a post is for. What each role may do is said in `rabta.force.access`."""

    CHIEF = "chief", _("Head of the force")
    RANGE_HEAD = "range_head", _("Head of range")
    DISTRICT_HEAD = "district_head", _("Head of district")
    CIRCLE_OFFICER = "circle_officer", _("Circle officer")
    SHO = "sho", _("Station in-charge")
    CELL_HEAD = "cell_head", _("Head of cell")
    INQUIRY_OFFICER = "inquiry_officer", _("Inquiry officer")
    PRO = "pro", _("Public relations officer")
    DESK_HEAD = "desk_head", _("Head of desk")
    DESK_OPERATOR = "desk_operator", _("Desk operator")
    OVERSIGHT = "oversight", _("Oversight")
    ADMINISTRATOR = "administrator", _("Administrator")


class Post(Named):
    """A role at a unit. It exists whether or not somebody holds it."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    code = models.CharField(max_length=60, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=20, choices=Role.choices)
    linked_post = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")


class OfficerManager(BaseUserManager["Officer"]):
    """Finds officers by username."""

    def create_user(self, username: str, password: str | None = None, **facts: object) -> "Officer":
        officer = self.model(username=username, **facts)
        officer.set_password(password)
        officer.save()
        return officer


class Officer(AbstractBaseUser, Named):
    """A person of the force with access. There are no superusers: every right comes from a posting."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    username = models.SlugField(max_length=60, unique=True)
    rank = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=20, blank=True, db_index=True)
    language = models.CharField(max_length=2, default="en")
    nastaliq = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    objects = OfficerManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        """The name in the reader's language (the base class for logins would say the user name)."""
        return Named.__str__(self)


class Posting(models.Model):
    """An officer in a post, from one day to another."""

    class Kind(models.TextChoices):
        REGULAR = "regular", _("regular")
        ADDITIONAL = "additional_charge", _("additional charge")
        OFFICIATING = "officiating", _("officiating")
        LEAVE_COVER = "leave_cover", _("leave cover")

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="postings")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="postings")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.REGULAR)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True)
    order_number = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "post"],
                condition=Q(ends=None),
                name="one_open_posting_per_officer_and_post",
            ),
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=models.F("starts")), name="posting_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer} · {self.post}"


class Personnel(Named):
    """Somebody of the force who has no login: named so that what goes to all police reaches everybody (H6).

    `number` is the force's own (belt or personnel number). The telephone is known to the force, as an officer's is.
    """

    number = models.CharField(max_length=40, unique=True)
    rank = models.CharField(max_length=60, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="personnel")
    phone = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=2, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "personnel"
        indexes = [models.Index(fields=["unit", "id"], condition=Q(is_active=True), name="personnel_by_unit")]


class Handover(models.Model):
    """The work of a post goes from one officer to the next, each by his own word.

    The work itself stays with the post; this says who gave it over and who knows what is open. `open_orders` and
    `open_reports` are how many there were. Nobody may have given it: the post stood empty, or he was called away.
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="handovers")
    note = models.TextField(blank=True)
    given_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(null=True)
    taken_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    open_orders = models.PositiveIntegerField(default=0)
    open_reports = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=Q(taken_at=None), name="one_handover_waits_for_a_post"
            ),
            models.CheckConstraint(
                condition=~Q(given_by=models.F("taken_by")), name="handed_over_to_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post}: {self.given_by} → {self.taken_by}"


class ApiToken(models.Model):
    """A key to the API with the rights of one officer. Only its hash is kept."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.label or "token"


class Pin(models.Model):
    """Six digits that belong to a one-time link: what an officer knows, beside the telephone that the officer has."""

    officer = models.OneToOneField(Officer, on_delete=models.CASCADE, related_name="pin")
    digest = models.CharField(max_length=128)
    tries = models.PositiveSmallIntegerField(default=0)  # wrong ones since the last right one
    given = models.BooleanField(
        default=True
    )  # by the district: the officer chooses another at the next sign-in
    set_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"PIN of {self.officer_id}"


class SignInLink(models.Model):
    """Somebody asked for a link to a number. A number that nobody has leaves the same row, without an officer.

    Neither the link nor the browser's cookie is kept: only their SHA-256.
    """

    officer = models.ForeignKey(Officer, null=True, on_delete=models.CASCADE, related_name="+")
    browser = models.CharField(max_length=64)
    token = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - none until it is sent
    asked_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link {self.pk}"


class OwnAccount(models.Model):
    """An account at a provider from which an officer, or whoever holds a post, writes: what is said there is his word.

    `handle` is the provider's number of it. The `name` is shown only: names change hands.
    """

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    scheme = models.CharField(max_length=20)
    handle = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    officer = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="own_accounts")
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="own_accounts")
    added_by = models.ForeignKey(Officer, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "handle"], condition=Q(ended_at=None), name="one_owner_of_an_own_account"
            ),
            models.CheckConstraint(
                condition=Q(officer=None, post__isnull=False) | Q(officer__isnull=False, post=None),
                name="own_account_of_officer_or_post",
            ),
        ]

    def __str__(self) -> str:
        return self.name

"""The force: units, posts and who serves there; how officers sign in."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CASCADE, CheckConstraint, F, Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer

LEVEL = CreateModel(
    "Level",
    [
        schema.ID,
        ("name", models.CharField(max_length=120)),
        ("name_hi", models.CharField(blank=True, max_length=120)),
        ("name_ur", models.CharField(blank=True, max_length=120)),
        ("code", models.SlugField(unique=True)),
        (
            "rank",
            models.PositiveSmallIntegerField(help_text="0 is the force itself; larger is further down."),
        ),
    ],
    options={
        "abstract": False,
    },
)
UNIT = CreateModel(
    "Unit",
    [
        schema.ID,
        ("name", models.CharField(max_length=120)),
        ("name_hi", models.CharField(blank=True, max_length=120)),
        ("name_ur", models.CharField(blank=True, max_length=120)),
        schema.PUBLIC_ID,
        ("code", models.CharField(max_length=40, unique=True)),
        ("level", pointer("force.level", related_name=None)),
        ("parent", pointer("force.unit", related_name="children", null=True)),
        ("functional_parent", pointer("force.unit", null=True)),
        ("path", ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
        (
            "area",
            models.JSONField(help_text="GeoJSON geometry; empty for units without a territory.", null=True),
        ),
        ("lat", models.FloatField(null=True)),
        ("lng", models.FloatField(null=True)),
        (
            "function",
            models.SlugField(
                blank=True, help_text="What a cell is for (ctd, cyber, women …): routing finds it by this."
            ),
        ),
        ("reference_prefix", models.CharField(blank=True, max_length=5)),
        (
            "accusations_to",
            pointer(
                "force.unit",
                help_text="Receives complaints against this unit and those below it; empty: the nearest desk above.",
                null=True,
            ),
        ),
        ("valid_from", models.DateField(null=True)),
        ("valid_to", models.DateField(null=True)),
    ],
    options={
        "abstract": False,
    },
)
PLACE_NAME = CreateModel(
    "PlaceName",
    [
        schema.ID,
        ("unit", models.ForeignKey(on_delete=CASCADE, related_name="places", to="force.unit")),
        ("name", models.CharField(max_length=120)),
        ("kind", models.CharField(blank=True, max_length=20)),
        ("lat", models.FloatField()),
        ("lng", models.FloatField()),
        (
            "forms",
            ArrayField(
                base_field=models.CharField(max_length=120),
                help_text="Normalised spellings in every script.",
                size=None,
            ),
        ),
    ],
)
POST = CreateModel(
    "Post",
    [
        schema.ID,
        ("name", models.CharField(max_length=120)),
        ("name_hi", models.CharField(blank=True, max_length=120)),
        ("name_ur", models.CharField(blank=True, max_length=120)),
        schema.PUBLIC_ID,
        ("code", models.CharField(max_length=60, unique=True)),
        ("unit", pointer("force.unit", related_name="posts")),
        (
            "role",
            models.CharField(
                choices=[
                    ("chief", "Head of the force"),
                    ("range_head", "Head of range"),
                    ("district_head", "Head of district"),
                    ("circle_officer", "Circle officer"),
                    ("sho", "Station in-charge"),
                    ("cell_head", "Head of cell"),
                    ("inquiry_officer", "Inquiry officer"),
                    ("desk_head", "Head of desk"),
                    ("desk_operator", "Desk operator"),
                    ("oversight", "Oversight"),
                    ("administrator", "Administrator"),
                ],
                max_length=20,
            ),
        ),
        ("linked_post", pointer("force.post", null=True)),
    ],
    options={
        "abstract": False,
    },
)
OFFICER = CreateModel(
    "Officer",
    [
        schema.ID,
        ("password", models.CharField(max_length=128, verbose_name="password")),
        ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
        ("name", models.CharField(max_length=120)),
        ("name_hi", models.CharField(blank=True, max_length=120)),
        ("name_ur", models.CharField(blank=True, max_length=120)),
        schema.PUBLIC_ID,
        ("username", models.SlugField(max_length=60, unique=True)),
        ("rank", models.CharField(blank=True, max_length=60)),
        ("phone", models.CharField(blank=True, db_index=True, max_length=20)),
        ("language", models.CharField(default="en", max_length=2)),
        ("nastaliq", models.BooleanField(default=False)),
        ("is_active", models.BooleanField(default=True)),
    ],
    options={
        "abstract": False,
    },
)
POSTING = CreateModel(
    "Posting",
    [
        schema.ID,
        ("officer", pointer(settings.AUTH_USER_MODEL, related_name="postings")),
        ("post", pointer("force.post", related_name="postings")),
        (
            "kind",
            models.CharField(
                choices=[
                    ("regular", "regular"),
                    ("additional_charge", "additional charge"),
                    ("officiating", "officiating"),
                    ("leave_cover", "leave cover"),
                ],
                default="regular",
                max_length=20,
            ),
        ),
        ("starts", models.DateField()),
        ("ends", models.DateField(blank=True, null=True)),
        ("order_number", models.CharField(blank=True, max_length=60)),
    ],
    options={
        "constraints": [
            UniqueConstraint(
                condition=Q(("ends", None)),
                fields=("officer", "post"),
                name="one_open_posting_per_officer_and_post",
            ),
            CheckConstraint(
                condition=Q(("ends", None), ("ends__gte", F("starts")), _connector="OR"),
                name="posting_ends_after_start",
            ),
        ],
    },
)
HANDOVER = CreateModel(
    "Handover",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("post", pointer("force.post", related_name="handovers")),
        ("note", models.TextField(blank=True)),
        ("given_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("given_at", models.DateTimeField(null=True)),
        ("taken_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("taken_at", models.DateTimeField(null=True)),
        ("open_orders", models.PositiveIntegerField(default=0)),
        ("open_reports", models.PositiveIntegerField(default=0)),
    ],
    options={
        "constraints": [
            UniqueConstraint(
                condition=Q(("taken_at", None)), fields=("post",), name="one_handover_waits_for_a_post"
            ),
            CheckConstraint(
                condition=Q(("given_by", F("taken_by")), _negated=True), name="handed_over_to_somebody_else"
            ),
        ],
    },
)
API_TOKEN = CreateModel(
    "ApiToken",
    [
        schema.ID,
        ("officer", models.ForeignKey(on_delete=CASCADE, related_name="tokens", to=settings.AUTH_USER_MODEL)),
        ("digest", models.CharField(max_length=64, unique=True)),
        ("label", models.CharField(blank=True, max_length=80)),
        ("created_at", models.DateTimeField()),
        ("last_used_at", models.DateTimeField(null=True)),
        ("revoked_at", models.DateTimeField(null=True)),
    ],
)
PIN = CreateModel(
    "Pin",
    [
        schema.ID,
        ("officer", models.OneToOneField(on_delete=CASCADE, related_name="pin", to=settings.AUTH_USER_MODEL)),
        ("digest", models.CharField(max_length=128)),
        ("tries", models.PositiveSmallIntegerField(default=0)),
        ("given", models.BooleanField(default=True)),
        ("set_at", models.DateTimeField()),
    ],
)
SIGN_IN_LINK = CreateModel(
    "SignInLink",
    [
        schema.ID,
        (
            "officer",
            models.ForeignKey(null=True, on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        ("browser", models.CharField(max_length=64)),
        ("token", models.CharField(max_length=64, null=True, unique=True)),
        ("asked_at", models.DateTimeField()),
        ("used_at", models.DateTimeField(null=True)),
    ],
)
OWN_ACCOUNT = CreateModel(
    "OwnAccount",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("scheme", models.CharField(max_length=20)),
        ("handle", models.CharField(max_length=80)),
        ("name", models.CharField(max_length=80)),
        ("officer", pointer(settings.AUTH_USER_MODEL, related_name="own_accounts", null=True)),
        ("post", pointer("force.post", related_name="own_accounts", null=True)),
        ("added_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("added_at", models.DateTimeField()),
        ("ended_at", models.DateTimeField(null=True)),
    ],
    options={
        "constraints": [
            UniqueConstraint(
                condition=Q(("ended_at", None)),
                fields=("scheme", "handle"),
                name="one_owner_of_an_own_account",
            ),
            CheckConstraint(
                condition=Q(
                    Q(("officer", None), ("post__isnull", False)),
                    Q(("officer__isnull", False), ("post", None)),
                    _connector="OR",
                ),
                name="own_account_of_officer_or_post",
            ),
        ],
    },
)


class Migration(migrations.Migration):
    initial = True
    replaces = [("force", "0005_inquiry_officer"), ("force", "0006_handovers")]
    dependencies = []
    operations = [
        schema.CreateModels(
            LEVEL,
            UNIT,
            PLACE_NAME,
            POST,
            OFFICER,
            POSTING,
            HANDOVER,
            API_TOKEN,
            PIN,
            SIGN_IN_LINK,
            OWN_ACCOUNT,
        )
    ]

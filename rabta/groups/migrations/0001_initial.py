"""The register of groups, the people in them, and what is sent to them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer


MEMBER = CreateModel(
    name="Member",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        ("digest", models.BinaryField(max_length=16, unique=True)),
        ("shown", models.BinaryField(null=True)),
        (
            "address",
            models.OneToOneField(null=True, on_delete=models.PROTECT, related_name="+", to="outbox.address"),
        ),
        ("channel", models.CharField(max_length=20)),
        ("account", pointer("channels.account", null=True)),
        ("language", models.CharField(blank=True, max_length=8)),
        ("kind", models.SlugField(max_length=20)),
        ("section", models.SlugField(blank=True, max_length=20)),
        ("unit", pointer("force.unit")),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list)),
        ("lat", models.FloatField(null=True)),
        ("lng", models.FloatField(null=True)),
        (
            "state",
            models.CharField(
                choices=[
                    ("applied", "asked to join"),
                    ("active", "member"),
                    ("refused", "refused"),
                    ("lapsed", "not renewed"),
                    ("removed", "removed"),
                    ("left", "left"),
                ],
                default="applied",
                max_length=8,
            ),
        ),
        ("opted_in_at", models.DateTimeField(null=True)),
        ("opted_in_by", models.CharField(blank=True, max_length=20)),
        ("joined_at", models.DateTimeField(null=True)),
        ("valid_until", models.DateField(null=True)),
        ("ended_at", models.DateTimeField(null=True)),
        ("stopped_at", models.DateTimeField(null=True)),
        ("strikes", models.PositiveSmallIntegerField(db_default=0, default=0)),
        ("muted_until", models.DateTimeField(null=True)),
    ],
    options={
        "indexes": [
            Index(fields=["unit", "state"], name="member_by_unit"),
            Index(condition=Q(("state", "active")), fields=["valid_until"], name="member_by_expiry"),
        ],
        "constraints": [
            CheckConstraint(
                condition=Q(
                    Q(("state", "active"), _negated=True), ("opted_in_at__isnull", False), _connector="OR"
                ),
                name="no_member_without_consent",
            )
        ],
    },
)
GROUP = CreateModel(
    name="Group",
    fields=[
        schema.ID,
        ("name", models.CharField(max_length=120)),
        ("name_hi", models.CharField(blank=True, max_length=120)),
        ("name_ur", models.CharField(blank=True, max_length=120)),
        schema.PUBLIC_ID,
        ("code", models.SlugField(max_length=60, unique=True)),
        (
            "kind",
            models.CharField(
                choices=[
                    ("volunteers", "Volunteers of a station"),
                    ("circle", "Circle"),
                    ("district", "District"),
                    ("range", "Range"),
                    ("headquarters", "Headquarters"),
                    ("police", "All police"),
                    ("media", "Media"),
                    ("citizens", "Citizens who asked for news"),
                ],
                max_length=12,
            ),
        ),
        (
            "mode",
            models.CharField(
                choices=[
                    ("moderated", "Members write, a moderator lets through"),
                    ("announcements", "Only announcements"),
                    ("digest", "Members write, the best goes out once a day"),
                ],
                default="moderated",
                max_length=13,
            ),
        ),
        ("purpose", models.CharField(blank=True, max_length=300)),
        ("rules", models.TextField(blank=True)),
        ("unit", pointer("force.unit", related_name="groups")),
        ("parent", pointer("groups.group", related_name="children", null=True)),
        ("path", ArrayField(base_field=models.BigIntegerField(), default=list)),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list)),
        ("administrator", pointer("force.post", related_name="groups", null=True)),
        ("outside", pointer("groups.member", related_name="administers", null=True)),
        ("chat_account", pointer("channels.account", related_name="groups", null=True)),
        ("chat", models.CharField(blank=True, max_length=80)),
        ("quiet_from", models.TimeField(null=True)),
        ("quiet_to", models.TimeField(null=True)),
        ("members", models.PositiveIntegerField(db_default=0, default=0)),
        ("opened_at", models.DateTimeField()),
        ("closed_at", models.DateTimeField(null=True)),
    ],
    options={
        "constraints": [
            CheckConstraint(
                condition=Q(("administrator", None), ("outside", None), _connector="OR"),
                name="group_is_run_by_one_side",
            ),
            UniqueConstraint(
                condition=Q(Q(("chat_account", None), _negated=True), ("closed_at", None)),
                fields=("chat_account", "chat"),
                name="one_group_for_each_chat",
            ),
        ],
    },
)
SEAT = CreateModel(
    name="Seat",
    fields=[
        schema.ID,
        ("group", models.ForeignKey(on_delete=models.CASCADE, related_name="seats", to="groups.group")),
        (
            "role",
            models.CharField(
                blank=True,
                choices=[
                    ("chief", "Head of the force"),
                    ("range_head", "Head of range"),
                    ("district_head", "Head of district"),
                    ("circle_officer", "Circle officer"),
                    ("sho", "Station in-charge"),
                    ("cell_head", "Head of cell"),
                    ("inquiry_officer", "Inquiry officer"),
                    ("pro", "Public relations officer"),
                    ("desk_head", "Head of desk"),
                    ("desk_operator", "Desk operator"),
                    ("oversight", "Oversight"),
                    ("administrator", "Administrator"),
                ],
                max_length=20,
            ),
        ),
        (
            "reach",
            models.CharField(
                choices=[
                    ("own", "the unit itself"),
                    ("below", "the unit and all below it"),
                    ("above", "the units above it"),
                ],
                max_length=5,
            ),
        ),
        ("personnel", models.BooleanField(default=False)),
    ],
    options={
        "constraints": [
            UniqueConstraint(fields=("group", "role", "reach"), name="one_seat_for_each_role_and_reach"),
            CheckConstraint(
                condition=Q(
                    ("personnel", False), Q(("reach__in", ["own", "below"]), ("role", "")), _connector="OR"
                ),
                name="personnel_have_no_role",
            ),
        ],
    },
)
MEMBERSHIP = CreateModel(
    name="Membership",
    fields=[
        schema.ID,
        ("group", pointer("groups.group", related_name="memberships")),
        (
            "member",
            models.ForeignKey(on_delete=models.CASCADE, related_name="memberships", to="groups.member"),
        ),
        ("moderates", models.BooleanField(default=False)),
        ("since", models.DateTimeField()),
        ("ended_at", models.DateTimeField(null=True)),
        ("why", models.CharField(blank=True, max_length=20)),
    ],
    options={
        "constraints": [
            UniqueConstraint(
                condition=Q(("ended_at", None)), fields=("group", "member"), name="one_place_in_each_group"
            )
        ],
    },
)
BROADCAST = CreateModel(
    name="Broadcast",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        ("what", models.SlugField(max_length=20)),
        ("about", models.CharField(blank=True, max_length=40)),
        ("unit", pointer("force.unit")),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list)),
        ("officers_only", models.BooleanField(default=False)),
        ("near_lat", models.FloatField(null=True)),
        ("near_lng", models.FloatField(null=True)),
        (
            "priority",
            models.PositiveSmallIntegerField(
                choices=[(0, "Emergency"), (1, "Urgent"), (2, "Usual"), (3, "Bulletin"), (4, "Bulk")],
                default=4,
            ),
        ),
        (
            "state",
            models.CharField(
                choices=[
                    ("gathering", "being prepared"),
                    ("queueing", "going into the outbox"),
                    ("queued", "in the outbox"),
                    ("stopped", "stopped"),
                ],
                default="gathering",
                max_length=9,
            ),
        ),
        ("officer", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("post", pointer("force.post", null=True)),
        ("asked_at", models.DateTimeField()),
        ("due_at", models.DateTimeField()),
        ("queued_at", models.DateTimeField(null=True)),
        ("recipients", models.PositiveIntegerField(default=0)),
        ("queued", models.PositiveIntegerField(db_default=0, default=0)),
        ("counted_at", models.DateTimeField(null=True)),
        ("groups", models.ManyToManyField(related_name="broadcasts", to="groups.group")),
    ],
    options={
        "indexes": [
            Index(fields=["asked_at"], name="broadcast_by_time"),
            Index(
                condition=Q(("state__in", ["gathering", "queueing"])),
                fields=["due_at"],
                name="broadcast_open",
            ),
            Index(condition=Q(("about", ""), _negated=True), fields=["about"], name="broadcast_by_about"),
        ],
    },
)
WORDING = CreateModel(
    name="Wording",
    fields=[
        schema.ID,
        (
            "broadcast",
            models.ForeignKey(on_delete=models.CASCADE, related_name="wordings", to="groups.broadcast"),
        ),
        ("language", models.CharField(blank=True, max_length=8)),
        ("text", models.TextField()),
        ("body", pointer("outbox.body")),
    ],
    options={
        "constraints": [
            UniqueConstraint(fields=("broadcast", "language"), name="one_wording_for_each_language")
        ],
    },
)
RECIPIENT = CreateModel(
    name="Recipient",
    fields=[
        schema.ID,
        (
            "broadcast",
            models.ForeignKey(on_delete=models.CASCADE, related_name="heard_by", to="groups.broadcast"),
        ),
        ("position", models.PositiveIntegerField()),
        ("unit", pointer("force.unit")),
        (
            "member",
            models.ForeignKey(null=True, on_delete=models.CASCADE, related_name="+", to="groups.member"),
        ),
        ("officer", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("person", pointer("force.personnel", null=True)),
        ("account", pointer("channels.account", null=True)),
        (
            "delivery",
            models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=models.DO_NOTHING,
                related_name="+",
                to="outbox.delivery",
            ),
        ),
        ("answered_at", models.DateTimeField(null=True)),
        ("answer", models.CharField(blank=True, max_length=20)),
    ],
    options={
        "indexes": [
            Index(fields=["delivery"], name="recipient_by_delivery"),
            Index(condition=Q(("member__isnull", False)), fields=["member"], name="recipient_by_member"),
        ],
        "constraints": [
            UniqueConstraint(fields=("broadcast", "position"), name="one_place_in_each_broadcast")
        ],
    },
)
REACH = CreateModel(
    name="Reach",
    fields=[
        schema.ID,
        (
            "broadcast",
            models.ForeignKey(on_delete=models.CASCADE, related_name="reach", to="groups.broadcast"),
        ),
        ("unit", pointer("force.unit")),
        ("recipients", models.PositiveIntegerField()),
        ("unreachable", models.PositiveIntegerField(default=0)),
        ("sent", models.PositiveIntegerField(default=0)),
        ("delivered", models.PositiveIntegerField(default=0)),
        ("read", models.PositiveIntegerField(default=0)),
        ("failed", models.PositiveIntegerField(default=0)),
        ("answered", models.PositiveIntegerField(default=0)),
    ],
    options={
        "constraints": [UniqueConstraint(fields=("broadcast", "unit"), name="one_reach_for_each_unit")],
    },
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("channels", "0002_protection"),
        ("force", "0006_personnel"),
        ("outbox", "0003_bodies"),
        ("people", "0002_protection"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [schema.CreateModels(MEMBER, GROUP, SEAT, MEMBERSHIP, BROADCAST, WORDING, RECIPIENT, REACH)]

"""Official versions and who asked for them. Everybody reads what is released and under no embargo."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CheckConstraint, F, Index, Q

from rabta import schema
from rabta.schema import pointer

KEEPS = "select, insert, update"
RUN = f"visible_to && {schema.once(schema.GROUPS)}"
RELEASED = "state = 'released' AND (embargo_until IS NULL OR embargo_until <= now())"


VERSION = CreateModel(
    name="Version",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        ("number", models.CharField(max_length=20, unique=True)),
        ("unit", pointer("force.unit")),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list)),
        ("place", models.CharField(blank=True, max_length=120)),
        ("title", models.CharField(max_length=160)),
        ("title_hi", models.CharField(blank=True, max_length=160)),
        ("title_ur", models.CharField(blank=True, max_length=160)),
        ("text", models.TextField()),
        ("text_hi", models.TextField(blank=True)),
        ("text_ur", models.TextField(blank=True)),
        ("plain", models.TextField(blank=True)),
        ("digest", models.CharField(blank=True, max_length=64)),
        (
            "state",
            models.CharField(
                choices=[
                    ("draft", "waits for a second officer"),
                    ("approved", "approved"),
                    ("released", "released"),
                    ("dropped", "not released"),
                ],
                default="draft",
                max_length=8,
            ),
        ),
        ("about", models.CharField(blank=True, max_length=40)),
        ("groups", ArrayField(base_field=models.CharField(max_length=16), blank=True, default=list)),
        ("written_by", pointer(settings.AUTH_USER_MODEL)),
        ("written_post", pointer("force.post", null=True)),
        ("written_at", models.DateTimeField()),
        ("approved_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("approved_at", models.DateTimeField(null=True)),
        ("released_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("released_at", models.DateTimeField(null=True)),
        ("embargo_until", models.DateTimeField(null=True)),
        (
            "corrects",
            models.OneToOneField(
                null=True, on_delete=models.PROTECT, related_name="corrected_by", to="publishing.version"
            ),
        ),
        ("withdrawn_at", models.DateTimeField(null=True)),
        ("withdrawn_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("withdrawn_why", models.CharField(blank=True, max_length=300)),
        ("hidden", models.BooleanField(default=False)),
        ("remark", models.CharField(blank=True, max_length=300)),
    ],
    options={
        "indexes": [
            Index(condition=Q(("state", "released")), fields=["released_at", "id"], name="version_by_release")
        ],
        "constraints": [
            CheckConstraint(
                condition=Q(
                    Q(("state__in", ["approved", "released"]), _negated=True),
                    Q(("approved_by__isnull", False), Q(("approved_by", F("written_by")), _negated=True)),
                    _connector="OR",
                ),
                name="version_approved_by_another_officer",
            ),
            CheckConstraint(
                condition=Q(
                    Q(("state", "released"), _negated=True),
                    Q(("released_at__isnull", False), ("released_by__isnull", False)),
                    _connector="OR",
                ),
                name="version_released_by_somebody",
            ),
        ],
    },
)
QUESTION = CreateModel(
    name="Question",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        ("unit", pointer("force.unit")),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list)),
        ("text", models.TextField()),
        ("asker", models.CharField(blank=True, max_length=16)),
        ("outlet", models.CharField(blank=True, max_length=120)),
        ("entered_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("asked_at", models.DateTimeField()),
        ("due_at", models.DateTimeField()),
        (
            "state",
            models.CharField(
                choices=[("open", "open"), ("answered", "answered"), ("declined", "not answered")],
                default="open",
                max_length=8,
            ),
        ),
        ("version", pointer("publishing.version", related_name="questions", null=True)),
        ("ended_at", models.DateTimeField(null=True)),
        ("ended_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("remark", models.CharField(blank=True, max_length=300)),
    ],
    options={
        "indexes": [Index(condition=Q(("state", "open")), fields=["due_at"], name="question_by_limit")],
    },
)


class Migration(migrations.Migration):
    dependencies = [
        ("publishing", "0001_initial"),
        ("cases", "0004_protection"),
        ("force", "0006_personnel"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        schema.CreateModels(VERSION, QUESTION),
        schema.grant("publishing_version", web=KEEPS, worker=KEEPS),
        schema.grant("publishing_question", web=KEEPS, worker=KEEPS),
        schema.protect("publishing_version", web=f"({RELEASED}) OR {RUN}"),
        schema.protect("publishing_question", web=RUN),
    ]

"""The desk's own: drafts, who is at what, answers, shifts, views, batches, notices."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CASCADE, SET_NULL, CheckConstraint, F, Index, Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer

DRAFT = CreateModel(
    "Draft",
    [
        schema.ID,
        ("officer", models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
        ("case", models.ForeignKey(on_delete=CASCADE, related_name="+", to="cases.case")),
        (
            "kind",
            models.CharField(
                choices=[("reply", "Reply"), ("public", "Public answer"), ("note", "Internal note")],
                max_length=6,
            ),
        ),
        ("text", models.TextField()),
        ("revision", models.PositiveIntegerField(default=1)),
        ("at", models.DateTimeField()),
    ],
    options={
        "constraints": [UniqueConstraint(fields=("officer", "case", "kind"), name="one_draft_of_each_kind")],
    },
)
PRESENCE = CreateModel(
    "Presence",
    [
        schema.ID,
        ("officer", models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
        ("case", models.ForeignKey(on_delete=CASCADE, related_name="+", to="cases.case")),
        (
            "doing",
            models.CharField(choices=[("looking", "is looking"), ("replying", "is replying")], max_length=8),
        ),
        ("until", models.DateTimeField()),
    ],
    options={
        "constraints": [
            UniqueConstraint(fields=("case", "officer"), name="one_presence_per_case_and_officer")
        ],
    },
)
ANSWER = CreateModel(
    "Answer",
    [
        schema.ID,
        ("unit", models.ForeignKey(on_delete=CASCADE, related_name="+", to="force.unit")),
        ("code", models.SlugField(max_length=30)),
        ("language", models.CharField(max_length=8)),
        ("text", models.TextField(blank=True)),
        ("by", pointer(settings.AUTH_USER_MODEL)),
        ("at", models.DateTimeField()),
    ],
    options={
        "constraints": [
            UniqueConstraint(fields=("unit", "code", "language"), name="one_answer_per_code_and_language")
        ],
    },
)
SHARING = CreateModel(
    "Sharing",
    [
        schema.ID,
        ("unit", models.OneToOneField(on_delete=CASCADE, related_name="+", to="force.unit")),
        (
            "way",
            models.CharField(
                choices=[
                    ("manual", "By hand: everybody takes cases"),
                    ("turns", "In turn"),
                    ("load", "To whoever has fewest open cases"),
                ],
                default="manual",
                max_length=6,
            ),
        ),
        ("on_duty_only", models.BooleanField(default=True)),
        ("at_most", models.PositiveSmallIntegerField(default=40)),
        ("alarm_minutes", models.PositiveSmallIntegerField(default=30)),
        (
            "last",
            models.ForeignKey(null=True, on_delete=SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        ("by", pointer(settings.AUTH_USER_MODEL)),
        ("at", models.DateTimeField()),
    ],
    options={
        "verbose_name_plural": "sharing",
    },
)
SHIFT = CreateModel(
    "Shift",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("unit", models.ForeignKey(on_delete=CASCADE, related_name="+", to="force.unit")),
        ("name", models.CharField(max_length=60)),
        ("starts", models.TimeField()),
        ("ends", models.TimeField()),
        ("days", ArrayField(base_field=models.PositiveSmallIntegerField(), size=None)),
        ("ended_at", models.DateTimeField(null=True)),
    ],
)
TURN = CreateModel(
    "Turn",
    [
        schema.ID,
        ("shift", models.ForeignKey(on_delete=CASCADE, related_name="turns", to="desk.shift")),
        ("officer", models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
        ("starts", models.DateField()),
        ("ends", models.DateField(null=True)),
    ],
)
ABSENCE = CreateModel(
    "Absence",
    [
        schema.ID,
        ("officer", models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
        ("starts", models.DateTimeField()),
        ("ends", models.DateTimeField()),
        ("reason", models.CharField(blank=True, max_length=200)),
        ("by", pointer(settings.AUTH_USER_MODEL)),
        ("at", models.DateTimeField()),
        ("handed_back_at", models.DateTimeField(null=True)),
    ],
    options={
        "constraints": [CheckConstraint(condition=Q(("ends__gt", F("starts"))), name="absence_ends")],
    },
)
HANDOVER = CreateModel(
    "Handover",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("unit", pointer("force.unit")),
        ("shift", pointer("desk.shift", null=True)),
        ("matters", ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
        ("notes", models.TextField()),
        ("digest", models.CharField(max_length=64)),
        ("given_by", pointer(settings.AUTH_USER_MODEL)),
        ("given_at", models.DateTimeField()),
        ("taken_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("taken_at", models.DateTimeField(null=True)),
    ],
    options={
        "indexes": [Index(fields=["unit", "-given_at"], name="handover_newest")],
        "constraints": [
            CheckConstraint(
                condition=Q(
                    ("taken_by", None), Q(("taken_by", F("given_by")), _negated=True), _connector="OR"
                ),
                name="taken_over_by_another",
            )
        ],
    },
)
VIEW = CreateModel(
    "View",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("officer", models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
        ("unit", models.ForeignKey(null=True, on_delete=CASCADE, related_name="+", to="force.unit")),
        ("name", models.CharField(max_length=60)),
        ("query", models.JSONField()),
        ("at", models.DateTimeField()),
    ],
)
BATCH = CreateModel(
    "Batch",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("officer", pointer(settings.AUTH_USER_MODEL)),
        ("act", models.CharField(max_length=16)),
        ("data", models.JSONField(default=dict)),
        ("asked_at", models.DateTimeField()),
        ("finished_at", models.DateTimeField(null=True)),
    ],
    options={
        "verbose_name_plural": "batches",
    },
)
BATCH_LINE = CreateModel(
    "BatchLine",
    [
        schema.ID,
        ("batch", models.ForeignKey(on_delete=CASCADE, related_name="lines", to="desk.batch")),
        ("case", models.ForeignKey(on_delete=CASCADE, related_name="+", to="cases.case")),
        (
            "state",
            models.CharField(
                choices=[("waiting", "waiting"), ("done", "done"), ("refused", "refused")],
                default="waiting",
                max_length=8,
            ),
        ),
        ("reason", models.CharField(blank=True, max_length=300)),
    ],
    options={
        "constraints": [UniqueConstraint(fields=("batch", "case"), name="a_case_once_in_a_batch")],
    },
)
NOTICE = CreateModel(
    "Notice",
    [
        schema.ID,
        ("officer", models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
        ("case", models.ForeignKey(null=True, on_delete=CASCADE, related_name="+", to="cases.case")),
        ("what", models.CharField(max_length=20)),
        ("key", models.CharField(max_length=60)),
        ("data", models.JSONField(default=dict)),
        ("urgent", models.BooleanField(default=False)),
        ("at", models.DateTimeField()),
        ("read_at", models.DateTimeField(null=True)),
        ("sent_at", models.DateTimeField(null=True)),
    ],
    options={
        "indexes": [
            Index(fields=["officer", "-at"], name="notice_newest"),
            Index(condition=Q(("sent_at", None)), fields=["id"], name="notice_to_send"),
        ],
        "constraints": [UniqueConstraint(fields=("officer", "key"), name="told_once")],
    },
)
WISH = CreateModel(
    "Wish",
    [
        schema.ID,
        ("officer", models.OneToOneField(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
        (
            "by_phone",
            ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None),
        ),
        ("quiet_from", models.TimeField(null=True)),
        ("quiet_until", models.TimeField(null=True)),
    ],
    options={
        "verbose_name_plural": "wishes",
    },
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("cases", "0001_initial"),
        ("force", "0004_administered"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        schema.CreateModels(
            DRAFT,
            PRESENCE,
            ANSWER,
            SHARING,
            SHIFT,
            TURN,
            ABSENCE,
            HANDOVER,
            VIEW,
            BATCH,
            BATCH_LINE,
            NOTICE,
            WISH,
        )
    ]

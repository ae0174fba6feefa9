"""Limits by version, what became of them, and reviews."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CASCADE, Index, Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer

VERSION = CreateModel(
    "Version",
    [
        schema.ID,
        ("made_at", models.DateTimeField()),
        ("made_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("body", models.JSONField()),
    ],
)
WATCH = CreateModel(
    "Watch",
    [
        (
            "case",
            models.OneToOneField(
                db_constraint=False,
                on_delete=CASCADE,
                primary_key=True,
                related_name="+",
                serialize=False,
                to="cases.case",
            ),
        ),
        ("look_at", models.DateTimeField()),
    ],
    options={
        "verbose_name_plural": "watches",
        "indexes": [Index(fields=["look_at"], name="review_watch_next")],
    },
)
PAUSE = CreateModel(
    "Pause",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("case", models.ForeignKey(on_delete=CASCADE, related_name="pauses", to="cases.case")),
        ("reason", models.CharField(max_length=20)),
        ("since", models.DateTimeField()),
        ("until", models.DateTimeField()),
        ("by", pointer(settings.AUTH_USER_MODEL)),
        ("by_post", pointer("force.post", null=True)),
        ("ended_at", models.DateTimeField(null=True)),
        (
            "ended",
            models.CharField(
                blank=True,
                choices=[
                    ("time", "its time was over"),
                    ("answered", "the citizen answered"),
                    ("by_hand", "ended by an officer"),
                    ("closed", "the case was closed"),
                ],
                max_length=8,
            ),
        ),
    ],
    options={
        "indexes": [Index(condition=Q(("ended_at", None)), fields=["until"], name="review_pause_open")],
        "constraints": [
            UniqueConstraint(
                condition=Q(("ended_at", None)), fields=("case",), name="one_open_pause_per_case"
            )
        ],
    },
)
ESCALATION = CreateModel(
    "Escalation",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("case", models.ForeignKey(on_delete=CASCADE, related_name="escalations", to="cases.case")),
        ("order", models.ForeignKey(null=True, on_delete=CASCADE, related_name="+", to="cases.order")),
        (
            "step",
            models.CharField(
                choices=[
                    ("reply", "Reply"),
                    ("contact", "Contact"),
                    ("report", "Report"),
                    ("acknowledged", "Acceptance of the order"),
                    ("passed_on", "Passing on the order"),
                    ("handed_over", "Confirmation by the emergency line"),
                ],
                max_length=14,
            ),
        ),
        ("level", models.PositiveSmallIntegerField()),
        ("due_at", models.DateTimeField()),
        ("at", models.DateTimeField()),
        ("held_by", pointer("force.post", null=True)),
        ("post", pointer("force.post", null=True)),
        ("officers", ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
        ("deliveries", ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
        ("taken_at", models.DateTimeField(null=True)),
        ("taken_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("ended_at", models.DateTimeField(null=True)),
    ],
    options={
        "indexes": [
            Index(
                condition=Q(("ended_at", None), ("level__gt", 0), ("taken_at", None)),
                fields=["post", "-at"],
                name="review_escalated_to",
            ),
            Index(condition=Q(("ended_at", None)), fields=["case"], name="review_escalated_open"),
        ],
        "constraints": [
            UniqueConstraint(
                fields=("case", "order", "step", "due_at", "level"),
                name="once_per_limit_and_level",
                nulls_distinct=False,
            )
        ],
    },
)
INTERIM = CreateModel(
    "Interim",
    [
        schema.ID,
        ("case", models.ForeignKey(on_delete=CASCADE, related_name="interims", to="cases.case")),
        ("due_at", models.DateTimeField()),
        ("suggested_at", models.DateTimeField()),
        ("done_at", models.DateTimeField(null=True)),
        ("by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("sent", models.BooleanField(default=False)),
    ],
    options={
        "indexes": [Index(condition=Q(("done_at", None)), fields=["due_at"], name="review_interim_open")],
        "constraints": [UniqueConstraint(fields=("case", "due_at"), name="one_interim_reply_each_time")],
    },
)
CALL = CreateModel(
    "Call",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("order", models.OneToOneField(on_delete=CASCADE, related_name="+", to="cases.order")),
        ("asked_at", models.DateTimeField()),
        ("tries", models.PositiveSmallIntegerField(default=0)),
        ("tried_at", models.DateTimeField(null=True)),
        ("tried_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        (
            "result",
            models.CharField(
                blank=True, choices=[("reached", "reached"), ("not_reached", "not reached")], max_length=12
            ),
        ),
        ("ended_at", models.DateTimeField(null=True)),
    ],
    options={
        "indexes": [Index(condition=Q(("ended_at", None)), fields=["asked_at"], name="review_call_open")],
    },
)
REVIEW = CreateModel(
    "Review",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("officer", pointer(settings.AUTH_USER_MODEL)),
        ("post", pointer("force.post", null=True)),
        ("began_at", models.DateTimeField()),
        ("ended_at", models.DateTimeField(null=True)),
        ("figures", models.JSONField(default=dict)),
    ],
    options={
        "indexes": [Index(fields=["officer", "-began_at"], name="review_by_officer")],
        "constraints": [
            UniqueConstraint(condition=Q(("ended_at", None)), fields=("officer",), name="one_open_review")
        ],
    },
)
LINE = CreateModel(
    "Line",
    [
        schema.ID,
        ("review", models.ForeignKey(on_delete=CASCADE, related_name="lines", to="review.review")),
        ("case", models.ForeignKey(on_delete=CASCADE, related_name="+", to="cases.case")),
        (
            "decision",
            models.CharField(
                choices=[
                    ("looked", "looked at"),
                    ("accepted", "report accepted"),
                    ("rejected", "report sent back"),
                    ("ordered", "ordered again"),
                    ("escalated", "passed up"),
                ],
                max_length=10,
            ),
        ),
        ("at", models.DateTimeField()),
    ],
    options={
        "constraints": [UniqueConstraint(fields=("review", "case", "decision"), name="once_in_a_review")],
    },
)
DIGEST = CreateModel(
    "Digest",
    [
        (
            "officer",
            models.OneToOneField(
                on_delete=CASCADE,
                primary_key=True,
                related_name="+",
                serialize=False,
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        (
            "way",
            models.CharField(
                choices=[
                    ("nearest", "the account nearest to my unit"),
                    ("whatsapp", "WhatsApp"),
                    ("sms", "SMS"),
                ],
                default="nearest",
                max_length=8,
            ),
        ),
        ("morning", models.BooleanField(default=True)),
        ("evening", models.BooleanField(default=True)),
        ("sent_for", models.CharField(blank=True, max_length=20)),
    ],
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("cases", "0003_orders"),
        ("force", "0004_administered"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [schema.CreateModels(VERSION, WATCH, PAUSE, ESCALATION, INTERIM, CALL, REVIEW, LINE, DIGEST)]

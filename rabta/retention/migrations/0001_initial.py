"""Holds that keep a case from being erased, and proofs of what was erased."""

from django.conf import settings
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer

HOLD = CreateModel(
    "Hold",
    [
        schema.ID,
        ("case", pointer("cases.case", related_name="holds")),
        ("reason", models.CharField(max_length=500)),
        ("by", pointer(settings.AUTH_USER_MODEL)),
        ("at", models.DateTimeField()),
        ("ended_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("ended_at", models.DateTimeField(null=True)),
    ],
    options={
        "constraints": [
            UniqueConstraint(condition=Q(("ended_at", None)), fields=("case",), name="one_hold_for_each_case")
        ],
    },
)
ERASURE = CreateModel(
    "Erasure",
    [
        schema.ID,
        (
            "what",
            models.CharField(
                choices=[
                    ("case", "Case"),
                    ("person", "Person"),
                    ("address", "Address"),
                    ("journal", "Journal"),
                    ("message", "Message"),
                ],
                max_length=8,
            ),
        ),
        ("subject", models.CharField(max_length=20)),
        ("of", models.CharField(max_length=20)),
        ("digest", models.CharField(blank=True, max_length=32)),
        ("rows", models.PositiveIntegerField(default=0)),
        ("files", models.PositiveIntegerField(default=0)),
        ("at", models.DateTimeField()),
    ],
    options={
        "constraints": [UniqueConstraint(fields=("what", "subject"), name="erased_once")],
    },
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("cases", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [schema.CreateModels(HOLD, ERASURE)]

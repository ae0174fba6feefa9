"""The record of who looked and did what, and the chain that proves it whole."""

from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import Index, UniqueConstraint

from rabta import schema

RECORD = CreateModel(
    "Record",
    [
        schema.ID,
        ("at", models.DateTimeField()),
        ("actor_officer", models.BigIntegerField(null=True)),
        ("actor_post", models.BigIntegerField(null=True)),
        ("system_reason", models.CharField(blank=True, max_length=80)),
        ("act", models.CharField(max_length=40)),
        ("subject", models.CharField(max_length=40)),
        ("subject_ids", models.JSONField(default=list)),
        ("detail", models.JSONField(default=dict)),
        ("case_id", models.BigIntegerField(null=True)),
    ],
    options={
        "indexes": [
            Index(fields=["subject", "at"], name="audit_by_subject"),
            Index(fields=["-at", "-id"], name="audit_newest"),
            Index(fields=["actor_officer", "-at", "-id"], name="audit_by_officer"),
            Index(fields=["case_id", "actor_officer", "-at"], name="audit_by_case"),
        ],
    },
)
LINK = CreateModel(
    "Link",
    [
        ("position", models.BigIntegerField(primary_key=True, serialize=False)),
        ("source", models.SmallIntegerField(choices=[(0, "audit_record"), (1, "cases_event")])),
        ("row", models.BigIntegerField()),
        ("salt", models.BinaryField(null=True)),
        ("content", models.BinaryField()),
        ("row_hash", models.BinaryField()),
        ("chain", models.BinaryField()),
    ],
    options={
        "constraints": [UniqueConstraint(fields=("source", "row"), name="one_link_per_row")],
    },
)
BLOCK = CreateModel(
    "Block",
    [
        ("number", models.BigIntegerField(primary_key=True, serialize=False)),
        ("last", models.BigIntegerField()),
        ("chain", models.BinaryField()),
        ("at", models.DateTimeField()),
        ("key", models.CharField(max_length=16)),
        ("signature", models.BinaryField()),
        ("record_tx", models.BigIntegerField()),
        ("record_id", models.BigIntegerField()),
        ("event_tx", models.BigIntegerField()),
        ("event_id", models.BigIntegerField()),
    ],
)
HEAD = CreateModel(
    "Head",
    [
        schema.ID,
        ("at", models.DateTimeField()),
        ("block", models.BigIntegerField()),
        ("position", models.BigIntegerField()),
        ("went_to", models.CharField(max_length=200)),
        ("trouble", models.CharField(blank=True, max_length=200)),
    ],
)
VERIFICATION = CreateModel(
    "Verification",
    [
        schema.ID,
        ("at", models.DateTimeField()),
        ("position", models.BigIntegerField()),
        ("seconds", models.FloatField()),
        ("problem", models.CharField(blank=True, max_length=300)),
    ],
)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [schema.CreateModels(RECORD, LINK, BLOCK, HEAD, VERIFICATION)]

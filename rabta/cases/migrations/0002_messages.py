"""What was said in a case, and the events of its history."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import Index, Q

from rabta import schema
from rabta.schema import pointer

FOLLOW = """
ALTER TABLE cases_event ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX event_by_tx ON cases_event (tx, id);
"""
MESSAGE = CreateModel(
    "Message",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("conversation", pointer("cases.conversation", related_name="messages")),
        ("case", pointer("cases.case", related_name="messages", null=True)),
        (
            "direction",
            models.CharField(
                choices=[("in", "received"), ("out", "sent"), ("note", "internal note")], max_length=4
            ),
        ),
        ("kind", models.CharField(default="text", max_length=12)),
        ("text", models.TextField(blank=True)),
        ("language", models.CharField(blank=True, max_length=8)),
        ("noise", models.CharField(blank=True, max_length=10)),
        ("forwarded", models.BooleanField(default=False)),
        ("overheard", models.BooleanField(db_default=False, default=False)),
        ("automatic", models.BooleanField(default=False)),
        ("waits", models.BooleanField(default=False)),
        ("author", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("author_post", pointer("force.post", null=True)),
        ("in_reply_to", pointer("cases.message", null=True)),
        ("delivery", pointer("outbox.delivery", null=True)),
        ("provider_digest", models.BinaryField(max_length=16, null=True)),
        ("public", models.BooleanField(default=False)),
        ("link", models.CharField(blank=True, max_length=300)),
        ("sealed_id", models.BinaryField(null=True)),
        (
            "about",
            models.CharField(
                blank=True,
                choices=[
                    ("reply", "Reply to another post"),
                    ("quote", "Quotes another post"),
                    ("repost", "Repeats another post"),
                ],
                max_length=6,
            ),
        ),
        ("about_digest", models.BinaryField(max_length=16, null=True)),
        ("about_text", models.TextField(blank=True)),
        ("lat", models.FloatField(null=True)),
        ("lng", models.FloatField(null=True)),
        ("place_name", models.CharField(blank=True, max_length=200)),
        ("sent_at", models.DateTimeField(null=True)),
        ("received_at", models.DateTimeField()),
        ("edited_at", models.DateTimeField(null=True)),
        ("revoked_at", models.DateTimeField(null=True)),
        ("reaction", models.CharField(blank=True, max_length=16)),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
        ("hidden_from", ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
        ("held", models.BooleanField(default=False)),
    ],
    options={
        "indexes": [
            Index(fields=["case", "id"], name="message_by_case"),
            Index(fields=["conversation", "id"], name="message_by_conversation"),
            Index(fields=["provider_digest"], name="message_by_provider"),
            Index(
                condition=Q(("case", None), ("overheard", False)), fields=["-id"], name="message_without_case"
            ),
            Index(condition=Q(("case", None), ("overheard", True)), fields=["-id"], name="message_talk"),
        ],
    },
)
MESSAGE_VERSION = CreateModel(
    "MessageVersion",
    [
        schema.ID,
        ("message", pointer("cases.message", related_name="versions")),
        ("text", models.TextField(blank=True)),
        ("until", models.DateTimeField()),
    ],
)
ATTACHMENT = CreateModel(
    "Attachment",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("message", pointer("cases.message", related_name="attachments")),
        ("kind", models.CharField(max_length=10)),
        ("mime", models.CharField(blank=True, max_length=100)),
        ("name", models.CharField(blank=True, max_length=200)),
        ("sealed_ref", models.BinaryField(null=True)),
        ("expected_sha256", models.CharField(blank=True, max_length=64)),
        ("file", pointer("files.storedfile", null=True)),
        (
            "state",
            models.CharField(
                choices=[
                    ("waiting", "being fetched"),
                    ("stored", "stored"),
                    ("refused", "could not be read"),
                ],
                default="waiting",
                max_length=8,
            ),
        ),
        ("reason", models.CharField(blank=True, max_length=300)),
    ],
)
EVENT = CreateModel(
    "Event",
    [
        ("id", models.BigAutoField(primary_key=True, serialize=False)),
        ("case", pointer("cases.case", related_name="events")),
        ("at", models.DateTimeField()),
        ("what", models.CharField(max_length=30)),
        ("officer", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("post", pointer("force.post", null=True)),
        ("system_reason", models.CharField(blank=True, max_length=80)),
        ("data", models.JSONField(default=dict)),
    ],
    options={
        "indexes": [
            Index(fields=["case", "id"], name="event_by_case"),
            Index(fields=["-at", "-id"], name="event_newest"),
        ],
    },
)


class Migration(migrations.Migration):
    initial = True
    replaces = [("cases", "0006_overheard")]
    dependencies = [
        ("cases", "0001_initial"),
        ("files", "0001_initial"),
        ("outbox", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        schema.CreateModels(MESSAGE, MESSAGE_VERSION, ATTACHMENT, EVENT),
        schema.partition_by_id("cases_event"),
        schema.sql(FOLLOW),
    ]

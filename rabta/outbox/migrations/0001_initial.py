"""Letters on their way out, what became of them and what they cost."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CASCADE, SET_NULL, Index, Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer

WINDOW = CreateModel(
    "Window",
    [
        schema.ID,
        ("account", models.ForeignKey(on_delete=CASCADE, to="channels.account")),
        ("address_digest", models.BinaryField(max_length=16)),
        ("last_in_at", models.DateTimeField()),
    ],
    options={
        "constraints": [
            UniqueConstraint(fields=("account", "address_digest"), name="one_window_per_account_and_address")
        ],
    },
)
HEARD = CreateModel(
    "Heard",
    [
        schema.ID,
        ("account", models.ForeignKey(on_delete=CASCADE, to="channels.account")),
        ("provider_digest", models.BinaryField(max_length=16)),
        ("address_digest", models.BinaryField(max_length=16)),
        ("sealed_id", models.BinaryField()),
        ("at", models.DateTimeField()),
        ("read_at", models.DateTimeField(null=True)),
    ],
    options={
        "verbose_name_plural": "heard",
        "indexes": [
            Index(fields=["provider_digest"], name="outbox_heard_by_provider"),
            Index(fields=["address_digest"], name="outbox_heard_by_address"),
            Index(fields=["at"], name="outbox_heard_by_time"),
        ],
    },
)
DELIVERY = CreateModel(
    "Delivery",
    [
        ("id", models.BigAutoField(primary_key=True, serialize=False)),
        ("token", models.UUIDField(default=uuid.uuid4, editable=False)),
        ("account", pointer("channels.account", related_name=None)),
        ("handle", pointer("people.handle", related_name=None, null=True)),
        ("number", models.CharField(blank=True, max_length=20)),
        ("address_digest", models.BinaryField(max_length=16)),
        (
            "priority",
            models.PositiveSmallIntegerField(
                choices=[(0, "Emergency"), (1, "Urgent"), (2, "Usual"), (3, "Bulk")], default=2
            ),
        ),
        ("text", models.TextField(blank=True)),
        ("template", models.JSONField(null=True)),
        ("personal", models.BooleanField(db_default=False, default=False)),
        ("public", models.BooleanField(default=False)),
        ("in_reply_to", models.BinaryField(null=True)),
        ("file", pointer("files.storedfile", related_name=None, null=True)),
        (
            "state",
            models.CharField(
                choices=[
                    ("queued", "waiting to be sent"),
                    ("sending", "being sent"),
                    ("sent", "sent"),
                    ("delivered", "delivered"),
                    ("read", "read"),
                    ("failed", "not delivered"),
                    ("in_doubt", "perhaps sent"),
                ],
                default="queued",
                max_length=10,
            ),
        ),
        ("queued_at", models.DateTimeField()),
        ("due_at", models.DateTimeField()),
        ("claimed_at", models.DateTimeField(null=True)),
        ("sent_at", models.DateTimeField(null=True)),
        ("delivered_at", models.DateTimeField(null=True)),
        ("read_at", models.DateTimeField(null=True)),
        ("failed_at", models.DateTimeField(null=True)),
        ("attempts", models.PositiveSmallIntegerField(default=0)),
        ("trouble", models.CharField(blank=True, max_length=20)),
        ("trouble_text", models.CharField(blank=True, max_length=300)),
        ("provider_digest", models.BinaryField(max_length=16, null=True)),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
        ("hidden_from", ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
        ("buttons", models.JSONField(blank=True, default=list)),
        ("about", models.CharField(blank=True, max_length=40)),
        ("answers", models.ForeignKey(db_constraint=False, null=True, on_delete=SET_NULL, to="outbox.heard")),
        ("mark", models.CharField(blank=True, choices=[("read", "marked as read")], max_length=4)),
        ("alt_text", models.CharField(blank=True, db_default="", default="", max_length=1000)),
        ("link", models.CharField(blank=True, db_default="", default="", max_length=300)),
    ],
    options={
        "verbose_name_plural": "deliveries",
        "indexes": [
            Index(
                condition=Q(("state", "queued")), fields=["account", "priority", "due_at"], name="outbox_due"
            ),
            Index(
                condition=Q(("state__in", ["sending", "in_doubt"])),
                fields=["state", "claimed_at"],
                name="outbox_open",
            ),
            Index(
                condition=Q(
                    ("state__in", ["failed", "in_doubt"]), Q(("trouble", "taken_back"), _negated=True)
                ),
                fields=["account", "id"],
                name="outbox_stuck",
            ),
            Index(fields=["token"], name="outbox_token"),
            Index(fields=["provider_digest"], name="outbox_provider"),
        ],
    },
)
ATTEMPT = CreateModel(
    "Attempt",
    [
        schema.ID,
        ("delivery", models.ForeignKey(on_delete=CASCADE, to="outbox.delivery")),
        ("started_at", models.DateTimeField()),
        ("ended_at", models.DateTimeField(null=True)),
        ("used_template", models.BooleanField(default=False)),
        ("trouble", models.CharField(blank=True, max_length=20)),
        ("detail", models.CharField(blank=True, max_length=300)),
    ],
)
CHARGE = CreateModel(
    "Charge",
    [
        schema.ID,
        (
            "delivery",
            models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=SET_NULL,
                related_name="charges",
                to="outbox.delivery",
            ),
        ),
        ("attempt", models.BigIntegerField(null=True, unique=True)),
        ("account", pointer("channels.account", related_name=None)),
        ("unit", pointer("force.unit", related_name=None)),
        ("day", models.DateField()),
        ("kind", models.CharField(max_length=30)),
        ("zone", models.CharField(blank=True, max_length=8)),
        ("units", models.PositiveSmallIntegerField()),
        ("amount", models.DecimalField(decimal_places=6, max_digits=14, null=True)),
        ("currency", models.CharField(blank=True, max_length=3)),
    ],
    options={
        "indexes": [Index(fields=["day", "account"], name="outbox_charge_by_day")],
    },
)
RECEIPT_EVENT = CreateModel(
    "ReceiptEvent",
    [
        schema.ID,
        ("account", pointer("channels.account", related_name=None)),
        ("delivery", models.ForeignKey(null=True, on_delete=CASCADE, to="outbox.delivery")),
        ("token", models.UUIDField(null=True)),
        ("provider_digest", models.BinaryField(max_length=16)),
        ("status", models.CharField(max_length=10)),
        ("at", models.DateTimeField(null=True)),
        ("received_at", models.DateTimeField()),
        ("trouble", models.CharField(blank=True, max_length=20)),
        ("detail", models.CharField(blank=True, max_length=300)),
    ],
    options={
        "indexes": [
            Index(condition=Q(("delivery", None)), fields=["provider_digest"], name="outbox_parked_receipts")
        ],
    },
)
PULSE = CreateModel(
    "Pulse",
    [
        (
            "account",
            models.OneToOneField(
                on_delete=CASCADE,
                primary_key=True,
                related_name="pulse",
                serialize=False,
                to="channels.account",
            ),
        ),
        ("sent_at", models.DateTimeField(null=True)),
        ("trouble_at", models.DateTimeField(null=True)),
        ("trouble", models.CharField(blank=True, max_length=20)),
        ("trouble_text", models.CharField(blank=True, max_length=300)),
        ("alarm", models.CharField(blank=True, max_length=12)),
        ("alarm_since", models.DateTimeField(null=True)),
    ],
)


class Migration(migrations.Migration):
    initial = True
    replaces = [("outbox", "0003_charges")]
    dependencies = [
        ("channels", "0001_initial"),
        ("files", "0001_initial"),
        ("force", "0004_administered"),
        ("people", "0001_initial"),
    ]
    operations = [
        schema.CreateModels(WINDOW, HEARD, DELIVERY, ATTEMPT, CHARGE, RECEIPT_EVENT, PULSE),
        schema.partition_by_id("outbox_delivery"),
    ]

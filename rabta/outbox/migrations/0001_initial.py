import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("channels", "0001_initial"),
        ("files", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pulse",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
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
        ),
        migrations.CreateModel(
            name="Heard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider_digest", models.BinaryField(max_length=16)),
                ("address_digest", models.BinaryField(max_length=16)),
                ("sealed_id", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="channels.account"),
                ),
            ],
            options={
                "verbose_name_plural": "heard",
                "indexes": [
                    models.Index(fields=["provider_digest"], name="outbox_heard_by_provider"),
                    models.Index(fields=["address_digest"], name="outbox_heard_by_address"),
                    models.Index(fields=["at"], name="outbox_heard_by_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("token", models.UUIDField(default=uuid.uuid4, editable=False)),
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
                (
                    "visible_to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "hidden_from",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("buttons", models.JSONField(blank=True, default=list)),
                ("about", models.CharField(blank=True, max_length=40)),
                ("mark", models.CharField(blank=True, choices=[("read", "marked as read")], max_length=4)),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="channels.account"),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="files.storedfile"
                    ),
                ),
                (
                    "handle",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="people.handle"
                    ),
                ),
                (
                    "answers",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="outbox.heard",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "deliveries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")),
                        fields=["account", "priority", "due_at"],
                        name="outbox_due",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["sending", "in_doubt"])),
                        fields=["state", "claimed_at"],
                        name="outbox_open",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("state__in", ["failed", "in_doubt"]),
                            models.Q(("trouble", "taken_back"), _negated=True),
                        ),
                        fields=["account", "id"],
                        name="outbox_stuck",
                    ),
                    models.Index(fields=["token"], name="outbox_token"),
                    models.Index(fields=["provider_digest"], name="outbox_provider"),
                ],
            },
        ),
        schema.partition_by_id("outbox_delivery"),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("used_template", models.BooleanField(default=False)),
                ("trouble", models.CharField(blank=True, max_length=20)),
                ("detail", models.CharField(blank=True, max_length=300)),
                (
                    "delivery",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="outbox.delivery"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReceiptEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.UUIDField(null=True)),
                ("provider_digest", models.BinaryField(max_length=16)),
                ("status", models.CharField(max_length=10)),
                ("at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField()),
                ("trouble", models.CharField(blank=True, max_length=20)),
                ("detail", models.CharField(blank=True, max_length=300)),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="channels.account"),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="outbox.delivery"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("delivery", None)),
                        fields=["provider_digest"],
                        name="outbox_parked_receipts",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Window",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address_digest", models.BinaryField(max_length=16)),
                ("last_in_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="channels.account"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "address_digest"), name="one_window_per_account_and_address"
                    )
                ],
            },
        ),
    ]

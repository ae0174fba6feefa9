import django.db.models.deletion
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("channels", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Asking",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="asking",
                        serialize=False,
                        to="channels.account",
                    ),
                ),
                ("until", models.DateTimeField()),
                ("next_at", models.DateTimeField()),
                ("trouble", models.CharField(blank=True, max_length=20)),
            ],
            options={
                "verbose_name_plural": "askings",
            },
        ),
        migrations.CreateModel(
            name="JournalKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sealed_key", models.BinaryField()),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Journal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("received_at", models.DateTimeField()),
                ("sealed_body", models.BinaryField()),
                (
                    "credential",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="channels.credential"),
                ),
                (
                    "key",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="intake.journalkey"),
                ),
            ],
            options={
                "verbose_name_plural": "journal",
            },
        ),
        schema.partition_by_id("intake_journal"),
        migrations.CreateModel(
            name="Unread",
            fields=[
                (
                    "journal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="intake.journal",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "unread",
            },
        ),
        migrations.CreateModel(
            name="Quarantined",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "position",
                    models.IntegerField(
                        help_text="Index of the item in its body; -1 for the body as a whole."
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="channels.account"
                    ),
                ),
                (
                    "journal",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="intake.journal"),
                ),
            ],
            options={
                "verbose_name_plural": "quarantined",
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("channel", models.CharField(max_length=20)),
                (
                    "became",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("message", "Message"),
                            ("change", "Change"),
                            ("receipt", "Receipt"),
                            ("ignored", "Ignored"),
                            ("quarantined", "Quarantined"),
                            ("duplicate", "Duplicate"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=60)),
                ("items", models.IntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="channels.account"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "ledger entries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("became", "message")),
                        fields=["account", "at"],
                        name="intake_last_message",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Part",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.BinaryField(max_length=16)),
                ("number", models.PositiveSmallIntegerField()),
                ("total", models.PositiveSmallIntegerField()),
                ("position", models.IntegerField()),
                ("received_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="channels.account"),
                ),
                (
                    "journal",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="intake.journal"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "digest", "number"), name="one_row_per_part")
                ],
            },
        ),
        migrations.CreateModel(
            name="Refused",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("requests", models.IntegerField(default=0)),
                (
                    "credential",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, to="channels.credential"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "refused",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("credential", "hour"),
                        name="one_counter_per_hook_and_hour",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Seen",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.BinaryField(max_length=16)),
                ("seen_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="channels.account"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("account", "digest"), name="one_effect_per_item")
                ],
            },
        ),
    ]

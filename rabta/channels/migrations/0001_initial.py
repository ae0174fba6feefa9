import django.db.models.deletion
import rabta.kit.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("force", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=80)),
                ("hook", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                (
                    "sealed_values",
                    models.BinaryField(help_text="The channel's fields as JSON, under the accounts key."),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("name_hi", models.CharField(blank=True, max_length=120)),
                ("name_ur", models.CharField(blank=True, max_length=120)),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                ("channel", models.CharField(max_length=20)),
                ("external_id", models.CharField(max_length=80)),
                (
                    "address",
                    models.CharField(
                        blank=True, help_text="What the public sees: the number or the URL.", max_length=80
                    ),
                ),
                ("paused", models.BooleanField(default=False)),
                (
                    "quiet_hours",
                    models.PositiveSmallIntegerField(
                        db_default=24,
                        default=24,
                        help_text="Silence of so many hours raises the alarm; 0: it may be silent.",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="force.post",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="force.unit"
                    ),
                ),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="channels.credential",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("channel", "external_id"), name="one_account_per_external_id"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=512)),
                ("language", models.CharField(max_length=20)),
                ("category", models.CharField(blank=True, max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitting", "being submitted"),
                            ("pending", "waits for the provider's approval"),
                            ("approved", "approved"),
                            ("rejected", "rejected"),
                            ("paused", "paused by the provider"),
                            ("disabled", "disabled by the provider"),
                            ("gone", "deleted at the provider"),
                        ],
                        max_length=10,
                    ),
                ),
                ("quality", models.CharField(blank=True, max_length=10)),
                ("components", models.JSONField(blank=True, default=list)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("changed_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="templates",
                        to="channels.credential",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("credential", "name", "language"), name="one_template_per_name_and_language"
                    )
                ],
            },
        ),
    ]

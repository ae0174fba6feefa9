"""Templates as the provider knows them."""

import django.db.models.deletion
from django.db import migrations, models

from rabta import schema

STATES = [
    ("submitting", "being submitted"),
    ("pending", "waits for the provider's approval"),
    ("approved", "approved"),
    ("rejected", "rejected"),
    ("paused", "paused by the provider"),
    ("disabled", "disabled by the provider"),
    ("gone", "deleted at the provider"),
]


class Migration(migrations.Migration):
    dependencies = [("channels", "0003_account_names")]
    operations = [
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
                ("state", models.CharField(choices=STATES, max_length=10)),
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
        ),
        migrations.AddConstraint(
            "messagetemplate",
            models.UniqueConstraint(
                fields=["credential", "name", "language"], name="one_template_per_name_and_language"
            ),
        ),
        schema.grant(
            "channels_messagetemplate",
            web="select, insert, update",
            worker="select, insert, update",
            relay="select",
        ),
    ]

"""Who held an account from when to when, and when a provider's secrets were renewed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import rabta.kit.ids
from rabta import schema


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0003_prices"),
        ("force", "0004_administered"),
    ]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="renewed_at",
            field=models.DateTimeField(null=True, help_text="When its secrets were last entered anew."),
        ),
        migrations.CreateModel(
            name="Holding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                ("since", models.DateTimeField()),
                (
                    "taken_at",
                    models.DateTimeField(help_text="When the officer took it over by name.", null=True),
                ),
                ("until", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holdings",
                        to="channels.account",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="force.post"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)), fields=("account",), name="one_holder_at_a_time"
                    )
                ],
            },
        ),
        schema.grant(
            "channels_holding",
            web="select, update (taken_at)",
            worker="select, insert, update (until, taken_at)",
        ),
    ]

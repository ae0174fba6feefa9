"""Up to when each account was asked for what its hooks did not bring."""

import django.db.models.deletion
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_last_message"), ("channels", "0005_quiet_hours")]
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
            options={"verbose_name_plural": "askings"},
        ),
        schema.grant("intake_asking", worker="select, insert, update"),
    ]

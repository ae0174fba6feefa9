"""Changes that are read before their message wait for it. Pointers into the journal only."""

import django.db.models.deletion
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial"), ("intake", "0004_seen_by_pages")]
    operations = [
        migrations.CreateModel(
            name="Early",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.BinaryField(max_length=16)),
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
                "verbose_name_plural": "early",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "digest", "journal", "position"), name="one_row_per_early_change"
                    )
                ],
            },
        ),
        schema.grant("intake_early", worker="select, insert, delete"),
    ]

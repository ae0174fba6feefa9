"""Parts of longer messages wait for each other, as pointers into the journal."""

import django.db.models.deletion
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_lean"), ("channels", "0003_account_names")]
    operations = [
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
                    models.UniqueConstraint(fields=["account", "digest", "number"], name="one_row_per_part")
                ]
            },
        ),
        schema.grant("intake_part", worker="select, insert, delete"),
    ]

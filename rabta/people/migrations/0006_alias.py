"""Other names of a handle at one account."""

import django.db.models.deletion
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("people", "0005_sealed_original")]
    operations = [
        migrations.CreateModel(
            name="Alias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.BinaryField(max_length=16, unique=True)),
                ("created_at", models.DateTimeField()),
                (
                    "handle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aliases",
                        to="people.handle",
                    ),
                ),
            ],
            options={"verbose_name_plural": "aliases"},
        ),
        schema.grant("people_alias", worker="select, insert, update, delete"),
    ]

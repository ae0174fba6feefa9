"""Who receives what is said against a unit and those below it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("force", "0004_sign_in")]
    operations = [
        migrations.AddField(
            "unit",
            "accusations_to",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="force.unit",
                help_text="Receives complaints against this unit and those below it; empty: the nearest desk above.",
            ),
        ),
    ]

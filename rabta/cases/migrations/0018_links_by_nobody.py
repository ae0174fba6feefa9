"""A link that is made by itself, between what may belong together, has no officer."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_author_alias")]
    operations = [
        migrations.AlterField(
            "link",
            "officer",
            models.ForeignKey(
                "force.Officer", null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+"
            ),
        ),
    ]

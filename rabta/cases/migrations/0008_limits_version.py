"""By which version of the rules the limits of a case were worked out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_flags"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="limits_version",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
    ]

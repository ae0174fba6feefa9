"""After how many hours of silence an account raises the alarm."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0004_templates")]
    operations = [
        migrations.AddField(
            "account", "quiet_hours", models.PositiveSmallIntegerField(default=24, db_default=24)
        ),
    ]

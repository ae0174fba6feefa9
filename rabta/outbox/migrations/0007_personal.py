"""Which letters an officer wrote: some providers take those longer than what goes by itself."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0006_pulse")]
    operations = [
        migrations.AddField("delivery", "personal", models.BooleanField(default=False, db_default=False)),
    ]

"""When the last message came to an account, without reading the ledger."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0004_part")]
    operations = [
        migrations.AddIndex(
            "ledgerentry",
            models.Index(
                fields=["account", "at"], condition=models.Q(became="message"), name="intake_last_message"
            ),
        ),
    ]

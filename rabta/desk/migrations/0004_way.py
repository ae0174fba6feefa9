"""An officer chooses over which kind of account he is told of notices."""

from django.db import migrations, models

WAYS = [("nearest", "the account nearest to my unit"), ("whatsapp", "WhatsApp"), ("sms", "SMS")]


class Migration(migrations.Migration):
    dependencies = [("desk", "0003_search")]
    operations = [
        migrations.AddField(
            model_name="wish",
            name="way",
            field=models.CharField(choices=WAYS, db_default="nearest", default="nearest", max_length=8),
        )
    ]

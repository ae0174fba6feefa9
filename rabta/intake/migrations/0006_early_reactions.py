"""A reaction to a letter of ours may come before the relay has stored its id: it is found by that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_early")]
    operations = [
        migrations.AddField(
            model_name="early",
            name="sent_digest",
            field=models.BinaryField(max_length=16, null=True),
        ),
    ]

"""Places have names in Hindi and in Urdu, as units and posts have."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("force", "0004_administered")]
    operations = [
        migrations.AddField("placename", "name_hi", models.CharField(blank=True, max_length=120)),
        migrations.AddField("placename", "name_ur", models.CharField(blank=True, max_length=120)),
    ]

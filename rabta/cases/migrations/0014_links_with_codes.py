"""A link that was made by itself says why by a code, and stands in the reader's language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_told_of_files")]
    operations = [
        migrations.AddField("link", "why", models.JSONField(blank=True, default=dict)),
        migrations.AlterField("link", "reason", models.CharField(blank=True, max_length=300)),
    ]

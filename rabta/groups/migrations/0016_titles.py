"""The title of an instruction in other languages. Those given before have none, and keep their hash."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("groups", "0015_heard_by")]
    operations = [migrations.AddField("direction", "titles", models.JSONField(default=dict))]

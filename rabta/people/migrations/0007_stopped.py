"""STOP is kept with the handle that it came from."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_alias")]
    operations = [migrations.AddField("handle", "stopped_at", models.DateTimeField(null=True))]

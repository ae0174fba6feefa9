"""Of a source's recording officers read what the desk noted, unless the desk let the file itself go."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_held_up_apart")]
    operations = [
        migrations.AddField("attachment", "told", models.TextField(blank=True, default="")),
        migrations.AddField("attachment", "released", models.BooleanField(default=False)),
    ]

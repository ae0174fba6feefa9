"""What levels above added to an instruction stands with each hop below, which does not see their rows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("groups", "0008_forgetting")]
    operations = [migrations.AddField("hop", "above", models.JSONField(default=list))]

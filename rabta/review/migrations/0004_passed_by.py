"""What an officer passed up by hand is told as that, and by whom."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("review", "0003_missed"), ("force", "0001_initial")]
    operations = [
        migrations.AddField(
            "escalation",
            "passed_by",
            models.ForeignKey(
                "force.officer", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
            ),
        )
    ]

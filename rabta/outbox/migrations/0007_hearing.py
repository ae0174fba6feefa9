"""Connections that we keep ourselves: whether they hold is told with the account's pulse."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0006_asked_to_join")]
    operations = [
        migrations.AddField(
            model_name="pulse",
            name="hearing",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What keeps us from hearing the provider; empty: nothing.",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="pulse",
            name="hearing_text",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="pulse",
            name="heard_at",
            field=models.DateTimeField(help_text="When its connection was last known to hold.", null=True),
        ),
    ]

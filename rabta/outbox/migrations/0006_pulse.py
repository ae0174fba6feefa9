"""When each account last sent and what last went wrong; an index of the letters that nobody sends by themselves."""

import django.db.models.deletion
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("outbox", "0005_public"), ("channels", "0004_templates")]
    operations = [
        migrations.CreateModel(
            name="Pulse",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="pulse",
                        serialize=False,
                        to="channels.account",
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True)),
                ("trouble_at", models.DateTimeField(null=True)),
                ("trouble", models.CharField(blank=True, max_length=20)),
                ("trouble_text", models.CharField(blank=True, max_length=300)),
                ("alarm", models.CharField(blank=True, max_length=12)),
                ("alarm_since", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(
                fields=["account", "id"],
                condition=models.Q(state__in=["failed", "in_doubt"]) & ~models.Q(trouble="taken_back"),
                name="outbox_stuck",
            ),
        ),
        schema.sql(
            "ALTER TABLE outbox_pulse ALTER alarm SET DEFAULT '', ALTER trouble SET DEFAULT '',"
            " ALTER trouble_text SET DEFAULT ''"
        ),
        schema.grant(
            "outbox_pulse", web="select", worker="select, insert, update", relay="select, insert, update"
        ),
    ]

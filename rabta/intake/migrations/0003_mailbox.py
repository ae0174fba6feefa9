"""How far each mailbox was read."""

import django.db.models.deletion
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial"), ("intake", "0002_protection")]
    operations = [
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                (
                    "credential",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="mailbox",
                        serialize=False,
                        to="channels.credential",
                    ),
                ),
                ("folder", models.CharField(max_length=200)),
                ("validity", models.BigIntegerField()),
                ("taken", models.BigIntegerField()),
                ("settled", models.BigIntegerField()),
                ("looked_at", models.DateTimeField()),
                ("trouble", models.CharField(blank=True, max_length=20)),
            ],
            options={"verbose_name_plural": "mailboxes"},
        ),
        schema.grant("intake_mailbox", worker="select, insert, update", web="select"),
    ]

"""Buttons under a letter, what an answer to it means, quoting what a person wrote, and marking it as read."""

import django.db.models.deletion
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [("outbox", "0003_exclusion"), ("channels", "0003_account_names")]
    operations = [
        migrations.CreateModel(
            name="Heard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider_digest", models.BinaryField(max_length=16)),
                ("address_digest", models.BinaryField(max_length=16)),
                ("sealed_id", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="channels.account"),
                ),
            ],
            options={"verbose_name_plural": "heard"},
        ),
        migrations.AddIndex(
            "heard", models.Index(fields=["provider_digest"], name="outbox_heard_by_provider")
        ),
        migrations.AddIndex("heard", models.Index(fields=["address_digest"], name="outbox_heard_by_address")),
        migrations.AddIndex("heard", models.Index(fields=["at"], name="outbox_heard_by_time")),
        migrations.AddField("delivery", "buttons", models.JSONField(blank=True, default=list)),
        migrations.AddField("delivery", "about", models.CharField(blank=True, max_length=40)),
        migrations.AddField(
            "delivery",
            "mark",
            models.CharField(blank=True, choices=[("read", "marked as read")], max_length=4),
        ),
        migrations.AddField(
            "delivery",
            "answers",
            models.ForeignKey(
                null=True,
                db_constraint=False,
                on_delete=django.db.models.deletion.SET_NULL,
                to="outbox.heard",
            ),
        ),
        schema.sql(
            "ALTER TABLE outbox_delivery ALTER COLUMN buttons SET DEFAULT '[]',"
            " ALTER COLUMN about SET DEFAULT '', ALTER COLUMN mark SET DEFAULT ''"
        ),
        schema.grant(
            "outbox_heard",
            web="select",
            worker="select, insert, update, delete",
            relay="select",
        ),
        schema.sql("GRANT UPDATE (read_at) ON outbox_heard TO rabta_web"),
    ]

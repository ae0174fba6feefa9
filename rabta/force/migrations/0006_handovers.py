"""The work of a post goes from one officer to the next, each by his own word."""

import django.db.models.deletion
import rabta.kit.ids
from django.conf import settings
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [
        ("force", "0005_inquiry_officer"),
    ]

    operations = [
        migrations.CreateModel(
            name="Handover",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                ("note", models.TextField(blank=True)),
                ("given_at", models.DateTimeField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("open_orders", models.PositiveIntegerField(default=0)),
                ("open_reports", models.PositiveIntegerField(default=0)),
                (
                    "given_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="force.post"
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_at", None)),
                        fields=("post",),
                        name="one_handover_waits_for_a_post",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("given_by", models.F("taken_by")), _negated=True),
                        name="handed_over_to_somebody_else",
                    ),
                ],
            },
        ),
        schema.grant(
            "force_handover",
            web="select, insert, update (note, given_by_id, given_at, taken_by_id, taken_at, open_orders, open_reports)",
        ),
    ]

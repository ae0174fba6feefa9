"""Flags of a case, the citizen's appeal and opinion, the hand-over of an emergency."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_overheard"),
        ("force", "0004_administered"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="appeal_state",
            field=models.CharField(
                blank=True,
                choices=[
                    ("open", "Appeal not decided yet"),
                    ("upheld", "Appeal upheld"),
                    ("rejected", "Appeal rejected"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="appeal_unit",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="force.unit",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="appealed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="feedback_asked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="feedback_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="fir_number",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="case",
            name="fir_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="fir_unit",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="force.unit",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="handed_over_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="handed_over_to",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="case",
            name="line_confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="line_incident",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="case",
            name="reopened_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="reopened_by_citizen",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="case",
            name="satisfaction",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="under_investigation",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fir_number", ""), ("fir_on", None), ("fir_unit", None)),
                    models.Q(
                        models.Q(("fir_number", ""), _negated=True),
                        ("fir_on__isnull", False),
                        ("fir_unit__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="fir_has_number_station_and_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("appeal_state", ""), ("appeal_unit", None), ("appealed_at", None)),
                    models.Q(
                        models.Q(("appeal_state", ""), _negated=True),
                        ("appeal_unit__isnull", False),
                        ("appealed_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="appeal_has_time_and_unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("feedback_at", None), ("satisfaction", None)),
                    models.Q(
                        ("feedback_at__isnull", False), ("satisfaction__gte", 1), ("satisfaction__lte", 5)
                    ),
                    _connector="OR",
                ),
                name="satisfaction_from_one_to_five",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("line_confirmed_at", None), ("line_incident", "")),
                    models.Q(
                        models.Q(("line_incident", ""), _negated=True),
                        ("handed_over_at__isnull", False),
                        ("line_confirmed_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="hand_over_confirmed_by_number",
            ),
        ),
    ]

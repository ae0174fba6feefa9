"""Facts of each case, and the register of crimes."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("cases", "0007_flags"),
        ("force", "0004_administered"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Fact",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="fact",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("plain", models.BooleanField()),
                ("unit_id", models.BigIntegerField()),
                (
                    "path",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("day", models.DateField()),
                ("hour", models.PositiveSmallIntegerField()),
                ("channel", models.CharField(max_length=20)),
                ("kind", models.CharField(max_length=30)),
                ("category", models.CharField(max_length=40)),
                ("state", models.CharField(max_length=14)),
                ("outcome", models.CharField(max_length=20)),
                ("report_class", models.CharField(max_length=12)),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), size=None
                    ),
                ),
                ("officer_id", models.BigIntegerField(null=True)),
                ("reply", models.SmallIntegerField(null=True)),
                ("contact", models.SmallIntegerField(null=True)),
                ("closing", models.SmallIntegerField(null=True)),
                ("satisfaction", models.SmallIntegerField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["unit_id", "day"], name="fact_by_unit"),
                    models.Index(fields=["day", "case"], name="fact_by_day"),
                    models.Index(condition=models.Q(("plain", False)), fields=["day"], name="fact_by_reader"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Crime",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40)),
                ("happened_on", models.DateField()),
                ("hour", models.PositiveSmallIntegerField(null=True)),
                ("category", models.CharField(max_length=40)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("lat", models.FloatField(null=True)),
                ("lng", models.FloatField(null=True)),
                ("imported_at", models.DateTimeField()),
                (
                    "imported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="force.unit"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["unit", "happened_on"], name="crime_by_unit")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("unit", "number"), name="one_crime_per_number_and_station"
                    )
                ],
            },
        ),
    ]

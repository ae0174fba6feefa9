"""Facts of each case, and the register of crimes."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import DO_NOTHING, Index, Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer

FACT = CreateModel(
    "Fact",
    [
        (
            "case",
            models.OneToOneField(
                db_constraint=False,
                on_delete=DO_NOTHING,
                primary_key=True,
                related_name="fact",
                serialize=False,
                to="cases.case",
            ),
        ),
        ("plain", models.BooleanField()),
        ("unit_id", models.BigIntegerField()),
        ("path", ArrayField(base_field=models.BigIntegerField(), size=None)),
        ("day", models.DateField()),
        ("hour", models.PositiveSmallIntegerField()),
        ("channel", models.CharField(max_length=20)),
        ("kind", models.CharField(max_length=30)),
        ("category", models.CharField(max_length=40)),
        ("state", models.CharField(max_length=14)),
        ("outcome", models.CharField(max_length=20)),
        ("report_class", models.CharField(max_length=12)),
        ("flags", ArrayField(base_field=models.CharField(max_length=20), size=None)),
        ("officer_id", models.BigIntegerField(null=True)),
        ("reply", models.SmallIntegerField(null=True)),
        ("contact", models.SmallIntegerField(null=True)),
        ("closing", models.SmallIntegerField(null=True)),
        ("satisfaction", models.SmallIntegerField(null=True)),
    ],
    options={
        "indexes": [
            Index(fields=["unit_id", "day"], name="fact_by_unit"),
            Index(fields=["day", "case"], name="fact_by_day"),
            Index(condition=Q(("plain", False)), fields=["day"], name="fact_by_reader"),
        ],
    },
)
CRIME = CreateModel(
    "Crime",
    [
        schema.ID,
        ("number", models.CharField(max_length=40)),
        ("unit", pointer("force.unit")),
        ("happened_on", models.DateField()),
        ("hour", models.PositiveSmallIntegerField(null=True)),
        ("category", models.CharField(max_length=40)),
        ("place", models.CharField(blank=True, max_length=200)),
        ("lat", models.FloatField(null=True)),
        ("lng", models.FloatField(null=True)),
        ("imported_at", models.DateTimeField()),
        ("imported_by", pointer(settings.AUTH_USER_MODEL)),
    ],
    options={
        "indexes": [Index(fields=["unit", "happened_on"], name="crime_by_unit")],
        "constraints": [UniqueConstraint(fields=("unit", "number"), name="one_crime_per_number_and_station")],
    },
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("cases", "0001_initial"),
        ("force", "0004_administered"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [schema.CreateModels(FACT, CRIME)]

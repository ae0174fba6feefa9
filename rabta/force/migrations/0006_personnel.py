"""Personnel without a login, and the post of a public relations officer."""

from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import Index, Q

from rabta import schema
from rabta.schema import pointer

ROLES = [
    ("chief", "Head of the force"),
    ("range_head", "Head of range"),
    ("district_head", "Head of district"),
    ("circle_officer", "Circle officer"),
    ("sho", "Station in-charge"),
    ("cell_head", "Head of cell"),
    ("inquiry_officer", "Inquiry officer"),
    ("pro", "Public relations officer"),
    ("desk_head", "Head of desk"),
    ("desk_operator", "Desk operator"),
    ("oversight", "Oversight"),
    ("administrator", "Administrator"),
]

PERSONNEL = CreateModel(
    name="Personnel",
    fields=[
        schema.ID,
        ("name", models.CharField(max_length=120)),
        ("name_hi", models.CharField(blank=True, max_length=120)),
        ("name_ur", models.CharField(blank=True, max_length=120)),
        ("number", models.CharField(max_length=40, unique=True)),
        ("rank", models.CharField(blank=True, max_length=60)),
        ("unit", pointer("force.unit", related_name="personnel")),
        ("phone", models.CharField(blank=True, max_length=20)),
        ("language", models.CharField(blank=True, max_length=2)),
        ("is_active", models.BooleanField(default=True)),
    ],
    options={
        "verbose_name_plural": "personnel",
        "indexes": [Index(condition=Q(("is_active", True)), fields=["unit", "id"], name="personnel_by_unit")],
    },
)


class Migration(migrations.Migration):
    dependencies = [("force", "0005_places")]
    operations = [
        migrations.AlterField("post", "role", models.CharField(choices=ROLES, max_length=20)),
        schema.CreateModels(PERSONNEL),
        schema.grant("force_personnel", web="select, insert, update", worker="select, insert, update"),
    ]

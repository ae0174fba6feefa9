"""Inquiry officers have posts at their stations."""

from django.db import migrations, models

ROLES = [
    ("chief", "Head of the force"),
    ("range_head", "Head of range"),
    ("district_head", "Head of district"),
    ("circle_officer", "Circle officer"),
    ("sho", "Station in-charge"),
    ("cell_head", "Head of cell"),
    ("inquiry_officer", "Inquiry officer"),
    ("desk_head", "Head of desk"),
    ("desk_operator", "Desk operator"),
    ("oversight", "Oversight"),
    ("administrator", "Administrator"),
]


class Migration(migrations.Migration):
    dependencies = [("force", "0004_administered")]
    operations = [
        migrations.AlterField("post", "role", models.CharField(choices=ROLES, max_length=20)),
    ]

"""When officers last looked at cases, visible with the case only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [
        ("web", "0001_initial"),
        ("cases", "0002_protection"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Looked",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cases.case"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "looked",
                "constraints": [
                    models.UniqueConstraint(fields=("officer", "case"), name="one_look_per_officer_and_case")
                ],
            },
        ),
        schema.grant("web_looked", web="select, insert, update", worker="select, delete"),
        schema.protect(
            "web_looked", web="EXISTS (SELECT 1 FROM cases_case parent WHERE parent.id = case_id)"
        ),
    ]

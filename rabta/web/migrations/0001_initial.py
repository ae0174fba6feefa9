import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    initial = True
    dependencies = [("force", "0002_protection"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Done",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
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
                "verbose_name_plural": "done",
                "constraints": [
                    models.UniqueConstraint(fields=("officer", "key"), name="one_effect_per_officer_and_key")
                ],
            },
        ),
        schema.grant("web_done", web="select, insert", worker="select, delete"),
    ]

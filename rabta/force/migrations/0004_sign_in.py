"""PINs and one-time links of officers who sign in by phone. The worker sends the links and sweeps them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [
        ("force", "0003_revision"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=128)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("given", models.BooleanField(default=True)),
                ("set_at", models.DateTimeField()),
                (
                    "officer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pin",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignInLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("browser", models.CharField(max_length=64)),
                ("token", models.CharField(max_length=64, null=True, unique=True)),
                ("asked_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "officer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        schema.grant("force_pin", web="select, insert, update"),
        schema.grant(
            "force_signinlink",
            web="select, insert, update (used_at)",
            worker="select, update (token), delete",
        ),
    ]

"""Devices, links for a new password, the shared cache; and who may touch the tables of the sign-in library."""

import django.db.models.deletion
import rabta.kit.ids
from django.conf import settings
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    dependencies = [
        ("web", "0002_looked"),
        ("force", "0004_sign_in"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("sessions", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Kept",
            fields=[
                ("key", models.CharField(max_length=250, primary_key=True, serialize=False)),
                ("value", models.JSONField()),
                ("until", models.DateTimeField(db_index=True, null=True)),
            ],
            options={
                "verbose_name_plural": "kept",
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                ("session_key", models.CharField(max_length=40, unique=True)),
                ("address", models.GenericIPAddressField(null=True)),
                ("agent", models.CharField(blank=True, max_length=200)),
                ("began_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PasswordLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=64, unique=True)),
                ("given_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
        ),
        schema.grant("web_device", web="select, insert, update, delete", worker="select (seen_at), delete"),
        schema.grant(
            "web_passwordlink", web="select, insert, update (used_at)", worker="select (given_at), delete"
        ),
        schema.grant("web_kept", web="select, insert, update, delete", worker="select (until), delete"),
        schema.grant("mfa_authenticator", web="select, insert, update, delete"),
        schema.grant("account_emailaddress"),
        schema.grant("account_emailconfirmation"),
        schema.sql("GRANT SELECT (expire_date), DELETE ON django_session TO rabta_worker"),
    ]

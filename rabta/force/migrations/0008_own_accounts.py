"""Accounts from which commanders give orders by public posts. Administrators alone say whose they are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

import rabta.kit.ids
from rabta import schema

PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [("force", "0007_end_tokens")]
    operations = [
        migrations.CreateModel(
            name="OwnAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True),
                ),
                ("scheme", models.CharField(max_length=20)),
                ("handle", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=80)),
                ("added_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "officer",
                    models.ForeignKey(
                        null=True,
                        on_delete=PROTECT,
                        related_name="own_accounts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        null=True, on_delete=PROTECT, related_name="own_accounts", to="force.post"
                    ),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "ownaccount",
            models.UniqueConstraint(
                fields=["scheme", "handle"], condition=Q(ended_at=None), name="one_owner_of_an_own_account"
            ),
        ),
        migrations.AddConstraint(
            "ownaccount",
            models.CheckConstraint(
                condition=Q(officer=None, post__isnull=False) | Q(officer__isnull=False, post=None),
                name="own_account_of_officer_or_post",
            ),
        ),
        schema.grant("force_ownaccount", web="select, insert, update", worker="select"),
        schema.sql(
            "CREATE TRIGGER administered BEFORE INSERT OR UPDATE ON force_ownaccount "
            "FOR EACH STATEMENT EXECUTE FUNCTION rabta_only_administrators()",
            "DROP TRIGGER administered ON force_ownaccount",
        ),
    ]

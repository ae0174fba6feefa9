import django.contrib.postgres.fields
import django.db.models.deletion
import rabta.kit.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("files", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Keyholder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                (
                    "group",
                    models.CharField(
                        choices=[("custodian", "Custodian"), ("approver", "Approver")], max_length=10
                    ),
                ),
                ("public_key", models.CharField(blank=True, max_length=80)),
                ("fingerprint", models.CharField(blank=True, db_index=True, max_length=32)),
                ("appointed_at", models.DateTimeField()),
                ("registered_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("on_call", models.BooleanField(default=False)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "appointed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("officer",),
                        name="one_key_for_each_officer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at", None),
                            models.Q(("public_key", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="no_confirmation_without_key",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                ("alias", models.CharField(max_length=20)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("protected", models.BooleanField(default=False)),
                ("sealed_at", models.DateTimeField(null=True)),
                ("first_seen_at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("protected", True)), fields=["id"], name="person_protected"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Handle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scheme", models.CharField(max_length=20)),
                ("digest", models.BinaryField(max_length=16)),
                ("shown", models.BinaryField(null=True)),
                ("address", models.BinaryField(null=True)),
                ("destroyed_at", models.DateTimeField(null=True)),
                (
                    "safe",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not known"),
                            ("yes", "Yes, it is safe to write here"),
                            ("no", "No, do not write here"),
                        ],
                        default="",
                        max_length=3,
                    ),
                ),
                ("stopped_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handles",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("scheme", "digest"), name="one_handle_per_scheme_and_digest"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.BinaryField(max_length=16, unique=True)),
                ("created_at", models.DateTimeField()),
                (
                    "handle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aliases",
                        to="people.handle",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "aliases",
            },
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                ("case_id", models.BigIntegerField()),
                ("reference", models.CharField(max_length=16)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("threat_to_life", "Life in danger"),
                            ("court", "Order of a court"),
                            ("witness", "The person agreed to be a witness"),
                            ("rotation", "Sealing anew for other keys"),
                        ],
                        max_length=16,
                    ),
                ),
                ("ground", models.CharField(max_length=200)),
                ("reason", models.CharField(max_length=1000)),
                ("urgent", models.BooleanField(default=False)),
                (
                    "excluded",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "waits for an approver"),
                            ("approved", "waits for the custodian"),
                            ("refused", "refused"),
                            ("opened", "opened"),
                        ],
                        default="requested",
                        max_length=10,
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("refusal", models.CharField(blank=True, max_length=1000)),
                ("opened_at", models.DateTimeField(null=True)),
                (
                    "approver",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.keyholder",
                    ),
                ),
                (
                    "custodian",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.keyholder",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="openings",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["state", "expires_at"], name="opening_by_state")],
            },
        ),
        migrations.CreateModel(
            name="Sealed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("identity", "name and number"),
                            ("text", "words that named the sender"),
                            ("media", "original file"),
                        ],
                        max_length=8,
                    ),
                ),
                ("box", models.BinaryField()),
                ("commitment", models.CharField(blank=True, default="", max_length=64)),
                ("before", models.BinaryField(null=True)),
                ("before_keys", models.JSONField(null=True)),
                (
                    "custodians",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), size=None
                    ),
                ),
                (
                    "approvers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), size=None
                    ),
                ),
                ("sealed_at", models.DateTimeField()),
                (
                    "anew_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.keyholder",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                (
                    "original",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sealed",
                        to="files.storedfile",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sealed", to="people.person"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "sealed",
            },
        ),
        migrations.CreateModel(
            name="Resealed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("box", models.BinaryField(null=True)),
                ("digest", models.CharField(max_length=64)),
                (
                    "opening",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resealed",
                        to="people.opening",
                    ),
                ),
                (
                    "sealed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.sealed"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "resealed",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("opening", "sealed"), name="resealed_once_for_each_opening"
                    )
                ],
            },
        ),
    ]

"""People who write, how they are reached, and the sealed identities of those who are protected."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import PROTECT, CheckConstraint, Index, Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer

PERSON = CreateModel(
    "Person",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("alias", models.CharField(max_length=20)),
        ("language", models.CharField(blank=True, max_length=8)),
        ("protected", models.BooleanField(default=False)),
        ("sealed_at", models.DateTimeField(null=True)),
        ("first_seen_at", models.DateTimeField()),
    ],
    options={
        "indexes": [Index(condition=Q(("protected", True)), fields=["id"], name="person_protected")],
    },
)
HANDLE = CreateModel(
    "Handle",
    [
        schema.ID,
        ("person", pointer("people.person", related_name="handles")),
        ("scheme", models.CharField(max_length=20)),
        ("digest", models.BinaryField(max_length=16)),
        ("shown", models.BinaryField(null=True)),
        (
            "name_keys",
            ArrayField(
                base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None
            ),
        ),
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
    ],
    options={
        "indexes": [GinIndex(fields=["name_keys"], name="handle_by_name")],
        "constraints": [
            UniqueConstraint(fields=("scheme", "digest"), name="one_handle_per_scheme_and_digest")
        ],
    },
)
ALIAS = CreateModel(
    "Alias",
    [
        schema.ID,
        ("handle", pointer("people.handle", related_name="aliases")),
        ("digest", models.BinaryField(max_length=16, unique=True)),
        ("created_at", models.DateTimeField()),
    ],
    options={
        "verbose_name_plural": "aliases",
    },
)
KEYHOLDER = CreateModel(
    "Keyholder",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("officer", pointer(settings.AUTH_USER_MODEL)),
        (
            "group",
            models.CharField(choices=[("custodian", "Custodian"), ("approver", "Approver")], max_length=10),
        ),
        ("public_key", models.CharField(blank=True, max_length=80)),
        ("fingerprint", models.CharField(blank=True, db_index=True, max_length=32)),
        ("appointed_by", pointer(settings.AUTH_USER_MODEL)),
        ("appointed_at", models.DateTimeField()),
        ("registered_at", models.DateTimeField(null=True)),
        ("confirmed_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("confirmed_at", models.DateTimeField(null=True)),
        ("on_call", models.BooleanField(default=False)),
        ("ended_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("ended_at", models.DateTimeField(null=True)),
    ],
    options={
        "constraints": [
            UniqueConstraint(
                condition=Q(("ended_at", None)), fields=("officer",), name="one_key_for_each_officer"
            ),
            CheckConstraint(
                condition=Q(("confirmed_at", None), Q(("public_key", ""), _negated=True), _connector="OR"),
                name="no_confirmation_without_key",
            ),
        ],
    },
)
SEALED = CreateModel(
    "Sealed",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("person", pointer("people.person", related_name="sealed")),
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
        ("commitment", models.CharField(max_length=64)),
        ("before", models.BinaryField(null=True)),
        ("before_keys", models.JSONField(null=True)),
        ("anew_by", pointer("people.keyholder", null=True)),
        ("custodians", ArrayField(base_field=models.CharField(max_length=32), size=None)),
        ("approvers", ArrayField(base_field=models.CharField(max_length=32), size=None)),
        ("file", pointer("files.storedfile", null=True)),
        (
            "original",
            models.OneToOneField(null=True, on_delete=PROTECT, related_name="sealed", to="files.storedfile"),
        ),
        ("sealed_at", models.DateTimeField()),
    ],
    options={
        "verbose_name_plural": "sealed",
        "constraints": [
            CheckConstraint(
                condition=Q(("commitment__regex", "^[0-9a-f]{64}$")), name="sealed_with_a_commitment"
            )
        ],
    },
)
OPENING = CreateModel(
    "Opening",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("person", pointer("people.person", related_name="openings")),
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
        ("excluded", ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
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
        ("requested_by", pointer(settings.AUTH_USER_MODEL)),
        ("requested_at", models.DateTimeField()),
        ("expires_at", models.DateTimeField()),
        ("approver", pointer("people.keyholder", null=True)),
        ("decided_at", models.DateTimeField(null=True)),
        ("refusal", models.CharField(blank=True, max_length=1000)),
        ("custodian", pointer("people.keyholder", null=True)),
        ("opened_at", models.DateTimeField(null=True)),
    ],
    options={
        "indexes": [Index(fields=["state", "expires_at"], name="opening_by_state")],
    },
)
RESEALED = CreateModel(
    "Resealed",
    [
        schema.ID,
        ("opening", pointer("people.opening", related_name="resealed")),
        ("sealed", pointer("people.sealed")),
        ("box", models.BinaryField(null=True)),
        ("digest", models.CharField(max_length=64)),
    ],
    options={
        "verbose_name_plural": "resealed",
        "constraints": [
            UniqueConstraint(fields=("opening", "sealed"), name="resealed_once_for_each_opening")
        ],
    },
)


class Migration(migrations.Migration):
    initial = True
    replaces = [("people", "0003_commitment"), ("people", "0004_names")]
    dependencies = [
        ("files", "0001_initial"),
        ("force", "0004_administered"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [schema.CreateModels(PERSON, HANDLE, ALIAS, KEYHOLDER, SEALED, OPENING, RESEALED)]

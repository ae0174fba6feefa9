"""What pages keep: devices, links for a new password, proposals of administrators."""

from django.conf import settings
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CASCADE, CheckConstraint, F, Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer

DONE = CreateModel(
    "Done",
    [
        schema.ID,
        ("officer", models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
        ("key", models.CharField(max_length=40)),
        ("at", models.DateTimeField()),
    ],
    options={
        "verbose_name_plural": "done",
        "constraints": [UniqueConstraint(fields=("officer", "key"), name="one_effect_per_officer_and_key")],
    },
)
LOOKED = CreateModel(
    "Looked",
    [
        schema.ID,
        ("officer", models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
        ("case", models.ForeignKey(on_delete=CASCADE, related_name="+", to="cases.case")),
        ("at", models.DateTimeField()),
    ],
    options={
        "verbose_name_plural": "looked",
        "constraints": [UniqueConstraint(fields=("officer", "case"), name="one_look_per_officer_and_case")],
    },
)
DEVICE = CreateModel(
    "Device",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("officer", models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
        ("session_key", models.CharField(max_length=40, unique=True)),
        ("address", models.GenericIPAddressField(null=True)),
        ("agent", models.CharField(blank=True, max_length=200)),
        ("began_at", models.DateTimeField()),
        ("seen_at", models.DateTimeField()),
    ],
)
PASSWORD_LINK = CreateModel(
    "PasswordLink",
    [
        schema.ID,
        ("officer", models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
        ("token", models.CharField(max_length=64, unique=True)),
        ("given_by", models.ForeignKey(on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
        ("given_at", models.DateTimeField()),
        ("used_at", models.DateTimeField(null=True)),
    ],
)
KEPT = CreateModel(
    "Kept",
    [
        ("key", models.CharField(max_length=250, primary_key=True, serialize=False)),
        ("value", models.JSONField()),
        ("until", models.DateTimeField(db_index=True, null=True)),
    ],
    options={
        "verbose_name_plural": "kept",
    },
)
PROPOSAL = CreateModel(
    "Proposal",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("act", models.CharField(max_length=10)),
        (
            "officer",
            models.ForeignKey(null=True, on_delete=CASCADE, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        ("about", models.JSONField(default=list)),
        ("lines", models.JSONField(default=list)),
        ("files", models.JSONField(default=dict)),
        (
            "state",
            models.CharField(
                choices=[
                    ("waiting", "waits for a second administrator"),
                    ("confirmed", "confirmed"),
                    ("refused", "refused"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        ("asked_by", pointer(settings.AUTH_USER_MODEL)),
        ("asked_at", models.DateTimeField()),
        ("decided_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("decided_at", models.DateTimeField(null=True)),
    ],
    options={
        "constraints": [
            CheckConstraint(
                condition=Q(
                    ("decided_by", None),
                    Q(("decided_by", F("asked_by")), _negated=True),
                    ("state", "refused"),
                    _connector="OR",
                ),
                name="confirmed_by_a_second",
            )
        ],
    },
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("cases", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [schema.CreateModels(DONE, LOOKED, DEVICE, PASSWORD_LINK, KEPT, PROPOSAL)]

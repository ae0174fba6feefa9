"""Accounts on the channels, who holds them, and templates that providers approved."""

from django.conf import settings
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CASCADE, Q, UniqueConstraint

from rabta import schema
from rabta.kit.ids import public_id
from rabta.schema import pointer

CREDENTIAL = CreateModel(
    "Credential",
    [
        schema.ID,
        ("channel", models.CharField(max_length=20)),
        ("name", models.CharField(max_length=80)),
        ("hook", models.CharField(default=public_id, max_length=16, unique=True)),
        (
            "sealed_values",
            models.BinaryField(help_text="The channel's fields as JSON, under the accounts key."),
        ),
        ("renewed_at", models.DateTimeField(help_text="When its secrets were last entered anew.", null=True)),
    ],
)
ACCOUNT = CreateModel(
    "Account",
    [
        schema.ID,
        ("name", models.CharField(max_length=120)),
        ("name_hi", models.CharField(blank=True, max_length=120)),
        ("name_ur", models.CharField(blank=True, max_length=120)),
        schema.PUBLIC_ID,
        ("credential", pointer("channels.credential", related_name="accounts")),
        ("channel", models.CharField(max_length=20)),
        ("external_id", models.CharField(max_length=80)),
        (
            "address",
            models.CharField(
                blank=True, help_text="What the public sees: the number or the URL.", max_length=80
            ),
        ),
        ("unit", pointer("force.unit", related_name="accounts")),
        ("holder", pointer("force.post", related_name="accounts", null=True)),
        ("paused", models.BooleanField(default=False)),
        (
            "quiet_hours",
            models.PositiveSmallIntegerField(
                db_default=24,
                default=24,
                help_text="Silence of so many hours raises the alarm; 0: it may be silent.",
            ),
        ),
        (
            "prices",
            models.JSONField(
                blank=True,
                default=dict,
                help_text="What the provider charges, as `rabta.rules.prices` keeps it.",
            ),
        ),
    ],
    options={
        "constraints": [
            UniqueConstraint(fields=("channel", "external_id"), name="one_account_per_external_id")
        ],
    },
)
HOLDING = CreateModel(
    "Holding",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("account", pointer("channels.account", related_name="holdings")),
        ("post", pointer("force.post")),
        ("officer", pointer(settings.AUTH_USER_MODEL)),
        ("since", models.DateTimeField()),
        ("taken_at", models.DateTimeField(help_text="When the officer took it over by name.", null=True)),
        ("until", models.DateTimeField(null=True)),
    ],
    options={
        "constraints": [
            UniqueConstraint(condition=Q(("until", None)), fields=("account",), name="one_holder_at_a_time")
        ],
    },
)
MESSAGE_TEMPLATE = CreateModel(
    "MessageTemplate",
    [
        schema.ID,
        (
            "credential",
            models.ForeignKey(on_delete=CASCADE, related_name="templates", to="channels.credential"),
        ),
        ("name", models.CharField(max_length=512)),
        ("language", models.CharField(max_length=20)),
        ("category", models.CharField(blank=True, max_length=20)),
        (
            "state",
            models.CharField(
                choices=[
                    ("submitting", "being submitted"),
                    ("pending", "waits for the provider's approval"),
                    ("approved", "approved"),
                    ("rejected", "rejected"),
                    ("paused", "paused by the provider"),
                    ("disabled", "disabled by the provider"),
                    ("gone", "deleted at the provider"),
                ],
                max_length=10,
            ),
        ),
        ("quality", models.CharField(blank=True, max_length=10)),
        ("components", models.JSONField(blank=True, default=list)),
        ("reason", models.CharField(blank=True, max_length=300)),
        ("changed_at", models.DateTimeField()),
        ("seen_at", models.DateTimeField()),
    ],
    options={
        "constraints": [
            UniqueConstraint(
                fields=("credential", "name", "language"), name="one_template_per_name_and_language"
            )
        ],
    },
)


class Migration(migrations.Migration):
    initial = True
    replaces = [("channels", "0003_prices"), ("channels", "0004_holdings")]
    dependencies = [
        ("force", "0004_administered"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [schema.CreateModels(CREDENTIAL, ACCOUNT, HOLDING, MESSAGE_TEMPLATE)]

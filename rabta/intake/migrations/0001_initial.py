"""The journal of all that came in, and what its readers remember."""

from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CASCADE, Index, Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer

JOURNAL_KEY = CreateModel(
    "JournalKey",
    [
        schema.ID,
        ("sealed_key", models.BinaryField()),
        ("created_at", models.DateTimeField()),
    ],
)
JOURNAL = CreateModel(
    "Journal",
    [
        ("id", models.BigAutoField(primary_key=True, serialize=False)),
        ("credential", pointer("channels.credential", related_name=None)),
        ("key", pointer("intake.journalkey", related_name=None)),
        ("received_at", models.DateTimeField()),
        ("sealed_body", models.BinaryField()),
    ],
    options={
        "verbose_name_plural": "journal",
    },
)
UNREAD = CreateModel(
    "Unread",
    [
        (
            "journal",
            models.OneToOneField(on_delete=CASCADE, primary_key=True, serialize=False, to="intake.journal"),
        ),
    ],
    options={
        "verbose_name_plural": "unread",
    },
)
SEEN = CreateModel(
    "Seen",
    [
        schema.ID,
        ("account", pointer("channels.account", related_name=None)),
        ("digest", models.BinaryField(max_length=16)),
        ("seen_at", models.DateTimeField()),
    ],
    options={
        "constraints": [UniqueConstraint(fields=("account", "digest"), name="one_effect_per_item")],
    },
)
PART = CreateModel(
    "Part",
    [
        schema.ID,
        ("account", pointer("channels.account", related_name=None)),
        ("digest", models.BinaryField(max_length=16)),
        ("number", models.PositiveSmallIntegerField()),
        ("total", models.PositiveSmallIntegerField()),
        ("journal", pointer("intake.journal", related_name=None)),
        ("position", models.IntegerField()),
        ("received_at", models.DateTimeField()),
    ],
    options={
        "constraints": [UniqueConstraint(fields=("account", "digest", "number"), name="one_row_per_part")],
    },
)
EARLY = CreateModel(
    "Early",
    [
        schema.ID,
        ("account", pointer("channels.account", related_name=None)),
        ("digest", models.BinaryField(max_length=16)),
        ("journal", pointer("intake.journal", related_name=None)),
        ("sent_digest", models.BinaryField(max_length=16, null=True)),
        ("position", models.IntegerField()),
        ("received_at", models.DateTimeField()),
    ],
    options={
        "verbose_name_plural": "early",
        "constraints": [
            UniqueConstraint(
                fields=("account", "digest", "journal", "position"), name="one_row_per_early_change"
            )
        ],
    },
)
LEDGER_ENTRY = CreateModel(
    "LedgerEntry",
    [
        schema.ID,
        ("at", models.DateTimeField()),
        ("account", pointer("channels.account", related_name=None, null=True)),
        ("channel", models.CharField(max_length=20)),
        (
            "became",
            models.CharField(
                choices=[
                    ("received", "Received"),
                    ("message", "Message"),
                    ("change", "Change"),
                    ("receipt", "Receipt"),
                    ("ignored", "Ignored"),
                    ("quarantined", "Quarantined"),
                    ("duplicate", "Duplicate"),
                ],
                max_length=12,
            ),
        ),
        ("reason", models.CharField(blank=True, max_length=60)),
        ("items", models.IntegerField()),
    ],
    options={
        "verbose_name_plural": "ledger entries",
        "indexes": [
            Index(condition=Q(("became", "message")), fields=["account", "at"], name="intake_last_message")
        ],
    },
)
QUARANTINED = CreateModel(
    "Quarantined",
    [
        schema.ID,
        ("journal", pointer("intake.journal", related_name=None)),
        (
            "position",
            models.IntegerField(help_text="Index of the item in its body; -1 for the body as a whole."),
        ),
        ("account", pointer("channels.account", related_name=None, null=True)),
        ("reason", models.CharField(max_length=300)),
        ("at", models.DateTimeField()),
        ("resolved_at", models.DateTimeField(null=True)),
    ],
    options={
        "verbose_name_plural": "quarantined",
    },
)
REFUSED = CreateModel(
    "Refused",
    [
        schema.ID,
        ("credential", models.ForeignKey(null=True, on_delete=CASCADE, to="channels.credential")),
        ("hour", models.DateTimeField()),
        ("requests", models.IntegerField(default=0)),
    ],
    options={
        "verbose_name_plural": "refused",
        "constraints": [
            UniqueConstraint(
                fields=("credential", "hour"), name="one_counter_per_hook_and_hour", nulls_distinct=False
            )
        ],
    },
)
ASKING = CreateModel(
    "Asking",
    [
        (
            "account",
            models.OneToOneField(
                on_delete=CASCADE,
                primary_key=True,
                related_name="asking",
                serialize=False,
                to="channels.account",
            ),
        ),
        ("until", models.DateTimeField()),
        ("next_at", models.DateTimeField()),
        ("trouble", models.CharField(blank=True, max_length=20)),
    ],
    options={
        "verbose_name_plural": "askings",
    },
)
MAILBOX = CreateModel(
    "Mailbox",
    [
        (
            "credential",
            models.OneToOneField(
                on_delete=CASCADE,
                primary_key=True,
                related_name="mailbox",
                serialize=False,
                to="channels.credential",
            ),
        ),
        ("folder", models.CharField(max_length=200)),
        ("validity", models.BigIntegerField()),
        ("taken", models.BigIntegerField()),
        ("settled", models.BigIntegerField()),
        ("looked_at", models.DateTimeField()),
        ("trouble", models.CharField(blank=True, max_length=20)),
    ],
    options={
        "verbose_name_plural": "mailboxes",
    },
)


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("intake", "0003_mailbox"),
        ("intake", "0004_seen_by_pages"),
        ("intake", "0005_early"),
        ("intake", "0006_early_reactions"),
    ]
    dependencies = [
        ("channels", "0001_initial"),
    ]
    operations = [
        schema.CreateModels(
            JOURNAL_KEY,
            JOURNAL,
            UNREAD,
            SEEN,
            PART,
            EARLY,
            LEDGER_ENTRY,
            QUARANTINED,
            REFUSED,
            ASKING,
            MAILBOX,
        ),
        schema.partition_by_id("intake_journal"),
    ]

"""What members say: messages that wait, strikes, and how much was said; seen by whoever runs the group."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import Index, Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer

ITEM = CreateModel(
    name="Item",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        ("group", pointer("groups.group", related_name="items")),
        (
            "member",
            models.ForeignKey(null=True, on_delete=models.SET_NULL, related_name="items", to="groups.member"),
        ),
        ("journal_id", models.BigIntegerField()),
        ("position", models.PositiveIntegerField()),
        ("received_at", models.DateTimeField()),
        ("shown_at", models.DateTimeField(null=True)),
        ("language", models.CharField(blank=True, max_length=8)),
        ("text", models.TextField(blank=True)),
        ("sealed", models.BinaryField(null=True)),
        ("noise", models.SlugField(blank=True, max_length=13)),
        (
            "state",
            models.CharField(
                choices=[
                    ("waiting", "waits for a moderator"),
                    ("let_through", "let through"),
                    ("refused", "refused"),
                    ("held", "held back"),
                    ("to_desk", "goes to the desk"),
                ],
                default="waiting",
                max_length=11,
            ),
        ),
        ("reason", models.SlugField(blank=True, max_length=13)),
        ("forwarded", models.BooleanField(default=False)),
        (
            "picture",
            models.CharField(
                blank=True,
                choices=[
                    ("", "none"),
                    ("coming", "is being fetched"),
                    ("here", "is here"),
                    ("missing", "could not be fetched"),
                ],
                max_length=7,
            ),
        ),
        ("file", pointer("files.storedfile", null=True)),
        ("look", models.BinaryField(max_length=16, null=True)),
        ("bands", ArrayField(base_field=models.IntegerField(), blank=True, default=list)),
        ("answered_at", models.DateTimeField(null=True)),
        ("officer", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("post", pointer("force.post", null=True)),
        ("decided_at", models.DateTimeField(null=True)),
        (
            "broadcast",
            models.ForeignKey(
                null=True, on_delete=models.SET_NULL, related_name="items", to="groups.broadcast"
            ),
        ),
    ],
    options={
        "indexes": [
            Index(condition=Q(("state", "waiting")), fields=["group", "shown_at"], name="item_waiting"),
            Index(fields=["group", "-decided_at"], name="item_by_decision"),
            Index(fields=["member", "-received_at"], name="item_by_member"),
            GinIndex(fields=["bands"], name="item_by_look"),
        ],
        "constraints": [
            UniqueConstraint(fields=("journal_id", "position"), name="one_item_for_each_message")
        ],
    },
)
STRIKE = CreateModel(
    name="Strike",
    fields=[
        schema.ID,
        ("member", models.ForeignKey(on_delete=models.CASCADE, related_name="struck", to="groups.member")),
        ("group", pointer("groups.group")),
        ("noise", models.SlugField(max_length=13)),
        ("weight", models.PositiveSmallIntegerField(default=1)),
        ("at", models.DateTimeField()),
    ],
    options={
        "indexes": [Index(fields=["member", "at"], name="strike_by_member")],
    },
)
SAID = CreateModel(
    name="Said",
    fields=[
        schema.ID,
        ("group", models.ForeignKey(on_delete=models.CASCADE, related_name="said", to="groups.group")),
        ("day", models.DateField()),
        ("what", models.SlugField(max_length=13)),
        ("count", models.PositiveIntegerField()),
    ],
    options={
        "constraints": [UniqueConstraint(fields=("group", "day", "what"), name="one_count_for_each_day")],
    },
)


OF_GROUP = "EXISTS (SELECT 1 FROM groups_group parent WHERE parent.id = group_id)"


class Migration(migrations.Migration):
    dependencies = [("groups", "0003_bulletins"), ("files", "0001_initial")]
    operations = [
        schema.CreateModels(ITEM, STRIKE, SAID),
        schema.grant("groups_item", web="select, update", worker="select, insert, update, delete"),
        schema.grant("groups_strike", web="select, insert, delete", worker="select, insert, delete"),
        schema.grant("groups_said", web="select, insert, update", worker="select, insert, update"),
        schema.protect("groups_item", web=OF_GROUP),
        schema.protect("groups_strike", web=OF_GROUP),
        schema.protect("groups_said", web=OF_GROUP),
    ]

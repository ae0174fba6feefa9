"""Public posts: two officers let one go."""

from django.conf import settings
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CheckConstraint, F, Q

from rabta import schema
from rabta.schema import pointer

PUBLICATION = CreateModel(
    "Publication",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("account", pointer("channels.account", related_name="publications")),
        ("text", models.TextField()),
        ("file", pointer("files.storedfile", null=True)),
        ("alt_text", models.CharField(blank=True, max_length=1000)),
        (
            "state",
            models.CharField(
                choices=[
                    ("waits", "waits for a second officer"),
                    ("let_go", "let go"),
                    ("refused", "not published"),
                ],
                default="waits",
                max_length=7,
            ),
        ),
        ("author", pointer(settings.AUTH_USER_MODEL)),
        ("author_post", pointer("force.post")),
        ("written_at", models.DateTimeField()),
        ("decided_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("decided_at", models.DateTimeField(null=True)),
        ("remark", models.CharField(blank=True, max_length=300)),
        ("delivery", pointer("outbox.delivery", null=True)),
    ],
    options={
        "constraints": [
            CheckConstraint(
                condition=Q(
                    Q(("decided_by", F("author")), _negated=True),
                    Q(("state", "let_go"), _negated=True),
                    _connector="OR",
                ),
                name="let_go_by_another_officer",
            )
        ],
    },
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("channels", "0001_initial"),
        ("files", "0001_initial"),
        ("force", "0004_administered"),
        ("outbox", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        schema.CreateModels(PUBLICATION),
        schema.grant("publishing_publication", web="select, insert, update", worker="select"),
    ]

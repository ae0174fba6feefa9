"""Words that very many letters carry are kept once; addresses of people who are no citizens of the register."""

from django.db import migrations, models
from django.db.migrations import CreateModel

from rabta import schema
from rabta.schema import pointer

PRIORITIES = [(0, "Emergency"), (1, "Urgent"), (2, "Usual"), (3, "Bulletin"), (4, "Bulk")]

BODY = CreateModel(
    name="Body",
    fields=[
        schema.ID,
        ("text", models.TextField()),
        ("template", models.JSONField(null=True)),
        ("file", pointer("files.storedfile", null=True)),
        ("buttons", models.JSONField(blank=True, default=list)),
        ("made_at", models.DateTimeField()),
    ],
    options={
        "verbose_name_plural": "bodies",
    },
)
ADDRESS = CreateModel(
    name="Address",
    fields=[
        schema.ID,
        ("digest", models.BinaryField(max_length=16)),
        ("sealed", models.BinaryField(null=True)),
    ],
    options={
        "verbose_name_plural": "addresses",
    },
)


class Migration(migrations.Migration):
    dependencies = [("files", "0002_protection"), ("outbox", "0002_protection")]
    operations = [
        migrations.AlterField(
            "delivery", "priority", models.PositiveSmallIntegerField(choices=PRIORITIES, default=2)
        ),
        schema.CreateModels(BODY, ADDRESS),
        migrations.AddField("delivery", "body", pointer("outbox.body", null=True, db_index=False)),
        migrations.AddField("delivery", "address", pointer("outbox.address", null=True, db_index=False)),
        schema.grant("outbox_body", web="select (id), insert", worker="select, insert", relay="select"),
        schema.grant(
            "outbox_address",
            web="select (id), insert, update (sealed)",
            worker="select, insert, update",
            relay="select",
        ),
    ]

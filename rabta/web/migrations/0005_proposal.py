"""Acts of an administrator that a second one confirms."""

import django.db.models.deletion
from django.db import migrations, models

import rabta.kit.ids
from rabta import schema

PROTECT, CASCADE = django.db.models.deletion.PROTECT, django.db.models.deletion.CASCADE
STATES = [
    ("waiting", "waits for a second administrator"),
    ("confirmed", "confirmed"),
    ("refused", "refused"),
]


def officer(*, on_delete: object = PROTECT, null: bool = True) -> models.Field:
    return models.ForeignKey("force.officer", null=null, on_delete=on_delete, related_name="+")


class Migration(migrations.Migration):
    dependencies = [("web", "0004_confidential"), ("force", "0009_administered_below")]
    operations = [
        migrations.CreateModel(
            "Proposal",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                ("act", models.CharField(max_length=10)),
                ("officer", officer(on_delete=CASCADE)),
                ("about", models.JSONField(default=list)),
                ("lines", models.JSONField(default=list)),
                ("files", models.JSONField(default=dict)),
                ("state", models.CharField(choices=STATES, default="waiting", max_length=10)),
                ("asked_by", officer(null=False)),
                ("asked_at", models.DateTimeField()),
                ("decided_by", officer()),
                ("decided_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddConstraint(
            "Proposal",
            models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    ("state", "refused"),
                    _connector="OR",
                ),
                name="confirmed_by_a_second",
            ),
        ),
        schema.grant(
            "web_proposal",
            web="select, insert, update (state, decided_by_id, decided_at, files)",
            worker="select (asked_at), delete",
        ),
    ]

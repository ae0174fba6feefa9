"""Instructions down the tree with each hop and its proof; good work up. Who sees which: by the groups that he runs."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CheckConstraint, Index, Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer

DIRECTION = CreateModel(
    name="Direction",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        (
            "kind",
            models.CharField(
                choices=[("instruction", "Instruction"), ("campaign", "Campaign")],
                default="instruction",
                max_length=11,
            ),
        ),
        ("title", models.CharField(max_length=120)),
        ("words", models.JSONField()),
        ("sha256", models.CharField(max_length=64)),
        ("file", pointer("files.storedfile", null=True)),
        ("group", pointer("groups.group", related_name="directions")),
        ("unit", pointer("force.unit")),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list)),
        ("police_only", models.BooleanField(default=False)),
        ("at_once", models.BooleanField(default=False)),
        ("limit_minutes", models.PositiveIntegerField()),
        ("reminders", models.PositiveSmallIntegerField(default=1)),
        (
            "proof",
            models.CharField(
                choices=[("none", "No proof"), ("photo", "A photo"), ("answer", "An answer in words")],
                default="none",
                max_length=6,
            ),
        ),
        ("proof_words", models.CharField(blank=True, max_length=300)),
        ("proof_of_all", models.BooleanField(default=False)),
        ("proof_due_at", models.DateTimeField(null=True)),
        ("officer", pointer(settings.AUTH_USER_MODEL)),
        ("post", pointer("force.post", null=True)),
        ("given_at", models.DateTimeField()),
        ("spread_at", models.DateTimeField(null=True)),
        ("ended_at", models.DateTimeField(null=True)),
        ("ended_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("ended_why", models.CharField(blank=True, max_length=300)),
    ],
    options={
        "indexes": [Index(fields=["given_at"], name="direction_by_time")],
    },
)
HOP = CreateModel(
    name="Hop",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        (
            "direction",
            models.ForeignKey(on_delete=models.CASCADE, related_name="hops", to="groups.direction"),
        ),
        ("group", pointer("groups.group", related_name="hops")),
        ("unit", pointer("force.unit")),
        (
            "parent",
            models.ForeignKey(null=True, on_delete=models.CASCADE, related_name="children", to="groups.hop"),
        ),
        ("path", ArrayField(base_field=models.BigIntegerField(), default=list)),
        ("lowest", models.BooleanField(default=False)),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list)),
        ("post", pointer("force.post", related_name="hops", null=True)),
        ("why", models.CharField(blank=True, max_length=16)),
        (
            "state",
            models.CharField(
                choices=[
                    ("ahead", "not there yet"),
                    ("told", "told"),
                    ("received", "received"),
                    ("passed", "passed on"),
                ],
                default="ahead",
                max_length=8,
            ),
        ),
        ("told_at", models.DateTimeField(null=True)),
        ("due_at", models.DateTimeField(null=True)),
        ("received_at", models.DateTimeField(null=True)),
        ("received_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("passed_at", models.DateTimeField(null=True)),
        ("passed_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("addition", models.CharField(blank=True, max_length=400)),
        ("reminded", models.PositiveSmallIntegerField(default=0)),
        ("reminded_at", models.DateTimeField(null=True)),
        ("escalated_at", models.DateTimeField(null=True)),
        ("escalated_to", pointer("force.post", null=True)),
        ("alone_at", models.DateTimeField(null=True)),
        ("carried_at", models.DateTimeField(null=True)),
        (
            "broadcast",
            models.ForeignKey(null=True, on_delete=models.SET_NULL, related_name="+", to="groups.broadcast"),
        ),
        (
            "proof_state",
            models.CharField(
                blank=True,
                choices=[
                    ("", "not asked"),
                    ("none", "none yet"),
                    ("waiting", "waiting for a look"),
                    ("rejected", "rejected"),
                    ("verified", "verified"),
                    ("excused", "does not apply"),
                ],
                default="",
                max_length=8,
            ),
        ),
        ("excused_why", models.CharField(blank=True, max_length=300)),
        ("excused_by", pointer(settings.AUTH_USER_MODEL, null=True)),
    ],
    options={
        "indexes": [
            Index(fields=["post", "told_at"], name="hop_by_post"),
            Index(
                condition=Q(
                    Q(("carried_at", None), ("state__in", ["told", "received"])),
                    ("state", "told"),
                    _connector="OR",
                ),
                fields=["due_at"],
                name="hop_by_limit",
            ),
        ],
        "constraints": [UniqueConstraint(fields=("direction", "group"), name="one_hop_for_each_group")],
    },
)
PROOF = CreateModel(
    name="Proof",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        ("hop", models.ForeignKey(on_delete=models.CASCADE, related_name="proofs", to="groups.hop")),
        ("text", models.TextField(blank=True)),
        ("officer", pointer(settings.AUTH_USER_MODEL)),
        ("post", pointer("force.post", null=True)),
        ("at", models.DateTimeField()),
        (
            "state",
            models.CharField(
                choices=[
                    ("waiting", "waiting for a look"),
                    ("verified", "verified"),
                    ("rejected", "rejected"),
                ],
                default="waiting",
                max_length=8,
            ),
        ),
        ("decided_at", models.DateTimeField(null=True)),
        ("decided_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("remark", models.CharField(blank=True, max_length=300)),
    ],
    options={
        "constraints": [
            UniqueConstraint(
                condition=Q(("state", "waiting")), fields=("hop",), name="one_proof_of_a_hop_waits"
            ),
            UniqueConstraint(
                condition=Q(("state", "verified")), fields=("hop",), name="one_proof_of_a_hop_is_enough"
            ),
        ],
    },
)
GOODWORK = CreateModel(
    name="GoodWork",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        ("title", models.CharField(max_length=120)),
        ("text", models.TextField()),
        ("people", ArrayField(base_field=models.CharField(max_length=120), default=list)),
        ("unit", pointer("force.unit")),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list)),
        ("lies_at", pointer("force.unit", null=True)),
        (
            "state",
            models.CharField(
                choices=[("moving", "on its way up"), ("returned", "returned"), ("approved", "approved")],
                default="moving",
                max_length=8,
            ),
        ),
        ("officer", pointer(settings.AUTH_USER_MODEL)),
        ("post", pointer("force.post", null=True)),
        ("at", models.DateTimeField()),
        ("promised_at", models.DateTimeField()),
        ("changed_at", models.DateTimeField()),
        ("approved_at", models.DateTimeField(null=True)),
        ("told_at", models.DateTimeField(null=True)),
    ],
    options={
        "indexes": [Index(fields=["state", "changed_at"], name="good_work_by_state")],
    },
)
GOODWORKSTEP = CreateModel(
    name="GoodWorkStep",
    fields=[
        schema.ID,
        ("work", models.ForeignKey(on_delete=models.CASCADE, related_name="steps", to="groups.goodwork")),
        (
            "what",
            models.CharField(
                choices=[
                    ("submitted", "submitted"),
                    ("supported", "supported"),
                    ("returned", "returned"),
                    ("amended", "submitted again"),
                    ("approved", "approved"),
                ],
                max_length=9,
            ),
        ),
        ("unit", pointer("force.unit")),
        ("officer", pointer(settings.AUTH_USER_MODEL)),
        ("post", pointer("force.post", null=True)),
        ("remark", models.CharField(blank=True, max_length=500)),
        ("at", models.DateTimeField()),
    ],
)
PHOTO = CreateModel(
    name="Photo",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        (
            "proof",
            models.ForeignKey(null=True, on_delete=models.CASCADE, related_name="photos", to="groups.proof"),
        ),
        (
            "work",
            models.ForeignKey(
                null=True, on_delete=models.CASCADE, related_name="photos", to="groups.goodwork"
            ),
        ),
        ("file", pointer("files.storedfile")),
        ("at", models.DateTimeField()),
        ("lat", models.FloatField(null=True)),
        ("lng", models.FloatField(null=True)),
        ("camera_at", models.CharField(blank=True, max_length=40)),
        ("camera_lat", models.FloatField(null=True)),
        ("camera_lng", models.FloatField(null=True)),
        ("trouble", models.CharField(blank=True, max_length=100)),
    ],
    options={
        "constraints": [
            CheckConstraint(
                condition=Q(
                    Q(("proof", None), ("work__isnull", False)),
                    Q(("proof__isnull", False), ("work", None)),
                    _connector="OR",
                ),
                name="photo_belongs_to_one",
            )
        ],
    },
)


RUN = f"visible_to && {schema.once(schema.GROUPS)}"
OFFICER = "nullif(current_setting('rabta.officer', true), '')::bigint"
# Whoever gave it, or stands above; and whoever has a hop of it that reached him or those below him.
OF_DIRECTION = f"{RUN} OR EXISTS (SELECT 1 FROM groups_hop h WHERE h.direction_id = groups_direction.id)"
# Also its author, whose post perhaps runs no group.
OF_WORK = f"{RUN} OR officer_id = {schema.once(OFFICER)}"


def parent(table: str, key: str) -> str:
    """Seen with its parent, whose own policy answers."""
    return f"EXISTS (SELECT 1 FROM {table} parent WHERE parent.id = {key})"


class Migration(migrations.Migration):
    dependencies = [("groups", "0004_talking")]
    operations = [
        schema.CreateModels(DIRECTION, HOP, PROOF, GOODWORK, GOODWORKSTEP, PHOTO),
        schema.grant(
            "groups_direction",
            # What was given stays as it is: only that it ended can be written.
            web="select, insert, update (ended_at, ended_by_id, ended_why)",
            worker="select, insert, update (spread_at)",
        ),
        schema.grant("groups_hop", web="select, update", worker="select, insert, update"),
        schema.grant("groups_proof", web="select, insert, update", worker="select, insert, update"),
        schema.grant("groups_goodwork", web="select, insert, update", worker="select, insert, update"),
        schema.grant("groups_goodworkstep", web="select, insert", worker="select, insert"),
        schema.grant("groups_photo", web="select, insert", worker="select, insert, update"),
        schema.append_only("groups_goodworkstep"),
        schema.protect("groups_hop", web=RUN),
        schema.protect("groups_direction", web=OF_DIRECTION, web_check=RUN),
        schema.protect("groups_proof", web=parent("groups_hop", "hop_id")),
        schema.protect("groups_goodwork", web=OF_WORK),
        schema.protect("groups_goodworkstep", web=parent("groups_goodwork", "work_id")),
        schema.protect(
            "groups_photo",
            web=parent("groups_proof", "proof_id") + " OR " + parent("groups_goodwork", "work_id"),
        ),
    ]

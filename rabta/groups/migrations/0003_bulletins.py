"""Bulletins, rumours, and broadcasts to chosen people: tables, and who sees them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CheckConstraint, F, Index, Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer

KEEPS = "select, insert, update"
RUN = f"visible_to && {schema.once(schema.GROUPS)}"


def parent(table: str, key: str) -> str:
    """Seen with its parent, whose own policy answers."""
    return f"EXISTS (SELECT 1 FROM {table} parent WHERE parent.id = {key})"


BULLETIN = CreateModel(
    name="Bulletin",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        (
            "kind",
            models.CharField(
                choices=[("new", "bulletin"), ("correction", "correction"), ("withdrawal", "withdrawal")],
                default="new",
                max_length=10,
            ),
        ),
        ("corrects", pointer("groups.bulletin", related_name="corrections", null=True)),
        ("title", models.CharField(max_length=120)),
        ("words", models.JSONField(default=dict)),
        ("unit", pointer("force.unit")),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list)),
        ("lat", models.FloatField(null=True)),
        ("lng", models.FloatField(null=True)),
        ("radius_km", models.FloatField(null=True)),
        (
            "state",
            models.CharField(
                choices=[
                    ("waits", "waits for a second officer"),
                    ("sent", "let go"),
                    ("refused", "not sent"),
                ],
                default="waits",
                max_length=7,
            ),
        ),
        ("written_by", pointer(settings.AUTH_USER_MODEL)),
        ("written_post", pointer("force.post", null=True)),
        ("written_at", models.DateTimeField()),
        ("decided_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("decided_at", models.DateTimeField(null=True)),
        ("remark", models.CharField(blank=True, max_length=300)),
        ("alone", models.BooleanField(default=False)),
        ("look_due_at", models.DateTimeField(null=True)),
        ("looked_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("looked_at", models.DateTimeField(null=True)),
        ("look_missed_at", models.DateTimeField(null=True)),
        (
            "broadcast",
            models.OneToOneField(
                null=True, on_delete=models.PROTECT, related_name="bulletin", to="groups.broadcast"
            ),
        ),
        ("groups", models.ManyToManyField(related_name="bulletins", to="groups.group")),
    ],
    options={
        "indexes": [
            Index(
                condition=Q(("alone", True), ("looked_at", None)),
                fields=["look_due_at"],
                name="bulletin_to_look_at",
            )
        ],
        "constraints": [
            CheckConstraint(
                condition=Q(
                    Q(("state", "sent"), _negated=True),
                    Q(
                        ("decided_by__isnull", False),
                        Q(
                            ("alone", True),
                            Q(("decided_by", F("written_by")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="bulletin_let_go_by_another_officer",
            ),
            CheckConstraint(
                condition=Q(
                    ("looked_by", None),
                    Q(
                        Q(("looked_by", F("decided_by")), _negated=True),
                        Q(("looked_by", F("written_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="bulletin_looked_at_by_another_officer",
            ),
            CheckConstraint(
                condition=Q(
                    Q(("corrects", None), ("kind", "new")),
                    Q(Q(("kind", "new"), _negated=True), ("corrects__isnull", False)),
                    _connector="OR",
                ),
                name="correction_names_its_bulletin",
            ),
        ],
    },
)
CLAIM = CreateModel(
    name="Claim",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        ("text", models.TextField()),
        ("place", models.CharField(blank=True, max_length=120)),
        ("lat", models.FloatField(null=True)),
        ("lng", models.FloatField(null=True)),
        ("unit", pointer("force.unit")),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list)),
        (
            "state",
            models.CharField(
                choices=[
                    ("open", "open"),
                    ("asked", "volunteers are asked"),
                    ("answered", "answered"),
                    ("closed", "closed"),
                ],
                default="open",
                max_length=8,
            ),
        ),
        ("opened_by", pointer(settings.AUTH_USER_MODEL)),
        ("opened_at", models.DateTimeField()),
        ("asked_at", models.DateTimeField(null=True)),
        (
            "verdict",
            models.CharField(
                blank=True,
                choices=[("true", "true"), ("false", "not true"), ("unclear", "not clear")],
                max_length=7,
            ),
        ),
        ("version", models.CharField(blank=True, max_length=16)),
        ("answered_at", models.DateTimeField(null=True)),
        ("closed_at", models.DateTimeField(null=True)),
    ],
    options={
        "indexes": [Index(fields=["opened_at"], name="claim_by_time")],
        "constraints": [
            CheckConstraint(
                condition=Q(
                    Q(("state", "answered"), _negated=True),
                    Q(Q(("verdict", ""), _negated=True), Q(("version", ""), _negated=True)),
                    _connector="OR",
                ),
                name="claim_answered_by_a_version",
            )
        ],
    },
)
CLAIMREPORT = CreateModel(
    name="ClaimReport",
    fields=[
        schema.ID,
        schema.PUBLIC_ID,
        ("claim", pointer("groups.claim", related_name="reports", null=True)),
        (
            "member",
            models.ForeignKey(null=True, on_delete=models.SET_NULL, related_name="+", to="groups.member"),
        ),
        ("group", pointer("groups.group", null=True)),
        ("item", models.CharField(blank=True, max_length=16)),
        ("unit", pointer("force.unit")),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list)),
        ("text", models.TextField()),
        ("lat", models.FloatField(null=True)),
        ("lng", models.FloatField(null=True)),
        ("bands", ArrayField(base_field=models.IntegerField(), default=list)),
        ("at", models.DateTimeField()),
        ("set_aside_at", models.DateTimeField(null=True)),
    ],
    options={
        "indexes": [
            Index(
                condition=Q(("claim", None), ("set_aside_at", None)),
                fields=["at"],
                name="report_without_claim",
            )
        ],
        "constraints": [
            UniqueConstraint(
                condition=Q(("item", ""), _negated=True), fields=("item",), name="one_report_for_each_item"
            )
        ],
    },
)
CLAIMCASE = CreateModel(
    name="ClaimCase",
    fields=[
        schema.ID,
        ("claim", models.ForeignKey(on_delete=models.CASCADE, related_name="cases", to="groups.claim")),
        ("case", models.ForeignKey(on_delete=models.CASCADE, related_name="+", to="cases.case")),
        ("joined_by", pointer(settings.AUTH_USER_MODEL)),
        ("at", models.DateTimeField()),
    ],
    options={
        "constraints": [UniqueConstraint(fields=("claim", "case"), name="one_place_of_a_case_in_a_claim")],
    },
)
SIGHTING = CreateModel(
    name="Sighting",
    fields=[
        schema.ID,
        ("claim", models.ForeignKey(on_delete=models.CASCADE, related_name="sightings", to="groups.claim")),
        ("member", models.ForeignKey(on_delete=models.CASCADE, related_name="+", to="groups.member")),
        ("unit", pointer("force.unit")),
        (
            "answer",
            models.CharField(
                choices=[("yes", "true"), ("no", "not true"), ("unknown", "does not know")], max_length=7
            ),
        ),
        ("words", models.TextField(blank=True)),
        ("at", models.DateTimeField()),
    ],
    options={
        "constraints": [UniqueConstraint(fields=("claim", "member"), name="one_sighting_of_each_member")],
    },
)
UNASKED = CreateModel(
    name="Unasked",
    fields=[
        schema.ID,
        (
            "member",
            models.OneToOneField(on_delete=models.CASCADE, related_name="unasked", to="groups.member"),
        ),
        ("at", models.DateTimeField()),
    ],
    options={
        "verbose_name_plural": "unasked",
    },
)
AGAIN = CreateModel(
    name="Again",
    fields=[
        schema.ID,
        (
            "broadcast",
            models.ForeignKey(on_delete=models.CASCADE, related_name="again", to="groups.broadcast"),
        ),
        ("earlier", pointer("groups.broadcast")),
    ],
    options={
        "verbose_name_plural": "again",
        "constraints": [
            UniqueConstraint(fields=("broadcast", "earlier"), name="one_word_to_those_who_got_it")
        ],
    },
)
CHOSEN = CreateModel(
    name="Chosen",
    fields=[
        schema.ID,
        (
            "broadcast",
            models.ForeignKey(on_delete=models.CASCADE, related_name="chosen", to="groups.broadcast"),
        ),
        ("member", models.ForeignKey(on_delete=models.CASCADE, related_name="+", to="groups.member")),
    ],
    options={
        "verbose_name_plural": "chosen",
        "constraints": [UniqueConstraint(fields=("broadcast", "member"), name="one_choice_of_each_member")],
    },
)


OF_BROADCAST = parent("groups_broadcast", "broadcast_id")
# A case of the desk joins a claim for those only who see the case.
OF_CASE = parent("groups_claim", "claim_id") + " AND " + parent("cases_case", "case_id")


class Migration(migrations.Migration):
    dependencies = [("groups", "0002_protection"), ("cases", "0009_forces"), ("force", "0006_personnel")]
    operations = [
        schema.CreateModels(BULLETIN, CLAIM, CLAIMREPORT, CLAIMCASE, SIGHTING, UNASKED, AGAIN, CHOSEN),
        schema.grant("groups_bulletin", web=KEEPS, worker=KEEPS),
        schema.grant("groups_bulletin_groups", web="select, insert", worker="select"),
        schema.grant("groups_claim", web=KEEPS, worker=KEEPS),
        schema.grant("groups_claimreport", web=KEEPS, worker=KEEPS),
        schema.grant("groups_claimcase", web="select, insert, delete", worker="select"),
        schema.grant("groups_sighting", web="select", worker=KEEPS),
        schema.grant("groups_unasked", web="select", worker="select, insert, delete"),
        schema.grant("groups_again", web="select, insert", worker="select, insert"),
        schema.grant("groups_chosen", web="select, insert", worker="select, insert"),
        schema.protect("groups_bulletin", web=RUN),
        schema.protect("groups_bulletin_groups", web=parent("groups_bulletin", "bulletin_id")),
        schema.protect("groups_claim", web=RUN),
        schema.protect("groups_claimreport", web=RUN),
        schema.protect("groups_claimcase", web=OF_CASE),
        schema.protect("groups_sighting", web=parent("groups_claim", "claim_id")),
        schema.protect("groups_unasked", web=parent("groups_member", "member_id")),
        schema.protect("groups_again", web=OF_BROADCAST),
        schema.protect("groups_chosen", web=OF_BROADCAST),
    ]

"""Orders and their reports; closings that wait for approval; cases that went to another force, or came from one."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import DO_NOTHING, CheckConstraint, F, Index, Q, UniqueConstraint

from rabta import schema
from rabta.schema import pointer

ORDER = CreateModel(
    "Order",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("case", pointer("cases.case", related_name="orders")),
        ("post", pointer("force.post", related_name="orders")),
        ("unit", pointer("force.unit")),
        (
            "part",
            models.CharField(
                choices=[("lead", "lead"), ("support", "support"), ("inform", "for information")],
                max_length=8,
            ),
        ),
        (
            "state",
            models.CharField(
                choices=[
                    ("issued", "ordered"),
                    ("accepted", "accepted"),
                    ("reported", "report sent"),
                    ("verified", "verified"),
                    ("returned", "returned"),
                    ("replaced", "ordered elsewhere"),
                    ("passed", "passed on"),
                    ("withdrawn", "withdrawn"),
                ],
                default="issued",
                max_length=10,
            ),
        ),
        ("instruction", models.TextField(blank=True)),
        ("proof", models.BooleanField(db_default=False, default=False)),
        ("proof_words", models.CharField(blank=True, db_default="", default="", max_length=300)),
        ("why", models.JSONField(blank=True, default=dict)),
        ("issued_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("issued_by_post", pointer("force.post", null=True)),
        ("issued_at", models.DateTimeField()),
        ("due_at", models.DateTimeField(null=True)),
        ("accepted_at", models.DateTimeField(null=True)),
        ("accepted_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("on_the_way_at", models.DateTimeField(null=True)),
        ("returned_at", models.DateTimeField(null=True)),
        ("return_reason", models.TextField(blank=True)),
        ("finished_at", models.DateTimeField(null=True)),
        ("ended_why", models.TextField(blank=True, db_default="", default="")),
        ("replaces", pointer("cases.order", null=True)),
        ("goal", pointer("force.post", db_index=False, null=True)),
        ("parent", pointer("cases.order", db_index=False, null=True)),
        ("added_words", models.TextField(blank=True, db_default="", default="")),
        ("given_to", pointer(settings.AUTH_USER_MODEL, db_index=False, null=True)),
        ("given_at", models.DateTimeField(null=True)),
        ("taken_on_at", models.DateTimeField(null=True)),
        ("delivery", pointer("outbox.delivery", null=True)),
        ("letters", ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
        ("passed_on_at", models.DateTimeField(null=True)),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
        ("hidden_from", ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
        ("held", models.BooleanField(default=False)),
    ],
    options={
        "indexes": [
            Index(fields=["-issued_at", "-id"], name="order_newest"),
            Index(fields=["post", "state", "-issued_at"], name="order_by_post"),
            Index(fields=["case"], name="order_by_case"),
            Index(fields=["state", "issued_at"], name="order_by_state"),
            Index(
                condition=Q(("given_to__isnull", False)),
                fields=["given_to", "state"],
                name="order_by_inquirer",
            ),
            Index(
                condition=Q(("issued_by__isnull", False)),
                fields=["issued_by", "-issued_at"],
                name="order_by_issuer",
            ),
        ],
        "constraints": [
            UniqueConstraint(
                condition=Q(("part", "lead"), ("state__in", ["issued", "accepted", "reported"])),
                fields=("case",),
                name="one_open_lead_order_per_case",
            ),
            CheckConstraint(
                condition=Q(
                    Q(("state", "passed"), _negated=True),
                    Q(("goal__isnull", False), ("part", "lead")),
                    _connector="OR",
                ),
                name="passed_on_to_a_goal",
            ),
            CheckConstraint(
                condition=Q(
                    Q(("given_at", None), ("given_to", None), ("taken_on_at", None)),
                    Q(("given_at__isnull", False), ("given_to__isnull", False)),
                    _connector="OR",
                ),
                name="given_to_somebody_since",
            ),
        ],
    },
)
REPORT = CreateModel(
    "Report",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("order", pointer("cases.order", related_name="reports")),
        ("text", models.TextField()),
        (
            "outcome",
            models.CharField(
                choices=[
                    ("action_taken", "Action taken"),
                    ("fir_registered", "FIR registered"),
                    ("not_substantiated", "Not substantiated"),
                    ("found_false", "Found false"),
                    ("advice", "Not a police matter (advice given)"),
                    ("transferred", "Transferred to another force"),
                    ("duplicate", "Duplicate (merged)"),
                    ("withdrawn", "Withdrawn"),
                ],
                max_length=20,
            ),
        ),
        ("officer", pointer(settings.AUTH_USER_MODEL)),
        ("at", models.DateTimeField()),
        ("waits", models.BooleanField(db_default=False, default=False)),
        ("sent_on_by", pointer(settings.AUTH_USER_MODEL, db_index=False, null=True)),
        (
            "decision",
            models.CharField(
                blank=True, choices=[("accepted", "accepted"), ("rejected", "rejected")], max_length=8
            ),
        ),
        ("decided_by", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("decided_at", models.DateTimeField(null=True)),
        ("decision_remark", models.TextField(blank=True)),
    ],
    options={
        "constraints": [
            UniqueConstraint(
                condition=Q(("waits", True)), fields=("order",), name="one_report_waits_to_be_sent_on"
            )
        ],
    },
)
EVIDENCE = CreateModel(
    "Evidence",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("order", pointer("cases.order", related_name="evidence")),
        ("file", pointer("files.storedfile")),
        ("officer", pointer(settings.AUTH_USER_MODEL)),
        ("caption", models.CharField(blank=True, max_length=200)),
        ("lat", models.FloatField(null=True)),
        ("lng", models.FloatField(null=True)),
        ("taken_at", models.DateTimeField(null=True)),
        ("camera_at", models.CharField(blank=True, max_length=40)),
        ("camera_lat", models.FloatField(null=True)),
        ("camera_lng", models.FloatField(null=True)),
        ("trouble", models.CharField(blank=True, max_length=300)),
        ("at", models.DateTimeField()),
    ],
    options={
        "verbose_name_plural": "evidence",
    },
)
ORDER_SEEN = CreateModel(
    "OrderSeen",
    [
        (
            "pk",
            models.CompositePrimaryKey(
                "unit_id",
                "issued_at",
                "order_id",
                blank=True,
                editable=False,
                primary_key=True,
                serialize=False,
            ),
        ),
        ("unit_id", models.BigIntegerField()),
        ("issued_at", models.DateTimeField()),
        (
            "order",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=DO_NOTHING,
                related_name="seen",
                to="cases.order",
            ),
        ),
        ("for_unit_id", models.BigIntegerField()),
        ("stands", models.CharField(max_length=10)),
        ("at", models.DateTimeField()),
        ("hidden_from", ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
    ],
    options={
        "indexes": [
            Index(
                condition=Q(("stands", ""), _negated=True),
                fields=["unit_id", "stands", "at", "order"],
                include=("hidden_from",),
                name="order_as_it_stands",
            ),
            Index(
                condition=Q(("stands", ""), _negated=True),
                fields=["unit_id", "for_unit_id", "stands", "at", "order"],
                include=("hidden_from",),
                name="order_for_a_unit",
            ),
            Index(
                condition=Q(Q(("stands", ""), _negated=True), Q(("hidden_from", []), _negated=True)),
                fields=["unit_id", "stands", "at"],
                name="order_hidden_from_some",
            ),
        ],
    },
)
APPROVAL = CreateModel(
    "Approval",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("case", pointer("cases.case", related_name="approvals")),
        (
            "outcome",
            models.CharField(
                choices=[
                    ("action_taken", "Action taken"),
                    ("fir_registered", "FIR registered"),
                    ("not_substantiated", "Not substantiated"),
                    ("found_false", "Found false"),
                    ("advice", "Not a police matter (advice given)"),
                    ("transferred", "Transferred to another force"),
                    ("duplicate", "Duplicate (merged)"),
                    ("withdrawn", "Withdrawn"),
                ],
                max_length=20,
            ),
        ),
        (
            "event",
            models.ForeignKey(
                db_constraint=False, db_index=False, on_delete=DO_NOTHING, related_name="+", to="cases.event"
            ),
        ),
        ("asked_by", pointer(settings.AUTH_USER_MODEL, db_index=False, null=True)),
        ("asked_at", models.DateTimeField()),
        (
            "decision",
            models.CharField(
                blank=True, choices=[("approved", "approved"), ("refused", "refused")], max_length=8
            ),
        ),
        ("decided_by", pointer(settings.AUTH_USER_MODEL, db_index=False, null=True)),
        ("decided_at", models.DateTimeField(null=True)),
    ],
    options={
        "indexes": [Index(condition=Q(("decision", "")), fields=["asked_at"], name="approval_waiting")],
        "constraints": [
            UniqueConstraint(condition=Q(("decision", "")), fields=("case",), name="one_open_approval"),
            CheckConstraint(
                condition=Q(
                    Q(("decided_at", None), ("decided_by", None), ("decision", "")),
                    Q(
                        Q(("decision", ""), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="approval_decided_by_somebody",
            ),
            CheckConstraint(
                condition=Q(
                    ("asked_by", None),
                    ("decided_by", None),
                    Q(("asked_by", F("decided_by")), _negated=True),
                    _connector="OR",
                ),
                name="approval_needs_another_officer",
            ),
        ],
    },
)
TRANSFER = CreateModel(
    "Transfer",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("case", pointer("cases.case", related_name="transfers")),
        ("force", models.CharField(max_length=40)),
        ("officer", pointer(settings.AUTH_USER_MODEL, db_index=False)),
        ("at", models.DateTimeField()),
        (
            "state",
            models.CharField(
                choices=[
                    ("told", "the citizen was told whom to turn to"),
                    ("waiting", "on its way to the other force"),
                    ("received", "received by the other force"),
                    ("failed", "not taken by the other force"),
                ],
                max_length=8,
            ),
        ),
        ("tries", models.PositiveSmallIntegerField(db_default=0, default=0)),
        ("trouble", models.CharField(blank=True, db_default="", default="", max_length=200)),
        ("received_at", models.DateTimeField(null=True)),
        ("reference", models.CharField(blank=True, db_default="", default="", max_length=20)),
    ],
    options={
        "indexes": [Index(condition=Q(("state", "waiting")), fields=["at"], name="transfer_waiting")],
        "constraints": [
            CheckConstraint(
                condition=Q(
                    Q(("state", "received"), _negated=True),
                    Q(("received_at__isnull", False), Q(("reference", ""), _negated=True)),
                    _connector="OR",
                ),
                name="transfer_received_under_a_number",
            )
        ],
    },
)
HANDED = CreateModel(
    "Handed",
    [
        schema.ID,
        ("force", models.CharField(max_length=40)),
        ("number", models.CharField(max_length=16)),
        ("reference", models.CharField(max_length=20)),
        ("case", pointer("cases.case", related_name="handed")),
        ("at", models.DateTimeField()),
    ],
    options={
        "verbose_name_plural": "handed",
        "constraints": [UniqueConstraint(fields=("force", "number"), name="handed_once")],
    },
)


class Migration(migrations.Migration):
    initial = True
    replaces = [("cases", "0009_chains"), ("cases", "0011_life")]
    dependencies = [
        ("cases", "0002_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [schema.CreateModels(ORDER, REPORT, EVIDENCE, ORDER_SEEN, APPROVAL, TRANSFER, HANDED)]

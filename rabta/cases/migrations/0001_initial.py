"""Conversations and the register of cases; links and likenesses between cases."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.migrations import CreateModel
from django.db.models import CASCADE, DO_NOTHING, CheckConstraint, F, Index, Q, UniqueConstraint
from django.db.models.functions import Coalesce, Least

from rabta import schema
from rabta.schema import pointer

CONVERSATION = CreateModel(
    "Conversation",
    [
        schema.ID,
        schema.PUBLIC_ID,
        ("account", pointer("channels.account", related_name=None)),
        ("handle", pointer("people.handle", related_name="conversations")),
        ("language", models.CharField(blank=True, max_length=8)),
        ("last_in_at", models.DateTimeField(null=True)),
        ("greeted_at", models.DateTimeField(null=True)),
    ],
    options={
        "constraints": [
            UniqueConstraint(fields=("account", "handle"), name="one_conversation_per_account_and_handle")
        ],
    },
)
CASE = CreateModel(
    "Case",
    [
        schema.ID,
        ("under_investigation", models.BooleanField(db_default=False, default=False)),
        ("fir_number", models.CharField(blank=True, db_default="", default="", max_length=40)),
        ("fir_unit", pointer("force.unit", db_index=False, null=True)),
        ("fir_on", models.DateField(null=True)),
        ("reopened_at", models.DateTimeField(null=True)),
        ("reopened_by_citizen", models.BooleanField(db_default=False, default=False)),
        ("appealed_at", models.DateTimeField(null=True)),
        (
            "appeal_state",
            models.CharField(
                blank=True,
                choices=[
                    ("open", "Appeal not decided yet"),
                    ("upheld", "Appeal upheld"),
                    ("rejected", "Appeal rejected"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        ("appeal_unit", pointer("force.unit", db_index=False, null=True)),
        ("feedback_asked_at", models.DateTimeField(null=True)),
        ("feedback_at", models.DateTimeField(null=True)),
        ("satisfaction", models.PositiveSmallIntegerField(null=True)),
        ("handed_over_at", models.DateTimeField(null=True)),
        ("handed_over_to", models.CharField(blank=True, db_default="", default="", max_length=80)),
        ("line_incident", models.CharField(blank=True, db_default="", default="", max_length=40)),
        ("line_confirmed_at", models.DateTimeField(null=True)),
        ("part_of", pointer("cases.case", related_name="parts", db_index=False, null=True)),
        schema.PUBLIC_ID,
        ("reference", models.CharField(max_length=16, unique=True)),
        ("conversation", pointer("cases.conversation", related_name="cases")),
        ("account", pointer("channels.account", related_name=None)),
        ("subject", models.CharField(blank=True, max_length=140)),
        ("language", models.CharField(blank=True, max_length=8)),
        (
            "kind",
            models.CharField(
                choices=[
                    ("complaint", "Complaint"),
                    ("tip", "Tip"),
                    ("query", "Query"),
                    ("feedback", "Feedback"),
                    ("praise", "Praise"),
                    ("emergency", "Emergency"),
                    ("complaint_against_police", "Complaint against police"),
                ],
                default="complaint",
                max_length=30,
            ),
        ),
        ("category", models.CharField(blank=True, max_length=40)),
        ("category_source", models.CharField(blank=True, max_length=10)),
        ("urgency", models.PositiveSmallIntegerField(default=3)),
        (
            "withheld",
            models.CharField(
                blank=True,
                choices=[
                    ("accusation", "Possible accusation against police"),
                    ("tip", "Tip: protect the source"),
                    ("restricted", "Restricted category"),
                ],
                max_length=12,
            ),
        ),
        ("withheld_why", models.JSONField(blank=True, default=dict)),
        (
            "state",
            models.CharField(
                choices=[
                    ("new", "New"),
                    ("forwarded", "Forwarded"),
                    ("acknowledged", "Acknowledged"),
                    ("in_inquiry", "In inquiry"),
                    ("closed", "Closed"),
                ],
                default="new",
                max_length=14,
            ),
        ),
        (
            "outcome",
            models.CharField(
                blank=True,
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
        ("closing_remark", models.TextField(blank=True)),
        ("place", models.CharField(blank=True, max_length=200)),
        ("lat", models.FloatField(null=True)),
        ("lng", models.FloatField(null=True)),
        ("place_source", models.CharField(blank=True, max_length=10)),
        ("routing_why", models.JSONField(blank=True, default=dict)),
        ("waiting_why", models.JSONField(blank=True, default=dict)),
        ("desk_unit", pointer("force.unit")),
        ("lead_unit", pointer("force.unit", null=True)),
        ("accused_unit", pointer("force.unit", null=True)),
        (
            "accused_officers",
            ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None),
        ),
        (
            "named_officers",
            ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None),
        ),
        ("assigned_to", pointer(settings.AUTH_USER_MODEL, null=True)),
        ("receipt_digest", models.CharField(blank=True, db_index=True, max_length=32)),
        (
            "safe",
            models.CharField(
                blank=True,
                choices=[
                    ("", "Not known"),
                    ("yes", "Yes, it is safe to write here"),
                    ("no", "No, do not write here"),
                ],
                default="",
                max_length=3,
            ),
        ),
        ("visible_to", ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
        ("hidden_from", ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
        ("held_since", models.DateTimeField(null=True)),
        ("held_until", models.DateTimeField(null=True)),
        ("held_by", ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
        ("held_from", ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
        ("opened_at", models.DateTimeField()),
        ("last_in_at", models.DateTimeField()),
        ("changed_at", models.DateTimeField()),
        ("reply_due_at", models.DateTimeField(null=True)),
        ("contact_due_at", models.DateTimeField(null=True)),
        ("report_due_at", models.DateTimeField(null=True)),
        ("limits_version", models.PositiveIntegerField(db_default=0, default=0)),
        ("replied_at", models.DateTimeField(null=True)),
        ("contacted_at", models.DateTimeField(null=True)),
        ("closed_at", models.DateTimeField(null=True)),
        ("split_offered_at", models.DateTimeField(null=True)),
    ],
    options={
        "indexes": [
            GinIndex(fields=["visible_to"], name="case_visible_to"),
            Index(fields=["-last_in_at", "-id"], name="case_newest"),
            Index(
                condition=Q(("state", "closed"), _negated=True),
                fields=["-last_in_at", "-id"],
                name="case_open_newest",
            ),
            Index(fields=["lead_unit", "-last_in_at"], name="case_by_lead"),
            Index(fields=["conversation", "-last_in_at"], name="case_by_conversation"),
            Index(condition=Q(("state", "new")), fields=["urgency", "-last_in_at"], name="case_waiting"),
            Index(condition=Q(("safe", "no")), fields=["conversation"], name="case_not_safe"),
            Index(
                F("urgency"),
                Coalesce(
                    Least(
                        models.Case(models.When(replied_at__isnull=True, then=F("reply_due_at"))),
                        models.Case(models.When(contacted_at__isnull=True, then=F("contact_due_at"))),
                        F("report_due_at"),
                    ),
                    F("opened_at"),
                ),
                F("id"),
                condition=Q(("state", "closed"), _negated=True),
                name="case_by_limit",
            ),
            Index(
                condition=Q(
                    ("line_confirmed_at", None),
                    Q(("state", "closed"), _negated=True),
                    Q(("urgency", 0), ("handed_over_at__isnull", False), _connector="OR"),
                ),
                fields=["opened_at"],
                name="case_line_unconfirmed",
            ),
            Index(condition=Q(("appeal_state", "open")), fields=["appealed_at"], name="case_appealed"),
            Index(condition=Q(("part_of__isnull", False)), fields=["part_of"], name="case_parts"),
        ],
        "constraints": [
            CheckConstraint(
                condition=Q(
                    Q(("closed_at__isnull", False), ("state", "closed"), Q(("outcome", ""), _negated=True)),
                    Q(Q(("state", "closed"), _negated=True), ("closed_at", None), ("outcome", "")),
                    _connector="OR",
                ),
                name="outcome_only_when_closed",
            ),
            CheckConstraint(
                condition=Q(
                    Q(("fir_number", ""), ("fir_on", None), ("fir_unit", None)),
                    Q(
                        Q(("fir_number", ""), _negated=True),
                        ("fir_on__isnull", False),
                        ("fir_unit__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="fir_has_number_station_and_date",
            ),
            CheckConstraint(
                condition=Q(
                    Q(("appeal_state", ""), ("appeal_unit", None), ("appealed_at", None)),
                    Q(
                        Q(("appeal_state", ""), _negated=True),
                        ("appeal_unit__isnull", False),
                        ("appealed_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="appeal_has_time_and_unit",
            ),
            CheckConstraint(
                condition=Q(
                    Q(("feedback_at", None), ("satisfaction", None)),
                    Q(("feedback_at__isnull", False), ("satisfaction__gte", 1), ("satisfaction__lte", 5)),
                    _connector="OR",
                ),
                name="satisfaction_from_one_to_five",
            ),
            CheckConstraint(
                condition=Q(
                    Q(("line_confirmed_at", None), ("line_incident", "")),
                    Q(
                        Q(("line_incident", ""), _negated=True),
                        ("handed_over_at__isnull", False),
                        ("line_confirmed_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="hand_over_confirmed_by_number",
            ),
            CheckConstraint(
                condition=Q(("part_of", F("id")), _negated=True), name="no_case_is_part_of_itself"
            ),
            CheckConstraint(
                condition=Q(
                    ("part_of", None),
                    Q(("state", "closed"), _negated=True),
                    ("outcome", "duplicate"),
                    _connector="OR",
                ),
                name="closed_parts_are_duplicates",
            ),
        ],
    },
)
CASE_SEEN = CreateModel(
    "CaseSeen",
    [
        (
            "pk",
            models.CompositePrimaryKey(
                "unit_id",
                "last_in_at",
                "case_id",
                blank=True,
                editable=False,
                primary_key=True,
                serialize=False,
            ),
        ),
        ("unit_id", models.BigIntegerField()),
        ("last_in_at", models.DateTimeField()),
        (
            "case",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=DO_NOTHING,
                related_name="seen",
                to="cases.case",
            ),
        ),
        ("hidden_from", ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
    ],
)
LINK = CreateModel(
    "Link",
    [
        schema.ID,
        ("one", pointer("cases.case")),
        ("other", pointer("cases.case")),
        ("reason", models.CharField(max_length=300)),
        ("officer", pointer(settings.AUTH_USER_MODEL)),
        ("at", models.DateTimeField()),
    ],
    options={
        "constraints": [
            UniqueConstraint(fields=("one", "other"), name="one_link_between_two_cases"),
            CheckConstraint(condition=Q(("one__lt", F("other"))), name="link_from_the_older_case"),
        ],
    },
)
LIKENESS = CreateModel(
    "Likeness",
    [
        (
            "case",
            models.OneToOneField(
                on_delete=CASCADE, primary_key=True, related_name="+", serialize=False, to="cases.case"
            ),
        ),
        ("at", models.DateTimeField()),
        ("bands", ArrayField(base_field=models.IntegerField(), size=None)),
    ],
    options={
        "verbose_name_plural": "likenesses",
        "indexes": [GinIndex(fastupdate=False, fields=["bands"], name="likeness_bands")],
    },
)


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("cases", "0007_flags"),
        ("cases", "0008_limits_version"),
        ("cases", "0010_parts"),
        ("cases", "0012_life_lists"),
    ]
    dependencies = [
        ("channels", "0001_initial"),
        ("force", "0004_administered"),
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [schema.CreateModels(CONVERSATION, CASE, CASE_SEEN, LINK, LIKENESS)]

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
import rabta.kit.ids
from django.conf import settings
from django.db import migrations, models

from rabta import schema


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("channels", "0001_initial"),
        ("files", "0001_initial"),
        ("force", "0001_initial"),
        ("outbox", "0001_initial"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("last_in_at", models.DateTimeField(null=True)),
                ("greeted_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="channels.account"),
                ),
                (
                    "handle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conversations",
                        to="people.handle",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "handle"), name="one_conversation_per_account_and_handle"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                ("reference", models.CharField(max_length=16, unique=True)),
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
                (
                    "accused_officers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "named_officers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
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
                (
                    "visible_to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "hidden_from",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("held_since", models.DateTimeField(null=True)),
                ("held_until", models.DateTimeField(null=True)),
                (
                    "held_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "held_from",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("last_in_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("reply_due_at", models.DateTimeField(null=True)),
                ("contact_due_at", models.DateTimeField(null=True)),
                ("report_due_at", models.DateTimeField(null=True)),
                ("replied_at", models.DateTimeField(null=True)),
                ("contacted_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("split_offered_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="channels.account"),
                ),
                (
                    "accused_unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="force.unit",
                    ),
                ),
                (
                    "assigned_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "desk_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="force.unit"
                    ),
                ),
                (
                    "lead_unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="force.unit",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="cases.conversation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["visible_to"], name="case_visible_to"),
                    models.Index(fields=["-last_in_at", "-id"], name="case_newest"),
                    models.Index(
                        condition=models.Q(("state", "closed"), _negated=True),
                        fields=["-last_in_at", "-id"],
                        name="case_open_newest",
                    ),
                    models.Index(fields=["lead_unit", "-last_in_at"], name="case_by_lead"),
                    models.Index(fields=["conversation", "-last_in_at"], name="case_by_conversation"),
                    models.Index(
                        condition=models.Q(("state", "new")),
                        fields=["urgency", "-last_in_at"],
                        name="case_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("safe", "no")), fields=["conversation"], name="case_not_safe"
                    ),
                    models.Index(
                        models.F("urgency"),
                        django.db.models.functions.comparison.Coalesce(
                            django.db.models.functions.comparison.Least(
                                models.Case(
                                    models.When(replied_at__isnull=True, then=models.F("reply_due_at"))
                                ),
                                models.Case(
                                    models.When(contacted_at__isnull=True, then=models.F("contact_due_at"))
                                ),
                                models.F("report_due_at"),
                            ),
                            models.F("opened_at"),
                        ),
                        models.F("id"),
                        condition=models.Q(("state", "closed"), _negated=True),
                        name="case_by_limit",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", False),
                                ("state", "closed"),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "closed"), _negated=True),
                                ("closed_at", None),
                                ("outcome", ""),
                            ),
                            _connector="OR",
                        ),
                        name="outcome_only_when_closed",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseSeen",
            fields=[
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
                    "hidden_from",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="seen",
                        to="cases.case",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("what", models.CharField(max_length=30)),
                ("system_reason", models.CharField(blank=True, max_length=80)),
                ("data", models.JSONField(default=dict)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="events", to="cases.case"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="force.post",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["case", "id"], name="event_by_case"),
                    models.Index(fields=["-at", "-id"], name="event_newest"),
                ],
            },
        ),
        schema.partition_by_id("cases_event"),
        schema.sql("ALTER TABLE cases_event ADD COLUMN tx xid8 NOT NULL DEFAULT pg_current_xact_id()"),
        schema.sql("CREATE INDEX event_by_tx ON cases_event (tx, id)"),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                (
                    "direction",
                    models.CharField(
                        choices=[("in", "received"), ("out", "sent"), ("note", "internal note")], max_length=4
                    ),
                ),
                ("kind", models.CharField(default="text", max_length=12)),
                ("text", models.TextField(blank=True)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("noise", models.CharField(blank=True, max_length=10)),
                ("forwarded", models.BooleanField(default=False)),
                ("automatic", models.BooleanField(default=False)),
                ("waits", models.BooleanField(default=False)),
                ("provider_digest", models.BinaryField(max_length=16, null=True)),
                ("public", models.BooleanField(default=False)),
                ("link", models.CharField(blank=True, max_length=300)),
                ("sealed_id", models.BinaryField(null=True)),
                (
                    "about",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reply", "Reply to another post"),
                            ("quote", "Quotes another post"),
                            ("repost", "Repeats another post"),
                        ],
                        max_length=6,
                    ),
                ),
                ("about_digest", models.BinaryField(max_length=16, null=True)),
                ("about_text", models.TextField(blank=True)),
                ("lat", models.FloatField(null=True)),
                ("lng", models.FloatField(null=True)),
                ("place_name", models.CharField(blank=True, max_length=200)),
                ("sent_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField()),
                ("edited_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("reaction", models.CharField(blank=True, max_length=16)),
                (
                    "visible_to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "hidden_from",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("held", models.BooleanField(default=False)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author_post",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="force.post",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="cases.case",
                    ),
                ),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="cases.conversation",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outbox.delivery",
                    ),
                ),
                (
                    "in_reply_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.message",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["case", "id"], name="message_by_case"),
                    models.Index(fields=["conversation", "id"], name="message_by_conversation"),
                    models.Index(fields=["provider_digest"], name="message_by_provider"),
                    models.Index(
                        condition=models.Q(("case", None)), fields=["-id"], name="message_without_case"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                ("kind", models.CharField(max_length=10)),
                ("mime", models.CharField(blank=True, max_length=100)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("sealed_ref", models.BinaryField(null=True)),
                ("expected_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "being fetched"),
                            ("stored", "stored"),
                            ("refused", "could not be read"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="cases.message",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MessageVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(blank=True)),
                ("until", models.DateTimeField()),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="cases.message",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
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
                        ],
                        default="issued",
                        max_length=10,
                    ),
                ),
                ("instruction", models.TextField(blank=True)),
                ("why", models.JSONField(blank=True, default=dict)),
                ("issued_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("on_the_way_at", models.DateTimeField(null=True)),
                ("returned_at", models.DateTimeField(null=True)),
                ("return_reason", models.TextField(blank=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "letters",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("passed_on_at", models.DateTimeField(null=True)),
                (
                    "visible_to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "hidden_from",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("held", models.BooleanField(default=False)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="cases.case"
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outbox.delivery",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issued_by_post",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="force.post",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="orders", to="force.post"
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.order",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="force.unit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-issued_at", "-id"], name="order_newest"),
                    models.Index(fields=["post", "state", "-issued_at"], name="order_by_post"),
                    models.Index(fields=["case"], name="order_by_case"),
                    models.Index(fields=["state", "issued_at"], name="order_by_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("part", "lead"), ("state__in", ["issued", "accepted", "reported"])
                        ),
                        fields=("case",),
                        name="one_open_lead_order_per_case",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                ("caption", models.CharField(blank=True, max_length=200)),
                ("lat", models.FloatField(null=True)),
                ("lng", models.FloatField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("camera_at", models.CharField(blank=True, max_length=40)),
                ("camera_lat", models.FloatField(null=True)),
                ("camera_lng", models.FloatField(null=True)),
                ("trouble", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="cases.order"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "evidence",
            },
        ),
        migrations.CreateModel(
            name="OrderSeen",
            fields=[
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
                ("for_unit_id", models.BigIntegerField()),
                ("stands", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                (
                    "hidden_from",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="seen",
                        to="cases.order",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("stands", ""), _negated=True),
                        fields=["unit_id", "stands", "at", "order"],
                        include=("hidden_from",),
                        name="order_as_it_stands",
                    ),
                    models.Index(
                        condition=models.Q(("stands", ""), _negated=True),
                        fields=["unit_id", "for_unit_id", "stands", "at", "order"],
                        include=("hidden_from",),
                        name="order_for_a_unit",
                    ),
                    models.Index(
                        condition=models.Q(
                            models.Q(("stands", ""), _negated=True),
                            models.Q(("hidden_from", []), _negated=True),
                        ),
                        fields=["unit_id", "stands", "at"],
                        name="order_hidden_from_some",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
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
                ("at", models.DateTimeField()),
                (
                    "decision",
                    models.CharField(
                        blank=True, choices=[("accepted", "accepted"), ("rejected", "rejected")], max_length=8
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("decision_remark", models.TextField(blank=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="cases.order"
                    ),
                ),
            ],
        ),
    ]

"""The life of a case, held by the database: which state follows which, and that no outcome which needs a second officer
is given by one. Closings that wait for approval; cases that went to another force, or came from one.

A case may be brought in as it stands elsewhere (an import): the trigger watches changes. Joining two cases can be
undone: a duplicate goes back to where it was.
"""

import django.db.models.deletion
import rabta.kit.ids
from django.conf import settings
from django.db import migrations, models

from rabta import schema


LIFE = """
CREATE FUNCTION rabta_case_life() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  IF OLD.state <> NEW.state AND (OLD.state || ' ' || NEW.state) NOT IN (
      'new forwarded', 'new closed',
      'forwarded acknowledged', 'forwarded in_inquiry', 'forwarded new', 'forwarded closed',
      'acknowledged forwarded', 'acknowledged in_inquiry', 'acknowledged new', 'acknowledged closed',
      'in_inquiry forwarded', 'in_inquiry new', 'in_inquiry closed',
      'closed in_inquiry')
    AND NOT (OLD.state = 'closed' AND OLD.outcome = 'duplicate') THEN
    RAISE EXCEPTION 'a case that is % does not become %', OLD.state, NEW.state USING ERRCODE = 'check_violation',
      CONSTRAINT = 'case_life';
  END IF;
  IF OLD.state = 'closed' AND NEW.state <> 'closed' AND OLD.outcome <> 'duplicate'
    AND NEW.reopened_at IS NOT DISTINCT FROM OLD.reopened_at THEN
    RAISE EXCEPTION 'when the case was reopened is not said' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'case_reopened_at';
  END IF;
  IF NEW.state = 'closed' AND NEW.outcome IN ('found_false', 'withdrawn') AND NOT EXISTS (
      SELECT 1 FROM cases_approval a WHERE a.case_id = NEW.id AND a.outcome = NEW.outcome
        AND a.decision = 'approved' AND a.asked_by_id IS DISTINCT FROM a.decided_by_id
        AND (NEW.reopened_at IS NULL OR a.decided_at > NEW.reopened_at)) THEN
    RAISE EXCEPTION 'no second officer approved the outcome' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'outcome_approved';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION rabta_case_life() FROM PUBLIC;
CREATE TRIGGER rabta_case_life BEFORE UPDATE OF state, outcome ON cases_case FOR EACH ROW
  WHEN (OLD.state <> NEW.state OR OLD.outcome <> NEW.outcome) EXECUTE FUNCTION rabta_case_life();
"""
# Pages of officers only: a receipt code opens none of it.
SEEN = f"""({schema.once(schema.RECEIPT)}) IS NULL
  AND EXISTS (SELECT 1 FROM cases_case parent WHERE parent.id = case_id)"""
# What was asked for while a case was withheld stays with those who saw it then, as the event that asked does.
ASKED = f"""({schema.once(schema.RECEIPT)}) IS NULL
  AND EXISTS (SELECT 1 FROM cases_event asked WHERE asked.id = event_id)"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_parts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Approval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
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
                ("asked_at", models.DateTimeField()),
                (
                    "decision",
                    models.CharField(
                        blank=True, choices=[("approved", "approved"), ("refused", "refused")], max_length=8
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="approvals", to="cases.case"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.event",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("decision", "")), fields=["asked_at"], name="approval_waiting"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("decision", "")), fields=("case",), name="one_open_approval"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None), ("decision", "")),
                            models.Q(
                                models.Q(("decision", ""), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="approval_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("asked_by", None),
                            ("decided_by", None),
                            models.Q(("asked_by", models.F("decided_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_needs_another_officer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Handed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("force", models.CharField(max_length=40)),
                ("number", models.CharField(max_length=16)),
                ("reference", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="handed", to="cases.case"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "handed",
                "constraints": [models.UniqueConstraint(fields=("force", "number"), name="handed_once")],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(default=rabta.kit.ids.public_id, max_length=16, unique=True)),
                ("force", models.CharField(max_length=40)),
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
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="transfers", to="cases.case"
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["at"], name="transfer_waiting"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "received"), _negated=True),
                            models.Q(
                                ("received_at__isnull", False), models.Q(("reference", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="transfer_received_under_a_number",
                    )
                ],
            },
        ),
        schema.sql(LIFE, "DROP FUNCTION rabta_case_life() CASCADE"),
        schema.grant("cases_approval", web="select, insert, update", worker="select, insert, update"),
        schema.protect("cases_approval", web=ASKED, web_check=SEEN),
        schema.grant("cases_transfer", web="select, insert", worker="select, insert, update"),
        schema.protect("cases_transfer", web=SEEN),
        schema.grant("cases_handed", web="select", worker="select, insert"),
        schema.protect("cases_handed", web=SEEN),
    ]

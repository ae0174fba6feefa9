"""Orders along the chain of command, orders that an officer of the unit inquires on, proof that is asked for.

A case cannot be closed while a supporting order is open, whoever tries; nor can one be given on a closed case. An
officer who inquires stands among the units that see a case; names decide alone only where no unit stands beside them.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from rabta import schema

OPEN = "('issued', 'accepted', 'reported')"
SUPPORT = f"""
CREATE FUNCTION rabta_no_support_left() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  IF EXISTS (SELECT 1 FROM cases_order WHERE case_id = NEW.id AND part = 'support' AND state IN {OPEN}) THEN
    RAISE EXCEPTION 'a supporting order of the case is open' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'no_support_left';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION rabta_support_of_open_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  IF EXISTS (SELECT 1 FROM cases_case WHERE id = NEW.case_id AND state = 'closed') THEN
    RAISE EXCEPTION 'the case is closed' USING ERRCODE = 'check_violation',
      CONSTRAINT = 'support_of_open_case';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION rabta_no_support_left(), rabta_support_of_open_case() FROM PUBLIC;
CREATE TRIGGER rabta_no_support_left BEFORE UPDATE OF state ON cases_case FOR EACH ROW
  WHEN (NEW.state = 'closed' AND OLD.state <> 'closed') EXECUTE FUNCTION rabta_no_support_left();
CREATE TRIGGER rabta_support_of_open_case BEFORE INSERT OR UPDATE OF state, part ON cases_order FOR EACH ROW
  WHEN (NEW.part = 'support' AND NEW.state IN {OPEN}) EXECUTE FUNCTION rabta_support_of_open_case();
"""
NO_SUPPORT = (
    "DROP FUNCTION rabta_no_support_left() CASCADE; DROP FUNCTION rabta_support_of_open_case() CASCADE"
)
STILL = """
CREATE OR REPLACE FUNCTION rabta_still(was bigint[], units bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN {names} THEN units
    ELSE ARRAY(SELECT one FROM unnest(was) AS one WHERE one < 0 OR one = ANY (units) ORDER BY one) END
$$;
"""
NAMES_ALONE = "0 > ANY (units) AND NOT 0 < ANY (units)"
ORDER_STATES = [
    ("issued", "ordered"),
    ("accepted", "accepted"),
    ("reported", "report sent"),
    ("verified", "verified"),
    ("returned", "returned"),
    ("replaced", "ordered elsewhere"),
    ("passed", "passed on"),
    ("withdrawn", "withdrawn"),
]


def pointer(to: str, *, indexed: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        null=True,
        db_index=indexed,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=to,
    )


def added(model: str, **fields: models.Field) -> list[migrations.AddField]:
    return [migrations.AddField(model_name=model, name=name, field=field) for name, field in fields.items()]


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_limits_version"),
        ("force", "0004_administered"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AlterField(
            "order", "state", models.CharField(choices=ORDER_STATES, default="issued", max_length=10)
        ),
        *added(
            "order",
            proof=models.BooleanField(db_default=False, default=False),
            proof_words=models.CharField(blank=True, db_default="", default="", max_length=300),
            ended_why=models.TextField(blank=True, db_default="", default=""),
            goal=pointer("force.post"),
            parent=pointer("cases.order"),
            added_words=models.TextField(blank=True, db_default="", default=""),
            given_to=pointer(settings.AUTH_USER_MODEL),
            given_at=models.DateTimeField(null=True),
            taken_on_at=models.DateTimeField(null=True),
        ),
        *added(
            "report",
            waits=models.BooleanField(db_default=False, default=False),
            sent_on_by=pointer(settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            "order",
            models.CheckConstraint(
                condition=~Q(state="passed") | Q(goal__isnull=False, part="lead"), name="passed_on_to_a_goal"
            ),
        ),
        migrations.AddConstraint(
            "order",
            models.CheckConstraint(
                condition=Q(given_to=None, given_at=None, taken_on_at=None)
                | Q(given_to__isnull=False, given_at__isnull=False),
                name="given_to_somebody_since",
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["given_to", "state"], condition=Q(given_to__isnull=False), name="order_by_inquirer"
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["issued_by", "-issued_at"],
                condition=Q(issued_by__isnull=False),
                name="order_by_issuer",
            ),
        ),
        migrations.AddConstraint(
            "report",
            models.UniqueConstraint(
                fields=["order"], condition=Q(waits=True), name="one_report_waits_to_be_sent_on"
            ),
        ),
        schema.sql(SUPPORT, NO_SUPPORT),
        schema.sql(STILL.format(names=NAMES_ALONE), STILL.format(names="0 > ANY (units)")),
    ]

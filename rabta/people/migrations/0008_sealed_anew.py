"""Sealing anew is provable: a commitment from the first sealing, and the box before until another custodian has looked.

Parties of an opening may ask from whom its case is hidden by now, without seeing the case.
"""

import django.db.models.deletion
from django.db import migrations, models

from rabta import schema

OFFICER = "nullif(current_setting('rabta.officer', true), '')::bigint"
HIDDEN = f"""
CREATE FUNCTION rabta_hidden_for_opening(opening bigint) RETURNS bigint[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT c.hidden_from FROM people_opening o JOIN cases_case c ON c.id = o.case_id
  WHERE o.id = opening AND (o.requested_by_id = {OFFICER} OR EXISTS (
    SELECT 1 FROM people_keyholder k WHERE k.officer_id = {OFFICER}
      AND (k.ended_at IS NULL OR k.id IN (o.approver_id, o.custodian_id))))
$$;
REVOKE ALL ON FUNCTION rabta_hidden_for_opening(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_hidden_for_opening(bigint) TO rabta_web;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0007_stopped"), ("cases", "0005_exclusion")]
    operations = [
        migrations.AddField("sealed", "commitment", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("sealed", "before", models.BinaryField(null=True)),
        migrations.AddField("sealed", "before_keys", models.JSONField(null=True)),
        migrations.AddField(
            "sealed",
            "anew_by",
            models.ForeignKey(
                "people.keyholder",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
            ),
        ),
        schema.sql("ALTER TABLE people_sealed ALTER COLUMN commitment SET DEFAULT ''"),
        schema.sql("GRANT UPDATE (before, before_keys, anew_by_id) ON people_sealed TO rabta_web"),
        schema.sql(HIDDEN, "DROP FUNCTION rabta_hidden_for_opening(bigint)"),
    ]

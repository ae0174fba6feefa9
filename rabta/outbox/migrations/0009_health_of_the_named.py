"""Letters of confidential inquiries are counted for whoever is named there, and for nobody else of the force.

One letter more than yesterday would tell everybody who watches the accounts that there is such an inquiry. Jobs count
all of them: an account that does not send is an alarm whatever it should send.
"""

from django.db import migrations

from rabta import schema

# Where names decide (`rules.visibility.names_decide`), one's own must be among them; `own` holds it as units are held.
COUNTED = (
    "(own IS NULL OR NOT d.hidden_from && own"
    " AND (d.visible_to = '{}' OR 0 <= ANY(d.visible_to) OR d.visible_to && own))"
)
BEFORE = "(own IS NULL OR NOT d.hidden_from && own)"


def counts(counted: str) -> str:
    """The function with one condition for the letters that count."""
    return f"""
CREATE OR REPLACE FUNCTION rabta_outboxes(the_accounts bigint[], most int)
RETURNS TABLE (account_id bigint, oldest timestamptz, waiting int, stuck int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own bigint[] := {schema.OWN};
BEGIN
  IF own IS NULL AND NOT ({schema.SYSTEM}) THEN RETURN; END IF;
  RETURN QUERY SELECT a.id,
    (SELECT min(first.due_at) FROM generate_series(0, 4) AS wanted CROSS JOIN LATERAL (
      SELECT d.due_at FROM outbox_delivery d WHERE d.account_id = a.id AND d.state = 'queued' AND d.priority = wanted
        AND {counted} ORDER BY d.due_at LIMIT 1) AS first),
    (SELECT count(*)::int FROM (SELECT 1 FROM outbox_delivery d WHERE d.account_id = a.id AND d.state = 'queued'
      AND {counted} LIMIT most) AS few),
    (SELECT count(*)::int FROM (SELECT 1 FROM outbox_delivery d WHERE d.account_id = a.id
      AND d.state IN ('failed', 'in_doubt') AND d.trouble <> 'taken_back' AND d.body_id IS NULL
      AND {counted} LIMIT most) AS few)
  FROM unnest(the_accounts) AS a(id);
END $$;
"""  # noqa: S608 - our own conditions


class Migration(migrations.Migration):
    dependencies = [("outbox", "0008_about_orders")]
    operations = [schema.sql(counts(COUNTED), counts(BEFORE))]

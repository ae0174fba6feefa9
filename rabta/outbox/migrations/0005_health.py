"""How many letters of each account wait or are stuck, for those who answer for the accounts and read none of the letters.

Counted past the policies, or an account with a hundred failed letters would look well to an administrator. Only numbers,
and none of a letter that is kept from whoever asks: one more than he can read would tell the accused of a complaint.
"""

from django.db import migrations

from rabta import schema

COUNTS = f"""
CREATE FUNCTION rabta_outboxes(the_accounts bigint[], most int)
RETURNS TABLE (account_id bigint, oldest timestamptz, waiting int, stuck int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own bigint[] := {schema.OWN};
BEGIN
  IF own IS NULL AND NOT ({schema.SYSTEM}) THEN RETURN; END IF;
  RETURN QUERY SELECT a.id,
    (SELECT min(first.due_at) FROM generate_series(0, 4) AS wanted CROSS JOIN LATERAL (
      SELECT d.due_at FROM outbox_delivery d WHERE d.account_id = a.id AND d.state = 'queued' AND d.priority = wanted
        AND (own IS NULL OR NOT d.hidden_from && own) ORDER BY d.due_at LIMIT 1) AS first),
    (SELECT count(*)::int FROM (SELECT 1 FROM outbox_delivery d WHERE d.account_id = a.id AND d.state = 'queued'
      AND (own IS NULL OR NOT d.hidden_from && own) LIMIT most) AS few),
    (SELECT count(*)::int FROM (SELECT 1 FROM outbox_delivery d WHERE d.account_id = a.id
      AND d.state IN ('failed', 'in_doubt') AND d.trouble <> 'taken_back' AND d.body_id IS NULL
      AND (own IS NULL OR NOT d.hidden_from && own) LIMIT most) AS few)
  FROM unnest(the_accounts) AS a(id);
END $$;
REVOKE ALL ON FUNCTION rabta_outboxes(bigint[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_outboxes(bigint[], int) TO rabta_web, rabta_worker;
"""  # noqa: S608 - our own conditions


class Migration(migrations.Migration):
    dependencies = [("outbox", "0004_numbers")]
    operations = [schema.sql(COUNTS, "DROP FUNCTION rabta_outboxes(bigint[], int)")]

"""Who heard a broadcast, and the letters to them, go after a while; how far it came in each unit stays."""

from django.db import migrations

from rabta import schema

FORGET = """
CREATE FUNCTION rabta_forget_recipients(older timestamptz, most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ DECLARE gone int; letters bigint[]; BEGIN
  WITH chosen AS (
    SELECT r.id FROM groups_recipient r JOIN groups_broadcast b ON b.id = r.broadcast_id WHERE b.asked_at < older
    ORDER BY r.id LIMIT most
  ), removed AS (DELETE FROM groups_recipient r USING chosen c WHERE r.id = c.id RETURNING r.delivery_id)
  SELECT count(*), array_agg(delivery_id) FILTER (WHERE delivery_id IS NOT NULL) INTO gone, letters FROM removed;
  DELETE FROM outbox_attempt WHERE delivery_id = ANY (letters);
  DELETE FROM outbox_receiptevent WHERE delivery_id = ANY (letters);
  DELETE FROM outbox_delivery WHERE id = ANY (letters) AND body_id IS NOT NULL;
  RETURN gone;
END $$;
REVOKE ALL ON FUNCTION rabta_forget_recipients(timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_forget_recipients(timestamptz, int) TO rabta_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0007_answers")]
    operations = [schema.sql(FORGET, "DROP FUNCTION rabta_forget_recipients(timestamptz, int)")]

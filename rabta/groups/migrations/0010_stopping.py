"""What has not left yet is taken back by whoever runs the groups, also by an officer who sees no case and so no letter."""

from django.db import migrations

from rabta import schema

STOP = f"""
CREATE FUNCTION rabta_take_back(the_broadcast bigint, at timestamptz) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ DECLARE taken int; BEGIN
  IF (session_user = 'rabta_web' OR NOT {schema.SYSTEM}) AND NOT EXISTS (
    SELECT 1 FROM groups_broadcast WHERE id = the_broadcast AND visible_to && {schema.GROUPS}
  ) THEN
    RAISE EXCEPTION 'no such broadcast';
  END IF;
  UPDATE outbox_delivery SET state = 'failed', failed_at = at, trouble = 'taken_back'
    WHERE state = 'queued' AND body_id IS NOT NULL
    AND id IN (SELECT delivery_id FROM groups_recipient WHERE broadcast_id = the_broadcast);
  GET DIAGNOSTICS taken = ROW_COUNT;
  RETURN taken;
END $$;
REVOKE ALL ON FUNCTION rabta_take_back(bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_take_back(bigint, timestamptz) TO rabta_web, rabta_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0009_added_above")]
    operations = [schema.sql(STOP, "DROP FUNCTION rabta_take_back(bigint, timestamptz)")]

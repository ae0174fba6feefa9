"""Whom a claim was asked of is known to all who see the claim, also where another unit asked in its own name."""

from django.db import migrations

from rabta import schema

ASKED = f"""
CREATE FUNCTION rabta_asked_of(the_claim bigint) RETURNS SETOF bigint LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ BEGIN
  IF (session_user = 'rabta_web' OR NOT {schema.SYSTEM}) AND NOT EXISTS (
    SELECT 1 FROM groups_claim WHERE id = the_claim AND visible_to && {schema.GROUPS}
  ) THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT DISTINCT c.member_id FROM groups_claim k
    JOIN groups_broadcast b ON b.what = 'verify' AND b.about = 'claim:' || k.public_id
    JOIN groups_chosen c ON c.broadcast_id = b.id WHERE k.id = the_claim;
END $$;
REVOKE ALL ON FUNCTION rabta_asked_of(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_asked_of(bigint) TO rabta_web, rabta_worker;
"""


class Migration(migrations.Migration):
    dependencies = [("groups", "0012_recipients")]
    operations = [schema.sql(ASKED, "DROP FUNCTION rabta_asked_of(bigint)")]

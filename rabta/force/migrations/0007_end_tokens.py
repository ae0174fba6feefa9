"""Tokens of the API end with a new password: also of whoever is not signed in while choosing it."""

from django.db import migrations

from rabta import schema

END = """
CREATE FUNCTION rabta_end_tokens(officer bigint) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ DECLARE ended integer; BEGIN
  UPDATE force_apitoken SET revoked_at = now() WHERE officer_id = officer AND revoked_at IS NULL;
  GET DIAGNOSTICS ended = ROW_COUNT;
  RETURN ended;
END $$;
REVOKE ALL ON FUNCTION rabta_end_tokens(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_end_tokens(bigint) TO rabta_web;
"""


class Migration(migrations.Migration):
    dependencies = [("force", "0006_administered")]
    operations = [schema.sql(END, "DROP FUNCTION rabta_end_tokens(bigint)")]

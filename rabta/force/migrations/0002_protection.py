"""Who may touch this app's tables and those of the sign-in library, and how tokens of the API end with a new password."""

from django.db import migrations

from rabta import schema

CHANGED_BY_PAGES = (
    "force_level",
    "force_unit",
    "force_placename",
    "force_post",
    "force_posting",
    "force_officer",
)
# Also for whoever is not signed in while choosing a new password.
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
    dependencies = [
        ("force", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        *(
            schema.grant(table, web="select, insert, update", worker="select, insert, update")
            for table in CHANGED_BY_PAGES
        ),
        schema.grant("force_apitoken", web="select, update (last_used_at)", worker="select, insert, update"),
        schema.grant("force_pin", web="select, insert, update"),
        schema.grant(
            "force_signinlink",
            web="select, insert, update (used_at)",
            worker="select, update (token), delete",
        ),
        schema.grant("force_ownaccount", web="select, insert, update", worker="select"),
        schema.grant(
            "force_handover",
            web="select, insert, update (note, given_by_id, given_at, taken_by_id, taken_at, open_orders, open_reports)",
        ),
        schema.sql(END),
        schema.grant("mfa_authenticator", web="select, insert, update, delete"),
        schema.grant("account_emailaddress"),
        schema.grant("account_emailconfirmation"),
    ]

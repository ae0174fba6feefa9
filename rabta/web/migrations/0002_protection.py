"""Who may touch this app's tables, and how many confidential inquiries there are."""

from django.db import migrations

from rabta import schema

# In steps of five, for whoever has the whole force in sight: a web process gets neither the cases nor their number.
FUNCTION = f"""
CREATE FUNCTION rabta_confidential(since timestamptz, until timestamptz) RETURNS int LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT (count(*) / 5 * 5)::int FROM cases_case
  WHERE named_officers <> '{{}}' AND opened_at >= since AND opened_at < until
    AND NOT hidden_from && {schema.OWN} AND NOT 0 = ANY ({schema.OWN})
    AND EXISTS (SELECT 1 FROM force_unit WHERE parent_id IS NULL AND id = ANY ({schema.SCOPE}))
$$;
REVOKE ALL ON FUNCTION rabta_confidential(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_confidential(timestamptz, timestamptz) TO {schema.WEB};
"""


class Migration(migrations.Migration):
    dependencies = [
        ("web", "0001_initial"),
        ("cases", "0004_protection"),
        ("force", "0004_administered"),
        ("sessions", "0001_initial"),
    ]
    operations = [
        schema.grant("web_done", web="select, insert", worker="select, delete"),
        schema.grant("web_looked", web="select, insert, update", worker="select, delete"),
        schema.protect(
            "web_looked", web="EXISTS (SELECT 1 FROM cases_case parent WHERE parent.id = case_id)"
        ),
        schema.grant("web_device", web="select, insert, update, delete", worker="select (seen_at), delete"),
        schema.grant(
            "web_passwordlink", web="select, insert, update (used_at)", worker="select (given_at), delete"
        ),
        schema.grant("web_kept", web="select, insert, update, delete", worker="select (until), delete"),
        schema.sql("GRANT SELECT (expire_date), DELETE ON django_session TO rabta_worker"),
        schema.grant(
            "web_proposal",
            web="select, insert, update (state, decided_by_id, decided_at, files)",
            worker="select (asked_at), delete",
        ),
        schema.sql(FUNCTION),
    ]

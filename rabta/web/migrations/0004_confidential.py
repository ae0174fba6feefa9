"""How many confidential inquiries there are, in steps of five, for whoever has the whole force in sight.

The figures count them without telling of any: a web process gets neither the cases nor their exact number.
"""

from django.db import migrations

from rabta import schema

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
    dependencies = [("web", "0003_sign_in"), ("cases", "0007_ask_once"), ("force", "0006_administered")]
    operations = [
        schema.sql(FUNCTION, "DROP FUNCTION rabta_confidential(timestamptz, timestamptz)"),
    ]

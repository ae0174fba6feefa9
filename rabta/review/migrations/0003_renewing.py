"""Finding open cases that were judged by earlier rules, and counting those that other rules would touch.

An administrator sees no cases; what new rules would touch is counted for him by kind, and nothing else.
"""

from django.db import migrations

from rabta import schema

COUNT = """
CREATE FUNCTION rabta_open_by_kind() RETURNS TABLE (category varchar, urgency smallint, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT category, urgency, count(*) FROM cases_case WHERE state <> 'closed' GROUP BY 1, 2
$$;
REVOKE ALL ON FUNCTION rabta_open_by_kind() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_open_by_kind() TO rabta_web;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0002_protection"),
    ]
    operations = [
        schema.sql(
            "CREATE INDEX case_by_limits_version ON cases_case (limits_version) WHERE state <> 'closed'",
            "DROP INDEX case_by_limits_version",
        ),
        schema.sql(COUNT, "DROP FUNCTION rabta_open_by_kind()"),
    ]

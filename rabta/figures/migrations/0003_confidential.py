"""Confidential inquiries in the report of the whole force: told only where no small number of them can be worked out."""

from importlib import import_module

from django.db import migrations

from rabta import schema

counting = import_module("rabta.figures.migrations.0002_counting")
CLASS = counting.CLASS.replace("'pending'", "'confidential'")
# Months that are over, for whoever has the whole force in sight; nothing while any cell has from one to four.
FUNCTION = f"""
CREATE FUNCTION rabta_confidential_report(since date, until date, zone text)
RETURNS TABLE (channel text, report_class text, flag text, n int) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH found AS MATERIALIZED (
    SELECT a.channel, {CLASS} AS report_class, {counting.FLAGS} AS flags
    FROM cases_case c JOIN channels_account a ON a.id = c.account_id
    WHERE c.named_officers <> '{{}}' AND NOT c.hidden_from && {schema.OWN} AND NOT 0 = ANY ({schema.OWN})
      AND EXISTS (SELECT 1 FROM force_unit WHERE parent_id IS NULL AND id = ANY ({schema.SCOPE}))
      AND c.opened_at >= (since::timestamp AT TIME ZONE zone) AND c.opened_at < (until::timestamp AT TIME ZONE zone)
      AND until <= (now() AT TIME ZONE zone)::date
  ), cells AS (SELECT channel, report_class, count(*)::int AS n FROM found GROUP BY 1, 2)
  SELECT told.* FROM (
    SELECT channel, report_class, '', n FROM cells
    UNION ALL SELECT channel, '', '', count(*)::int FROM found GROUP BY 1
    UNION ALL SELECT channel, report_class, flag, count(*)::int FROM found, unnest(flags) AS flag GROUP BY 1, 2, 3
  ) AS told WHERE NOT EXISTS (SELECT 1 FROM cells WHERE n < 5)
$$;
REVOKE ALL ON FUNCTION rabta_confidential_report(date, date, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_confidential_report(date, date, text) TO {schema.WEB};
"""  # noqa: S608 (pieces of our own)


class Migration(migrations.Migration):
    dependencies = [
        ("figures", "0002_counting"),
    ]
    operations = [
        schema.sql(FUNCTION, "DROP FUNCTION rabta_confidential_report(date, date, text)"),
    ]

"""Confidential inquiries in the report: month by month, so that no period subtracted from another tells a small number.

A month counts when no class has fewer than five, and of it no "of which" of fewer than five. What a longer period tells
is the sum of its months.
"""

from importlib import import_module

from django.db import migrations

from rabta import schema

counting = import_module("rabta.figures.migrations.0002_counting")
before = import_module("rabta.figures.migrations.0003_confidential")
FUNCTION = f"""
CREATE OR REPLACE FUNCTION rabta_confidential_report(since date, until date, zone text)
RETURNS TABLE (channel text, report_class text, flag text, n int) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH found AS MATERIALIZED (
    SELECT a.channel, {before.CLASS} AS report_class, {counting.FLAGS} AS flags,
      date_trunc('month', c.opened_at AT TIME ZONE zone) AS month
    FROM cases_case c JOIN channels_account a ON a.id = c.account_id
    WHERE c.named_officers <> '{{}}' AND NOT c.hidden_from && {schema.OWN} AND NOT 0 = ANY ({schema.OWN})
      AND EXISTS (SELECT 1 FROM force_unit WHERE parent_id IS NULL AND id = ANY ({schema.SCOPE}))
      AND c.opened_at >= (since::timestamp AT TIME ZONE zone) AND c.opened_at < (until::timestamp AT TIME ZONE zone)
      AND date_trunc('month', since) = since AND date_trunc('month', until) = until
      AND until <= (now() AT TIME ZONE zone)::date
  ), cells AS (
    SELECT month, channel, report_class, '' AS flag, count(*)::int AS n FROM found GROUP BY 1, 2, 3
    UNION ALL SELECT month, channel, report_class, flag, count(*)::int FROM found, unnest(flags) AS flag GROUP BY 1, 2, 3, 4
  ), told AS (SELECT * FROM cells WHERE month NOT IN (SELECT month FROM cells WHERE flag = '' AND n < 5) AND n >= 5)
  SELECT channel, report_class, flag, sum(n)::int FROM told GROUP BY 1, 2, 3
  UNION ALL SELECT channel, '', '', sum(n)::int FROM told WHERE flag = '' GROUP BY 1
$$;
"""  # noqa: S608 (pieces of our own)


class Migration(migrations.Migration):
    dependencies = [
        ("figures", "0004_public"),
    ]
    operations = [
        schema.sql(FUNCTION, before.FUNCTION.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
    ]

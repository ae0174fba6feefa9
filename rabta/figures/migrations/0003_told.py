"""What is told of cases beyond those that a reader sees: confidential inquiries in the report of the whole force, and what
the public may read.

Confidential inquiries are told month by month, so that no period subtracted from another tells a small number: a month
counts when no class has fewer than five, and of it no "of which" of fewer than five. What a longer period tells is the
sum of its months.
"""

from importlib import import_module

from django.db import migrations

from rabta import schema

counting = import_module("rabta.figures.migrations.0002_counting")
CLASS = counting.CLASS.replace("'pending'", "'confidential'")
# Months that are over, for whoever has the whole force in sight.
REPORT = f"""
CREATE FUNCTION rabta_confidential_report(since date, until date, zone text)
RETURNS TABLE (channel text, report_class text, flag text, n int) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH found AS MATERIALIZED (
    SELECT a.channel, {CLASS} AS report_class, {counting.FLAGS} AS flags,
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
REVOKE ALL ON FUNCTION rabta_confidential_report(date, date, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_confidential_report(date, date, text) TO {schema.WEB};
"""  # noqa: S608 (pieces of our own)
# Sums of the whole force for a month that is over, without what is hidden from anybody.
PUBLIC = f"""
CREATE FUNCTION rabta_public_figures(month date) RETURNS TABLE (what text, value text, n int) LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.what, t.value, t.n FROM figures_tally t JOIN force_unit u ON u.id = t.unit_id
  WHERE u.parent_id IS NULL AND t.what IN ('all', 'channel', 'class', 'closing') AND t.n > 0
    AND t.day = month AND month + interval '1 month' <= now()
$$;
REVOKE ALL ON FUNCTION rabta_public_figures(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rabta_public_figures(date) TO {schema.WEB};
"""


class Migration(migrations.Migration):
    replaces = [
        ("figures", "0003_confidential"),
        ("figures", "0004_public"),
        ("figures", "0005_whole_months"),
    ]
    dependencies = [("figures", "0002_counting")]
    operations = [schema.sql(REPORT), schema.sql(PUBLIC)]
